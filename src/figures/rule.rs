//! Vertical and horizontal lines across the frame, and their notes.

use super::clip;
use super::font::{CAP_EM, Faces};
use super::ink::{self, within};
use super::line_drawing;
use super::map::Map;
use super::scene::{Anchor, Point, Rect, Scene};
use super::series::{Series, SeriesData};
use super::style::{Color, TICK_PX, palette};
use super::text::RichText;

/// Distance of a note from its rule.
const NOTE_GAP_PX: f64 = 2.5;
/// Distance of a note from the frame; clears the ticks.
const INSET_PX: f64 = 6.5;
/// Room a note would like around it; more than the width of error bar caps.
const CLEAR_PX: f64 = 3.0;
/// Distance of the samples of a rule that a legend avoids: it may stand on one sooner than on data.
const SAMPLE_PX: f64 = 24.0;

/// Draws the rule, and its note where it hides the fewest of `avoid`.
pub(super) fn draw(scene: &mut Scene, map: &Map, (series, color): (&Series, Color), avoid: &[Point], faces: &Faces) {
    let Some(ends) = ends(series, map) else {
        return;
    };
    line_drawing::line(scene, map, &ends.map(Some), series, color);
    if let Some((text, area)) = note(series, map, avoid, faces) {
        if ink::hidden(area, avoid) > 0 {
            scene.fill(area.corners().to_vec(), palette::WHITE.with_alpha(0.8));
        }
        let at = [area.left + 1.5, 0.5 * (area.top + area.bottom)];
        scene.centred(text, at, Anchor::Start, (TICK_PX, color));
    }
}

/// Samples of the rule and its note, for the legend to stay clear of.
pub(super) fn covered(series: &Series, map: &Map, avoid: &[Point], faces: &Faces) -> Vec<Point> {
    let Some(ends) = ends(series, map) else {
        return Vec::new();
    };
    let mut samples: Vec<Point> = clip::line(&ends.map(Some), map.frame)
        .into_iter()
        .flat_map(|part| clip::dashes(part, &[SAMPLE_PX, SAMPLE_PX]))
        .flatten()
        .collect();
    if let Some((_, area)) = note(series, map, avoid, faces) {
        samples.extend(within(area));
    }
    samples
}

/// The ends of a rule that crosses the frame.
fn ends(series: &Series, map: &Map) -> Option<[Point; 2]> {
    let frame = map.frame;
    let ends = match series.shape {
        SeriesData::Vertical(x) => {
            let x = map.x.pixel(x)?;
            [[x, frame.bottom], [x, frame.top]]
        }
        SeriesData::Horizontal(y) => {
            let y = map.y.pixel(y)?;
            [[frame.left, y], [frame.right, y]]
        }
        _ => return None,
    };
    ends.iter().all(|&end| frame.contains(end)).then_some(ends)
}

/// The note and the box it fills: beside a vertical rule near the top, the bottom or the middle,
/// above or below a horizontal one near an end.
fn note(series: &Series, map: &Map, avoid: &[Point], faces: &Faces) -> Option<(RichText, Rect)> {
    let text = RichText::parse(series.note.as_deref()?);
    let [[x, y], _] = ends(series, map)?;
    let frame = map.frame;
    let (width, height) = (text.width(faces, TICK_PX) + 3.0, (CAP_EM + 0.5) * TICK_PX);
    let room = frame.grown(-INSET_PX);
    let places = if matches!(series.shape, SeriesData::Vertical(_)) {
        let sides = [x + NOTE_GAP_PX, x - NOTE_GAP_PX - width];
        let heights = [room.top, room.bottom - height, 0.5 * (frame.top + frame.bottom - height)];
        pairs(&sides, &heights)
    } else {
        let sides = [y - NOTE_GAP_PX - height, y + NOTE_GAP_PX];
        let starts = [room.right - width, room.left, 0.5 * (frame.left + frame.right - width)];
        pairs(&starts, &sides)
    };
    let boxes = places.into_iter().map(|[left, top]| Rect { left, top, right: left + width, bottom: top + height });
    let outside = |area: Rect| !area.corners().iter().all(|&c| frame.grown(-2.0).contains(c));
    let area = boxes.min_by_key(|&area| (outside(area), ink::hidden(area.grown(CLEAR_PX), avoid)))?;
    Some((text, area))
}

fn pairs(lefts: &[f64], tops: &[f64]) -> Vec<Point> {
    tops.iter().flat_map(|&top| lefts.iter().map(move |&left| [left, top])).collect()
}
