//! Cutting lines and polygons to a frame, and lines into dashes.

use super::scene::{Point, Rect};

/// Points nearer than this to the last one kept add nothing that can be seen.
const SAME_PX: f64 = 0.05;

/// The parts of a line inside `frame`. A missing point breaks the line.
pub(super) fn line(points: &[Option<Point>], frame: Rect) -> Vec<Vec<Point>> {
    let mut parts: Vec<Vec<Point>> = Vec::new();
    let mut open = false;
    for pair in points.windows(2) {
        let (Some(from), Some(to)) = (pair[0], pair[1]) else {
            open = false;
            continue;
        };
        let Some((start, end, leaves)) = segment(from, to, frame) else {
            open = false;
            continue;
        };
        match parts.last_mut() {
            Some(part) if open => part.push(end),
            _ => parts.push(vec![start, end]),
        }
        open = !leaves;
    }
    parts.iter_mut().for_each(thin);
    parts
}

/// Drops points that repeat their forerunner; the ends stay.
fn thin(part: &mut Vec<Point>) {
    let Some(&end) = part.last() else { return };
    let mut kept: Option<Point> = None;
    part.retain(|&point| {
        let far = kept.is_none_or(|last| (point[0] - last[0]).abs() > SAME_PX || (point[1] - last[1]).abs() > SAME_PX);
        if far {
            kept = Some(point);
        }
        far
    });
    if kept != Some(end) {
        part.push(end);
    }
}

/// The part of a segment inside `frame` (Liang and Barsky 1984) and whether its end was cut off.
fn segment(from: Point, to: Point, frame: Rect) -> Option<(Point, Point, bool)> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    let bounds = [(frame.left, frame.right), (frame.top, frame.bottom)];
    for (axis, (low, high)) in bounds.into_iter().enumerate() {
        let run = to[axis] - from[axis];
        if run == 0.0 {
            if from[axis] < low || from[axis] > high {
                return None;
            }
            continue;
        }
        let (a, b) = ((low - from[axis]) / run, (high - from[axis]) / run);
        enter = enter.max(a.min(b));
        leave = leave.min(a.max(b));
    }
    if enter > leave {
        return None;
    }
    let at = |t: f64| {
        [
            (from[0] + t * (to[0] - from[0])).clamp(frame.left, frame.right),
            (from[1] + t * (to[1] - from[1])).clamp(frame.top, frame.bottom),
        ]
    };
    let start = if enter == 0.0 { from } else { at(enter) };
    let end = if leave == 1.0 { to } else { at(leave) };
    Some((start, end, leave < 1.0))
}

/// The part of a polygon inside `frame` (Sutherland and Hodgman 1974).
pub(super) fn polygon(mut points: Vec<Point>, frame: Rect) -> Vec<Point> {
    let sides = [(0, frame.left, 1.0), (0, frame.right, -1.0), (1, frame.top, 1.0), (1, frame.bottom, -1.0)];
    for (axis, bound, sign) in sides {
        let depth = |point: Point| sign * (point[axis] - bound);
        let mut kept = Vec::with_capacity(points.len() + 4);
        for (index, &to) in points.iter().enumerate() {
            let from = points[(index + points.len() - 1) % points.len()];
            let (before, after) = (depth(from), depth(to));
            if (before < 0.0) != (after < 0.0) {
                let t = before / (before - after);
                let mut cut = [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])];
                cut[axis] = bound;
                kept.push(cut);
            }
            if after >= 0.0 {
                kept.push(to);
            }
        }
        points = kept;
    }
    thin(&mut points);
    points
}

/// The strokes of a line drawn in a pattern of stroke and gap lengths.
pub(super) fn dashes(points: Vec<Point>, pattern: &[f64]) -> Vec<Vec<Point>> {
    if pattern.is_empty() {
        return vec![points];
    }
    let (mut strokes, mut stroke) = (Vec::new(), Vec::new());
    let (mut phase, mut left) = (0, pattern[0]);
    stroke.extend(points.first().copied());
    for pair in points.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        let mut length = (to[0] - from[0]).hypot(to[1] - from[1]);
        while length > left {
            let t = left / length;
            from = [from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])];
            length -= left;
            phase = (phase + 1) % pattern.len();
            left = pattern[phase].max(SAME_PX);
            if phase % 2 == 1 {
                stroke.push(from);
                strokes.push(std::mem::take(&mut stroke));
            } else {
                stroke.push(from);
            }
        }
        left -= length;
        if phase % 2 == 0 {
            stroke.push(to);
        }
    }
    strokes.push(stroke);
    strokes
}
