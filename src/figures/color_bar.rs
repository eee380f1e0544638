//! Heat maps as pictures, and the colour bar that explains them.

use super::axis_drawing::{self, Direction};
use super::font::Faces;
use super::grid::Heatmap;
use super::map::{AxisMap, Map, cell_edges};
use super::scene::{Bitmap, Item, Rect, Scene};
use super::style::{ColorMap, FRAME_PX, palette};

/// Pixels of a heat map per CSS pixel.
pub(super) const BITMAP_PER_PX: f64 = 2.0;
/// Distance of the bar from the frame.
const GAP_PX: f64 = 7.0;
const BAR_PX: f64 = 9.0;

/// Positions on the scale of the values at the two ends of the colour map.
fn ends(heatmap: &Heatmap) -> (f64, f64) {
    if let ColorMap::Classes(colors) = &heatmap.map {
        return (0.0, (colors.len().max(2) - 1) as f64);
    }
    let forward = |(low, high)| Some((heatmap.scale.forward(low)?, heatmap.scale.forward(high)?));
    let asked = heatmap.range.and_then(forward);
    let found = heatmap.grid.extent(heatmap.scale).and_then(forward);
    match asked.or(found) {
        Some((low, high)) if low < high => (low, high),
        Some((low, _)) => (low - 0.5, low + 0.5),
        None => (0.0, 1.0),
    }
}

/// Draws the cells of a heat map as one picture over the frame.
pub(super) fn cells(scene: &mut Scene, map: &Map, heatmap: &Heatmap) {
    let frame = map.frame;
    let columns = (frame.width() * BITMAP_PER_PX).round() as u32;
    let rows = (frame.height() * BITMAP_PER_PX).round() as u32;
    let column_of = lookup(heatmap.grid.xs(), &map.x, columns, frame.left);
    let row_of = lookup(heatmap.grid.ys(), &map.y, rows, frame.top);
    let (low, high) = ends(heatmap);
    let mut rgb = Vec::with_capacity(3 * columns as usize * rows as usize);
    for row in &row_of {
        for column in &column_of {
            let color = match (column, row) {
                (Some(column), Some(row)) => {
                    let value = heatmap.grid.value(*column, *row);
                    heatmap
                        .scale
                        .forward(value)
                        .map_or(palette::LIGHT_GRAY, |position| heatmap.map.at((position - low) / (high - low)))
                }
                _ => palette::WHITE,
            };
            rgb.extend(color.rgb);
        }
    }
    scene.items.push(Item::Bitmap(Bitmap { frame, columns, rows, rgb }));
}

/// For each pixel of the picture, the node whose cell it lies in.
fn lookup(nodes: &[f64], axis: &AxisMap, count: u32, start: f64) -> Vec<Option<usize>> {
    let edges = cell_edges(nodes, axis.scale);
    (0..count)
        .map(|index| {
            let position = axis.position_at(start + (f64::from(index) + 0.5) / BITMAP_PER_PX);
            let after = edges.partition_point(|&edge| edge <= position);
            (after > 0 && after < edges.len()).then(|| after - 1)
        })
        .collect()
}

fn scale_of(heatmap: &Heatmap, frame: Rect) -> AxisMap {
    AxisMap { scale: heatmap.scale, ends: ends(heatmap), pixels: (frame.bottom, frame.top) }
}

fn label(heatmap: &Heatmap) -> Option<&str> {
    match heatmap.map {
        ColorMap::Classes(_) => None,
        _ => heatmap.bar.as_deref(),
    }
}

/// Room right of the frame for the bar and its scale.
pub(super) fn room(heatmap: &Heatmap, frame: Rect, faces: &Faces) -> f64 {
    let Some(label) = label(heatmap) else {
        return 0.0;
    };
    let set = axis_drawing::automatic(&scale_of(heatmap, frame), Direction::Vertical, faces);
    GAP_PX + BAR_PX + axis_drawing::room_right(&set, label, faces)
}

/// Draws the colour bar of a heat map beside the frame.
pub(super) fn draw(scene: &mut Scene, map: &Map, heatmap: &Heatmap, faces: &Faces) {
    let Some(label) = label(heatmap) else { return };
    let left = map.frame.right + GAP_PX;
    let frame = Rect { left, right: left + BAR_PX, ..map.frame };
    let rows = (frame.height() * BITMAP_PER_PX).round() as u32;
    let rgb = (0..rows).flat_map(|row| heatmap.map.at(1.0 - (f64::from(row) + 0.5) / f64::from(rows)).rgb).collect();
    scene.items.push(Item::Bitmap(Bitmap { frame, columns: 1, rows, rgb }));
    scene.outline(frame, FRAME_PX, palette::BLACK);
    axis_drawing::right_scale(scene, &scale_of(heatmap, map.frame), frame.right, label, faces);
}
