//! Frames, ticks, tick labels and axis labels.

use super::axis::{Axis, TickChoice};
use super::font::{CAP_EM, Faces};
use super::map::{AxisMap, Map};
use super::scene::{Anchor, Scene};
use super::style::{FRAME_PX, LABEL_PX, MAJOR_TICK_PX, MINOR_PX, MINOR_TICK_PX, TICK_PX, palette};
use super::text::RichText;
use super::ticks::{TickSet, ticks};

/// Gap between the frame, or an outward tick, and a tick label.
const TICK_GAP_PX: f64 = 4.0;
/// Gap between tick labels and the axis label.
const LABEL_GAP_PX: f64 = 4.5;
/// Least gap between neighbouring tick labels.
const BETWEEN_PX: f64 = 8.0;
/// Room for what hangs below a baseline, in units of the type size.
const DESCENT_EM: f64 = 0.3;

/// Direction of an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Horizontal,
    Vertical,
}

/// The ticks of an axis with the labels it shows: as many as stand clear of each other.
pub(super) fn choose(axis: &Axis, map: &AxisMap, direction: Direction, faces: &Faces) -> TickSet {
    let (first, last) = map.values();
    match &axis.ticks {
        TickChoice::None => TickSet::default(),
        TickChoice::At(major) => {
            let (low, high) = (first.min(last), first.max(last));
            TickSet {
                major: major.iter().filter(|(value, _)| (low..=high).contains(value)).cloned().collect(),
                minor: Vec::new(),
            }
        }
        TickChoice::Auto => automatic(map, direction, faces),
        TickChoice::Unlabelled => {
            let mut set = automatic(map, direction, faces);
            set.major.iter_mut().for_each(|(_, label)| label.clear());
            set
        }
    }
}

/// Automatic ticks of a map, also for colour bars.
pub(super) fn automatic(map: &AxisMap, direction: Direction, faces: &Faces) -> TickSet {
    let (first, last) = map.values();
    let length = (map.pixels.1 - map.pixels.0).abs();
    let (pitch, greatest) = match direction {
        Direction::Horizontal => (40.0, 9.0),
        Direction::Vertical => (24.0, 8.0),
    };
    let mut most = (length / pitch).clamp(2.0, greatest) as usize;
    loop {
        let set = ticks(map.scale, first, last, most);
        if most <= 2 || clear(&set, map, direction, faces) {
            return set;
        }
        most -= 1;
    }
}

fn clear(set: &TickSet, map: &AxisMap, direction: Direction, faces: &Faces) -> bool {
    let extent = |label: &str| match direction {
        Direction::Horizontal => RichText::parse(label).width(faces, TICK_PX) + BETWEEN_PX,
        Direction::Vertical => 1.6 * TICK_PX,
    };
    set.major.windows(2).all(|pair| {
        let places = (map.pixel(pair[0].0), map.pixel(pair[1].0));
        let (Some(a), Some(b)) = places else {
            return true;
        };
        (b - a).abs() >= 0.5 * (extent(&pair[0].1) + extent(&pair[1].1))
    })
}

/// Widest label of a set.
pub(super) fn widest(set: &TickSet, faces: &Faces) -> f64 {
    set.major.iter().map(|(_, label)| RichText::parse(label).width(faces, TICK_PX)).fold(0.0, f64::max)
}

/// How far ticks reach out of the frame. Over a heat map they point outwards to be seen.
pub(super) fn outward(over_heatmap: bool) -> f64 {
    if over_heatmap { MAJOR_TICK_PX - 1.0 } else { 0.0 }
}

fn labels_shown(set: &TickSet) -> bool {
    set.major.iter().any(|(_, label)| !label.is_empty())
}

/// Room left of the frame for the vertical axis.
pub(super) fn room_left(axis: &Axis, set: &TickSet, out: f64, faces: &Faces) -> f64 {
    let labels = if labels_shown(set) { TICK_GAP_PX + widest(set, faces) } else { 0.0 };
    let label = if axis.label.is_empty() { 0.0 } else { LABEL_GAP_PX + (CAP_EM + DESCENT_EM + 0.05) * LABEL_PX };
    out + labels + label
}

/// Room below the frame for the horizontal axis.
pub(super) fn room_below(axis: &Axis, set: &TickSet, out: f64) -> f64 {
    let labels = if labels_shown(set) { TICK_GAP_PX + (CAP_EM + 0.1) * TICK_PX } else { 0.0 };
    let label = if axis.label.is_empty() { 0.0 } else { LABEL_GAP_PX + (CAP_EM + DESCENT_EM) * LABEL_PX };
    out + labels + label
}

/// How far the horizontal labels reach past the right end of the frame.
pub(super) fn overhang(set: &TickSet, map: &AxisMap, faces: &Faces) -> f64 {
    let reach = |(value, label): &(f64, String)| {
        let half = 0.5 * RichText::parse(label).width(faces, TICK_PX);
        map.pixel(*value).map(|x| x + half - map.pixels.1)
    };
    set.major.iter().filter_map(reach).fold(0.0, f64::max)
}

/// Draws the frame and both axes.
pub(super) fn draw(scene: &mut Scene, map: &Map, axes: [(&Axis, &TickSet); 2], out: f64, faces: &Faces) {
    let [(x, x_ticks), (y, y_ticks)] = axes;
    scene.outline(map.frame, FRAME_PX, palette::BLACK);
    horizontal(scene, map, x, x_ticks, out);
    vertical(scene, map, y, y_ticks, out, faces);
}

fn tick_lengths(out: f64) -> [(f64, f64); 2] {
    // Outward ticks stand on two sides only; inward ones all round.
    if out > 0.0 {
        [(-out, FRAME_PX), (-0.6 * out, MINOR_PX)]
    } else {
        [(MAJOR_TICK_PX, FRAME_PX), (MINOR_TICK_PX, MINOR_PX)]
    }
}

fn horizontal(scene: &mut Scene, map: &Map, axis: &Axis, set: &TickSet, out: f64) {
    let frame = map.frame;
    let [major, minor] = tick_lengths(out);
    let long = set.major.iter().map(|(value, _)| (*value, major));
    let short = set.minor.iter().map(|value| (*value, minor));
    for (value, (length, width)) in long.chain(short) {
        let Some(x) = map.x.pixel(value) else {
            continue;
        };
        scene.stroke(vec![[x, frame.bottom], [x, frame.bottom - length]], width, palette::BLACK);
        if out == 0.0 {
            scene.stroke(vec![[x, frame.top], [x, frame.top + length]], width, palette::BLACK);
        }
    }
    let baseline = frame.bottom + out + TICK_GAP_PX + (CAP_EM + 0.1) * TICK_PX;
    for (value, label) in &set.major {
        let Some(x) = map.x.pixel(*value) else {
            continue;
        };
        let look = (TICK_PX, palette::BLACK);
        scene.text(RichText::parse(label), [x, baseline], Anchor::Middle, look);
    }
    let at = [0.5 * (frame.left + frame.right), frame.bottom + room_below(axis, set, out) - DESCENT_EM * LABEL_PX];
    scene.text(RichText::parse(&axis.label), at, Anchor::Middle, (LABEL_PX, palette::BLACK));
}

fn vertical(scene: &mut Scene, map: &Map, axis: &Axis, set: &TickSet, out: f64, faces: &Faces) {
    let frame = map.frame;
    let [major, minor] = tick_lengths(out);
    let long = set.major.iter().map(|(value, _)| (*value, major));
    let short = set.minor.iter().map(|value| (*value, minor));
    for (value, (length, width)) in long.chain(short) {
        let Some(y) = map.y.pixel(value) else {
            continue;
        };
        scene.stroke(vec![[frame.left, y], [frame.left + length, y]], width, palette::BLACK);
        if out == 0.0 {
            scene.stroke(vec![[frame.right, y], [frame.right - length, y]], width, palette::BLACK);
        }
    }
    for (value, label) in &set.major {
        let Some(y) = map.y.pixel(*value) else {
            continue;
        };
        let at = [frame.left - out - TICK_GAP_PX, y];
        let look = (TICK_PX, palette::BLACK);
        scene.centred(RichText::parse(label), at, Anchor::End, look);
    }
    let at =
        [frame.left - room_left(axis, set, out, faces) + (CAP_EM + 0.05) * LABEL_PX, 0.5 * (frame.top + frame.bottom)];
    scene.upward(RichText::parse(&axis.label), at, (LABEL_PX, palette::BLACK));
}

/// Draws ticks, labels and label of a vertical scale right of `left` (a colour bar).
pub(super) fn right_scale(scene: &mut Scene, map: &AxisMap, left: f64, label: &str, faces: &Faces) {
    let set = automatic(map, Direction::Vertical, faces);
    for (value, text) in &set.major {
        let Some(y) = map.pixel(*value) else { continue };
        scene.stroke(vec![[left, y], [left + 3.0, y]], FRAME_PX, palette::BLACK);
        let at = [left + 3.0 + TICK_GAP_PX - 1.0, y];
        scene.centred(RichText::parse(text), at, Anchor::Start, (TICK_PX, palette::BLACK));
    }
    for value in &set.minor {
        let Some(y) = map.pixel(*value) else { continue };
        scene.stroke(vec![[left, y], [left + 1.8, y]], MINOR_PX, palette::BLACK);
    }
    let baseline = left + room_right(&set, label, faces) - DESCENT_EM * LABEL_PX;
    let middle = 0.5 * (map.pixels.0 + map.pixels.1);
    scene.upward(RichText::parse(label), [baseline, middle], (LABEL_PX, palette::BLACK));
}

/// Room right of a colour bar for its scale.
pub(super) fn room_right(set: &TickSet, label: &str, faces: &Faces) -> f64 {
    let label = if label.is_empty() { 0.0 } else { LABEL_GAP_PX + (CAP_EM + DESCENT_EM) * LABEL_PX };
    3.0 + TICK_GAP_PX - 1.0 + widest(set, faces) + label
}
