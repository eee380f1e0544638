//! Each kind of series onto the scene.

use super::clip;
use super::color_bar;
use super::contour;
use super::font::Faces;
use super::line_drawing::{self, steps};
use super::map::Map;
use super::markers;
use super::rule;
use super::scene::{Anchor, Point, Rect, Scene};
use super::series::{Series, SeriesData};
use super::style::{Color, FRAME_PX, Marker};
use super::text::RichText;

/// Half the width of the cap of an error bar.
const CAP_PX: f64 = 2.2;

/// Draws one series, cut to the frame. Notes and contour labels keep clear of
/// `avoid` where they can.
pub(super) fn draw(scene: &mut Scene, map: &Map, (series, color): (&Series, Color), avoid: &[Point], faces: &Faces) {
    match &series.shape {
        SeriesData::Line(points) => joined(scene, map, &map.points(points), points, (series, color)),
        SeriesData::Steps(points) => {
            joined(scene, map, &steps(&map.points(points)), points, (series, color));
        }
        SeriesData::Points(points) => marked(scene, map, points, series, color),
        SeriesData::ErrorBars(bars) => error_bars(scene, map, bars, series, color),
        SeriesData::Bars(bars) => columns(scene, map, bars, series, color),
        SeriesData::Band(points) => band(scene, map, points, color),
        SeriesData::Vertical(_) | SeriesData::Horizontal(_) => {
            rule::draw(scene, map, (series, color), avoid, faces);
        }
        SeriesData::Text(at, text) => {
            if let Some(at) = map.point(*at).filter(|&at| map.frame.contains(at)) {
                let text = RichText::parse(text);
                let at = [inside(at[0], 0.5 * text.width(faces, series.size), map.frame), at[1]];
                scene.centred(text, at, Anchor::Middle, (series.size, color));
            }
        }
        SeriesData::Paths(paths, heads) => {
            for path in paths {
                line_drawing::path(scene, map, path, *heads, (series, color));
            }
        }
        SeriesData::Region(vertices) => {
            let corners = map.points(vertices).into_iter().flatten().collect();
            scene.fill(clip::polygon(corners, map.frame), color);
        }
        SeriesData::Heatmap(heatmap) => color_bar::cells(scene, map, heatmap),
        SeriesData::Contours(contours) => contour::draw(scene, map, contours, (series, color), avoid, faces),
    }
}

/// `x` moved so that a text reaching `half` to both sides stays within the frame.
fn inside(x: f64, half: f64, frame: Rect) -> f64 {
    let (low, high) = (frame.left + half + 3.0, frame.right - half - 3.0);
    if low < high { x.clamp(low, high) } else { x }
}

fn joined(
    scene: &mut Scene,
    map: &Map,
    places: &[Option<Point>],
    points: &[[f64; 2]],
    (series, color): (&Series, Color),
) {
    line_drawing::line(scene, map, places, series, color);
    // A point between two breaks has no line through it; a dot shows it all the same.
    for (index, place) in places.iter().enumerate() {
        let open = |neighbour: Option<&Option<Point>>| neighbour.copied().flatten().is_none();
        let alone = open(index.checked_sub(1).and_then(|i| places.get(i))) && open(places.get(index + 1));
        if let (true, Some(at)) = (alone, place)
            && map.frame.contains(*at)
            && series.marker.is_none()
        {
            markers::draw(scene, Marker::Circle, *at, 1.6 * series.width, color, None);
        }
    }
    marked(scene, map, points, series, color);
}

fn marked(scene: &mut Scene, map: &Map, points: &[[f64; 2]], series: &Series, color: Color) {
    let Some(marker) = series.marker else { return };
    let outline = series.open.then_some(FRAME_PX.max(series.width.min(1.1)));
    for at in map.points(points).into_iter().flatten() {
        if map.frame.contains(at) {
            markers::draw(scene, marker, at, series.size, color, outline);
        }
    }
}

fn error_bars(scene: &mut Scene, map: &Map, bars: &[[f64; 4]], series: &Series, color: Color) {
    for &[x, _, low, high] in bars {
        // An end that a logarithmic axis cannot show runs out of the frame at the bottom.
        let beyond = map.frame.bottom + 2.0 * CAP_PX;
        let (Some(x), Some(top)) = (map.x.pixel(x), map.y.pixel(high)) else {
            continue;
        };
        let bottom = match map.y.pixel(low) {
            Some(bottom) => bottom,
            None if low <= 0.0 => beyond,
            None => continue,
        };
        line_drawing::line(scene, map, &[Some([x, bottom]), Some([x, top])], series, color);
        for y in [bottom, top] {
            let cap = [Some([x - CAP_PX, y]), Some([x + CAP_PX, y])];
            line_drawing::line(scene, map, &cap, series, color);
        }
    }
    let centres: Vec<[f64; 2]> = bars.iter().map(|&[x, y, _, _]| [x, y]).collect();
    marked(scene, map, &centres, series, color);
}

/// Bars with their outlines.
fn columns(scene: &mut Scene, map: &Map, bars: &[[f64; 3]], series: &Series, color: Color) {
    let foot = map.y.pixel(0.0).unwrap_or(map.frame.bottom);
    for &[left, right, height] in bars {
        let (Some(a), Some(b), Some(top)) = (map.x.pixel(left), map.x.pixel(right), map.y.pixel(height)) else {
            continue;
        };
        if top != foot {
            let corners = vec![[a, foot], [a, top], [b, top], [b, foot]];
            scene.fill(clip::polygon(corners.clone(), map.frame), color);
            let outline: Vec<Option<Point>> = corners.into_iter().map(Some).collect();
            line_drawing::line(scene, map, &outline, &Series { width: 0.6, ..series.clone() }, color.with_alpha(1.0));
        }
    }
}

/// Fills between the curves, piece by piece where they break.
fn band(scene: &mut Scene, map: &Map, points: &[[f64; 3]], color: Color) {
    let sides: Vec<Option<(Point, Point)>> =
        points.iter().map(|&[x, low, high]| Some((map.point([x, low])?, map.point([x, high])?))).collect();
    for piece in sides.split(Option::is_none) {
        let below = piece.iter().flatten().map(|side| side.0);
        let above = piece.iter().flatten().map(|side| side.1);
        let around = below.chain(above.rev()).collect();
        scene.fill(clip::polygon(around, map.frame), color);
    }
}
