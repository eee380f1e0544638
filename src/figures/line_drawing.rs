//! Lines, rules and arrows.

use super::clip;
use super::map::Map;
use super::scene::{Point, Scene};
use super::series::{Heads, Series};
use super::style::Color;

/// Length of an arrow head.
const HEAD_PX: f64 = 6.0;
/// Half its width.
const HEAD_HALF_PX: f64 = 2.4;

/// Draws a line through `points`, cut to the frame.
pub(super) fn line(scene: &mut Scene, map: &Map, points: &[Option<Point>], series: &Series, color: Color) {
    for part in clip::line(points, map.frame) {
        for stroke in clip::dashes(part, &series.dash.pattern(series.width)) {
            scene.stroke(stroke, series.width, color);
        }
    }
}

/// The corners of a line that holds each point until the next.
pub(super) fn steps(points: &[Option<Point>]) -> Vec<Option<Point>> {
    let mut corners = Vec::with_capacity(2 * points.len());
    for (index, &point) in points.iter().enumerate() {
        corners.push(point);
        if let (Some(here), Some(Some(next))) = (point, points.get(index + 1)) {
            corners.push(Some([next[0], here[1]]));
        }
    }
    corners
}

/// Draws a path with its arrow head.
pub(super) fn path(scene: &mut Scene, map: &Map, points: &[[f64; 2]], heads: Heads, (series, color): (&Series, Color)) {
    let mut places = map.points(points);
    let reach = HEAD_PX + series.width;
    let head = match heads {
        Heads::None => None,
        Heads::End => end_of(&places),
        Heads::Middle => middle_of(&places, map, 0.5 * reach),
    };
    if let (Heads::End, Some((tip, along)), Some(Some(last))) = (heads, head, places.last_mut()) {
        // The line stops inside the head, or its square end would stick out at the tip.
        *last = [tip[0] - 0.7 * reach * along[0], tip[1] - 0.7 * reach * along[1]];
    }
    line(scene, map, &places, series, color);
    if let Some((tip, along)) = head.filter(|(tip, _)| map.frame.contains(*tip)) {
        let half = HEAD_HALF_PX + 0.5 * series.width;
        let corner = |back: f64, side: f64| {
            [tip[0] - back * along[0] - side * along[1], tip[1] - back * along[1] + side * along[0]]
        };
        let corners = vec![tip, corner(reach, half), corner(0.8 * reach, 0.0), corner(reach, -half)];
        scene.fill(clip::polygon(corners, map.frame), color);
    }
}

/// A place and the unit vector along the path there.
type Pointer = (Point, Point);

fn pointer(from: Point, to: Point, at: f64, ahead: f64) -> Option<Pointer> {
    let run = [to[0] - from[0], to[1] - from[1]];
    let length = run[0].hypot(run[1]);
    if length == 0.0 {
        return None;
    }
    let along = [run[0] / length, run[1] / length];
    Some(([0, 1].map(|axis| from[axis] + at * run[axis] + ahead * along[axis]), along))
}

fn end_of(places: &[Option<Point>]) -> Option<Pointer> {
    let [.., Some(from), Some(to)] = places else {
        return None;
    };
    pointer(*from, *to, 1.0, 0.0)
}

/// Half way along the longest visible part.
fn middle_of(places: &[Option<Point>], map: &Map, ahead: f64) -> Option<Pointer> {
    let length = |pair: &[Point]| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]);
    let total = |part: &[Point]| part.windows(2).map(length).sum::<f64>();
    let parts = clip::line(places, map.frame);
    let part = parts.iter().max_by(|a, b| total(a).total_cmp(&total(b)))?;
    let mut left = 0.5 * total(part);
    for pair in part.windows(2) {
        let piece = length(pair);
        if left <= piece && piece > 0.0 {
            return pointer(pair[0], pair[1], left / piece, ahead);
        }
        left -= piece;
    }
    None
}
