//! A scene as pixels: exact coverage along rows, eight scan lines to a pixel.

use std::f64::consts::{PI, TAU};

use super::font::Faces;
use super::scene::{Anchor, Bitmap, Item, Label, Point, Scene};
use super::style::Color;

/// Scan lines per pixel row.
const LINES: usize = 8;
/// Joints that turn less than this need no filling; the notch is under 0.02 px.
const STRAIGHT: f64 = 0.05;

/// An opaque RGB picture.
pub(super) struct Raster {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) rgb: Vec<u8>,
    scale: f64,
}

/// Where an outline crosses a scan line, and in which sense.
#[derive(Clone, Copy)]
struct Crossing {
    line: usize,
    x: f64,
    winding: i32,
}

impl Raster {
    /// Draws `scene` on white at `scale` pixels per CSS pixel.
    pub(super) fn draw(scene: &Scene, scale: f64, faces: &Faces) -> Self {
        let (width, height) = ((scene.width * scale).round() as usize, (scene.height * scale).round() as usize);
        let mut raster = Self { width, height, rgb: vec![255; 3 * width * height], scale };
        for item in &scene.items {
            raster.item(item, faces);
        }
        raster
    }

    fn item(&mut self, item: &Item, faces: &Faces) {
        match item {
            Item::Fill(polygon, color) => self.fill(&ring(polygon), *color),
            Item::Stroke(points, width, color) => self.fill(&stroke(points, *width), *color),
            Item::Disk(centre, radius, color) => self.fill(&ring(&circle(*centre, *radius)), *color),
            Item::Ring(centre, radius, width, color) => {
                let mut edges = ring(&circle(*centre, radius + 0.5 * width));
                let inner = ring(&circle(*centre, (radius - 0.5 * width).max(0.0)));
                edges.extend(inner.into_iter().map(|[from, to]| [to, from]));
                self.fill(&edges, *color);
            }
            Item::Text(label) => self.fill(&glyphs(label, faces), label.color),
            Item::Bitmap(bitmap) => self.blit(bitmap),
        }
    }

    fn blit(&mut self, bitmap: &Bitmap) {
        let frame = bitmap.frame;
        let index = |offset: f64, length: f64, count: u32| {
            let at = (offset / length * f64::from(count)).floor();
            (at >= 0.0 && at < f64::from(count)).then_some(at as usize)
        };
        let pixel = |place: usize| (place as f64 + 0.5) / self.scale;
        for y in 0..self.height {
            let Some(row) = index(pixel(y) - frame.top, frame.height(), bitmap.rows) else {
                continue;
            };
            for x in 0..self.width {
                let Some(column) = index(pixel(x) - frame.left, frame.width(), bitmap.columns) else {
                    continue;
                };
                let from = 3 * (row * bitmap.columns as usize + column);
                let to = 3 * (y * self.width + x);
                if let (Some(source), Some(target)) = (bitmap.rgb.get(from..from + 3), self.rgb.get_mut(to..to + 3)) {
                    target.copy_from_slice(source);
                }
            }
        }
    }

    /// Fills what the directed edges wind around.
    fn fill(&mut self, edges: &[[Point; 2]], color: Color) {
        let crossings = self.crossings(edges);
        let mut coverage = vec![0.0_f64; self.width];
        for row in crossings.chunk_by(|a, b| a.line / LINES == b.line / LINES) {
            let Some(y) = row.first().map(|crossing| crossing.line / LINES) else {
                continue;
            };
            let (mut first, mut last) = (self.width, 0);
            for line in row.chunk_by(|a, b| a.line == b.line) {
                let mut winding = 0;
                for pair in line.windows(2) {
                    winding += pair[0].winding;
                    if winding != 0 {
                        let touched = cover(&mut coverage, pair[0].x, pair[1].x);
                        (first, last) = (first.min(touched.0), last.max(touched.1));
                    }
                }
            }
            for (x, share) in coverage.iter_mut().enumerate().take(last).skip(first) {
                let alpha = (std::mem::take(share) / LINES as f64).min(1.0) * color.alpha;
                blend(&mut self.rgb, 3 * (y * self.width + x), color, alpha);
            }
        }
    }

    /// All crossings with scan lines of the picture, by line and from left to right.
    fn crossings(&self, edges: &[[Point; 2]]) -> Vec<Crossing> {
        let bottom = (self.height * LINES) as f64;
        let per_line = self.scale * LINES as f64;
        let mut crossings = Vec::new();
        for &[from, to] in edges {
            let (upper, lower, winding) = if from[1] <= to[1] { (from, to, 1) } else { (to, from, -1) };
            let first = (upper[1] * per_line - 0.5).ceil().clamp(0.0, bottom) as usize;
            let end = (lower[1] * per_line - 0.5).ceil().clamp(0.0, bottom) as usize;
            for line in first..end {
                let y = (line as f64 + 0.5) / per_line;
                let t = (y - upper[1]) / (lower[1] - upper[1]);
                let x = self.scale * (upper[0] + t * (lower[0] - upper[0]));
                crossings.push(Crossing { line, x, winding });
            }
        }
        crossings.sort_by(|a, b| a.line.cmp(&b.line).then(a.x.total_cmp(&b.x)));
        crossings
    }
}

/// Adds the stretch from `left` to `right` to the coverage of a row; returns the pixels touched.
fn cover(coverage: &mut [f64], left: f64, right: f64) -> (usize, usize) {
    let end = coverage.len() as f64;
    let (left, right) = (left.clamp(0.0, end), right.clamp(0.0, end));
    let (first, last) = (left.floor() as usize, right.ceil() as usize);
    for (index, share) in coverage.iter_mut().enumerate().take(last).skip(first) {
        let (start, stop) = (index as f64, index as f64 + 1.0);
        *share += (right.min(stop) - left.max(start)).max(0.0);
    }
    (first, last)
}

fn blend(rgb: &mut [u8], at: usize, color: Color, alpha: f64) {
    if let Some(pixel) = rgb.get_mut(at..at + 3) {
        for (below, above) in pixel.iter_mut().zip(color.rgb) {
            let mixed = f64::from(*below) + alpha * (f64::from(above) - f64::from(*below));
            *below = mixed.round() as u8;
        }
    }
}

/// The edges around a polygon.
fn ring(polygon: &[Point]) -> Vec<[Point; 2]> {
    let next = polygon.iter().cycle().skip(1);
    polygon.iter().zip(next).map(|(&from, &to)| [from, to]).collect()
}

fn circle(centre: Point, radius: f64) -> Vec<Point> {
    // The chords stay within 0.02 px of a circle of up to 10 px.
    const CORNERS: u32 = 48;
    (0..CORNERS)
        .map(|corner| {
            let angle = TAU * f64::from(corner) / f64::from(CORNERS);
            [centre[0] + radius * angle.cos(), centre[1] + radius * angle.sin()]
        })
        .collect()
}

/// Edges of a line of width `width` with round joints and square-cut ends. Its pieces all turn the
/// same way round, so that their union is filled once.
fn stroke(points: &[Point], width: f64) -> Vec<[Point; 2]> {
    let mut edges = Vec::with_capacity(4 * points.len());
    let mut before: Option<Point> = None;
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let run = [to[0] - from[0], to[1] - from[1]];
        let length = run[0].hypot(run[1]);
        if length == 0.0 {
            continue;
        }
        let along = [run[0] / length, run[1] / length];
        let side = [-0.5 * width * along[1], 0.5 * width * along[0]];
        edges.extend(ring(&[
            [from[0] - side[0], from[1] - side[1]],
            [to[0] - side[0], to[1] - side[1]],
            [to[0] + side[0], to[1] + side[1]],
            [from[0] + side[0], from[1] + side[1]],
        ]));
        let turned = before.map_or(0.0, |last| {
            let (cross, dot) = (last[0] * along[1] - last[1] * along[0], last[0] * along[0] + last[1] * along[1]);
            cross.atan2(dot).abs().min(PI)
        });
        if turned > STRAIGHT {
            edges.extend(joint(from, 0.5 * width));
        }
        before = Some(along);
    }
    edges
}

fn joint(centre: Point, radius: f64) -> Vec<[Point; 2]> {
    const CORNERS: u32 = 16;
    let corner = |index: u32| {
        let angle = TAU * f64::from(index) / f64::from(CORNERS);
        [centre[0] + radius * angle.cos(), centre[1] + radius * angle.sin()]
    };
    let corners: Vec<Point> = (0..CORNERS).map(corner).collect();
    ring(&corners)
}

/// Edges of the outlines of a text.
fn glyphs(label: &Label, faces: &Faces) -> Vec<[Point; 2]> {
    let mut pen = match label.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => -0.5 * label.text.width(faces, label.size),
        Anchor::End => -label.text.width(faces, label.size),
    };
    let mut edges = Vec::new();
    for run in &label.text.runs {
        let size = run.level.size() * label.size;
        let rise = run.level.rise() * label.size;
        let place = |[x, y]: Point| {
            let (along, up) = (pen + size * x, rise + size * y);
            if label.upwards {
                [label.at[0] - up, label.at[1] - along]
            } else {
                [label.at[0] + along, label.at[1] - up]
            }
        };
        let outline = faces.outline(run.face, &run.text);
        edges.extend(outline.into_iter().map(|edge| edge.map(place)));
        pen += faces.width(run.face, &run.text) * size;
    }
    edges
}
