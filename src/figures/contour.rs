//! Level lines of a grid by marching squares, chained into polylines, with their labels.

use super::font::{CAP_EM, Faces};
use super::grid::{Contours, Grid};
use super::line_drawing;
use super::map::Map;
use super::scene::{Anchor, Point, Rect, Scene};
use super::series::Series;
use super::style::{Color, TICK_PX};
use super::text::RichText;
use super::ticks::short_label;

/// Lines shorter than this many label widths stay unlabelled.
const LABELLED_WIDTHS: f64 = 3.0;

/// Draws all level lines of a series.
pub(super) fn draw(
    scene: &mut Scene,
    map: &Map,
    contours: &Contours,
    (series, color): (&Series, Color),
    avoid: &[Point],
    faces: &Faces,
) {
    let around = |&[x, y]: &Point| Rect { left: x, top: y, right: x, bottom: y }.grown(3.0);
    let mut taken: Vec<Rect> = avoid.iter().map(around).collect();
    for &level in &contours.levels {
        let text = RichText::parse(&short_label(level));
        for line in level_lines(&contours.grid, map, level) {
            let line = resampled(&line);
            let gap = contours.labelled.then(|| label_box(&line, &text, map, &taken, faces)).flatten();
            let kept: Vec<Option<Point>> =
                line.into_iter().map(|point| Some(point).filter(|&p| gap.is_none_or(|gap| !gap.contains(p)))).collect();
            line_drawing::line(scene, map, &kept, series, color);
            if let Some(gap) = gap {
                let middle = [0.5 * (gap.left + gap.right), 0.5 * (gap.top + gap.bottom)];
                scene.centred(text.clone(), middle, Anchor::Middle, (0.9 * TICK_PX, color));
                taken.push(gap.grown(6.0));
            }
        }
    }
}

/// The same line with points at most a pixel apart, so that a gap can be cut where it is wanted.
fn resampled(line: &[Point]) -> Vec<Point> {
    let mut points: Vec<Point> = line.first().copied().into_iter().collect();
    for pair in line.windows(2) {
        let run = [pair[1][0] - pair[0][0], pair[1][1] - pair[0][1]];
        let pieces = run[0].hypot(run[1]).ceil().clamp(1.0, 1e4);
        points.extend((1..=pieces as u32).map(|piece| {
            let t = f64::from(piece) / pieces;
            [pair[0][0] + t * run[0], pair[0][1] + t * run[1]]
        }));
    }
    points
}

/// The box of a label on the flattest stretch of a line, clear of the frame and of `taken`.
fn label_box(line: &[Point], text: &RichText, map: &Map, taken: &[Rect], faces: &Faces) -> Option<Rect> {
    let size = 0.9 * TICK_PX;
    let half = 0.5 * text.width(faces, size) + 2.5;
    let lengths = line.windows(2).map(|pair| (pair[1][0] - pair[0][0]).hypot(pair[1][1] - pair[0][1]));
    if lengths.sum::<f64>() < 2.0 * LABELLED_WIDTHS * half {
        return None;
    }
    let candidates = (line.len() / 6..line.len() - line.len() / 6).filter_map(|index| {
        let [x, y] = line[index];
        let area = Rect {
            left: x - half,
            right: x + half,
            top: y - 0.5 * CAP_EM * size - 1.5,
            bottom: y + 0.5 * CAP_EM * size + 1.5,
        };
        let free = map.frame.grown(-6.0);
        let inside = area.corners().iter().all(|&corner| free.contains(corner));
        if !inside || taken.iter().any(|other| other.overlaps(area)) {
            return None;
        }
        let reach = (line.len() / 20).max(1);
        let (a, b) = (line[index.saturating_sub(reach)], line[(index + reach).min(line.len() - 1)]);
        Some(((b[1] - a[1]).abs() / (b[0] - a[0]).hypot(b[1] - a[1]).max(1e-9), area))
    });
    candidates.min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, area)| area)
}

/// The level lines as places on the sheet; a closed line repeats its first point.
///
/// Crossings are interpolated linearly in the value and along the paper. Where a cell is a saddle
/// the mean of its corners decides which corners are joined. Cells with a missing corner are empty.
pub(super) fn level_lines(grid: &Grid, map: &Map, level: f64) -> Vec<Vec<Point>> {
    let columns = grid.xs().len();
    let mut links = Links::new(2 * columns * grid.ys().len());
    for row in 1..grid.ys().len() {
        for column in 1..columns {
            cell(grid, level, (column - 1, row - 1), &mut links);
        }
    }
    links
        .chains()
        .into_iter()
        .map(|chain| chain.into_iter().filter_map(|edge| crossing(grid, map, level, edge)).collect())
        .collect()
}

/// Joins the crossed edges of one cell. Edge `2n` runs right from node `n`, `2n + 1` up from it.
fn cell(grid: &Grid, level: f64, (i, j): (usize, usize), links: &mut Links) {
    let columns = grid.xs().len();
    let values = [grid.value(i, j), grid.value(i + 1, j), grid.value(i + 1, j + 1), grid.value(i, j + 1)];
    if values.iter().any(|value| !value.is_finite()) {
        return;
    }
    let node = j * columns + i;
    let (bottom, right, top, left) = (2 * node, 2 * (node + 1) + 1, 2 * (node + columns), 2 * node + 1);
    let above = values.map(|value| value >= level);
    let crossed: Vec<usize> = [(bottom, 0, 1), (right, 1, 2), (top, 2, 3), (left, 3, 0)]
        .into_iter()
        .filter(|&(_, a, b)| above[a] != above[b])
        .map(|(edge, _, _)| edge)
        .collect();
    match crossed[..] {
        [a, b] => links.join(a, b),
        [_, _, _, _] => {
            let middle = values.iter().sum::<f64>() / 4.0 >= level;
            if middle == above[0] {
                links.join(bottom, right);
                links.join(top, left);
            } else {
                links.join(bottom, left);
                links.join(top, right);
            }
        }
        _ => {}
    }
}

fn crossing(grid: &Grid, map: &Map, level: f64, edge: usize) -> Option<Point> {
    let columns = grid.xs().len();
    let (i, j) = ((edge / 2) % columns, edge / 2 / columns);
    let (k, l) = if edge.is_multiple_of(2) { (i + 1, j) } else { (i, j + 1) };
    let (a, b) = (grid.value(i, j), grid.value(k, l));
    let from = map.point([*grid.xs().get(i)?, *grid.ys().get(j)?])?;
    let to = map.point([*grid.xs().get(k)?, *grid.ys().get(l)?])?;
    let t = ((level - a) / (b - a)).clamp(0.0, 1.0);
    Some([from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])])
}

/// Which edges are joined to which: at most two others each, one per adjoining cell.
struct Links {
    next: Vec<[Option<usize>; 2]>,
}

impl Links {
    fn new(edges: usize) -> Self {
        Self { next: vec![[None; 2]; edges] }
    }

    fn join(&mut self, a: usize, b: usize) {
        for (from, to) in [(a, b), (b, a)] {
            if let Some(free) = self.next[from].iter_mut().find(|slot| slot.is_none()) {
                *free = Some(to);
            }
        }
    }

    /// Takes the joined edges out as chains, open ones first.
    fn chains(mut self) -> Vec<Vec<usize>> {
        let mut chains = Vec::new();
        for open in [true, false] {
            for start in 0..self.next.len() {
                let ends = self.next[start].iter().flatten().count();
                if ends == 1 || (ends == 2 && !open) {
                    chains.push(self.walk(start));
                }
            }
        }
        chains
    }

    fn walk(&mut self, start: usize) -> Vec<usize> {
        let mut chain = vec![start];
        let mut here = start;
        while let Some(next) = self.next[here].iter_mut().find_map(Option::take) {
            if let Some(back) = self.next[next].iter_mut().find(|slot| **slot == Some(here)) {
                *back = None;
            }
            chain.push(next);
            here = next;
        }
        chain
    }
}
