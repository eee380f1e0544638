//! From the numbers on the axes to places on the sheet.

use super::axis::Scale;
use super::figure::Panel;
use super::grid::Grid;
use super::scene::{Point, Rect};
use super::series::{Series, SeriesData};

/// Places further out than this are drawn this far out; keeps the clipping arithmetic finite.
const FAR_PX: f64 = 1e6;

/// One axis: positions `ends` lie at the pixels `pixels`.
#[derive(Clone, Copy, Debug)]
pub(super) struct AxisMap {
    pub(super) scale: Scale,
    pub(super) ends: (f64, f64),
    pub(super) pixels: (f64, f64),
}

impl AxisMap {
    /// Pixel of a value; `None` where it cannot be drawn.
    pub(super) fn pixel(&self, value: f64) -> Option<f64> {
        let position = self.scale.forward(value)?;
        Some(self.position_pixel(position))
    }

    /// Pixel of a position on the scale.
    pub(super) fn position_pixel(&self, position: f64) -> f64 {
        let fraction = (position - self.ends.0) / (self.ends.1 - self.ends.0);
        let pixel = self.pixels.0 + fraction * (self.pixels.1 - self.pixels.0);
        pixel.clamp(-FAR_PX, FAR_PX)
    }

    /// Position on the scale at a pixel.
    pub(super) fn position_at(&self, pixel: f64) -> f64 {
        let fraction = (pixel - self.pixels.0) / (self.pixels.1 - self.pixels.0);
        self.ends.0 + fraction * (self.ends.1 - self.ends.0)
    }

    /// Values at the two ends.
    pub(super) fn values(&self) -> (f64, f64) {
        (self.scale.inverse(self.ends.0), self.scale.inverse(self.ends.1))
    }
}

/// Both axes of a panel and the frame they span.
#[derive(Clone, Copy, Debug)]
pub(super) struct Map {
    pub(super) frame: Rect,
    pub(super) x: AxisMap,
    pub(super) y: AxisMap,
}

impl Map {
    /// The axes of `panel` laid over `frame`.
    pub(super) fn new(panel: &Panel, frame: Rect) -> Self {
        let (x, y) = ends(panel);
        Self {
            frame,
            x: AxisMap { scale: panel.x.scale, ends: x, pixels: (frame.left, frame.right) },
            y: AxisMap { scale: panel.y.scale, ends: y, pixels: (frame.bottom, frame.top) },
        }
    }

    /// Place of a point; `None` where it cannot be drawn.
    pub(super) fn point(&self, [x, y]: [f64; 2]) -> Option<Point> {
        Some([self.x.pixel(x)?, self.y.pixel(y)?])
    }

    /// Places of several points.
    pub(super) fn points(&self, points: &[[f64; 2]]) -> Vec<Option<Point>> {
        points.iter().map(|&point| self.point(point)).collect()
    }
}

/// End positions of both axes of a panel.
pub(super) fn ends(panel: &Panel) -> ((f64, f64), (f64, f64)) {
    let (mut x, mut y) = (Extent::new(panel.x.scale), Extent::new(panel.y.scale));
    for series in &panel.series {
        take(series, &mut x, &mut y);
    }
    let tight = panel.heatmap().is_some();
    (panel.x.positions(x.ends, tight), panel.y.positions(y.ends, tight))
}

/// Least and greatest position met so far.
struct Extent {
    scale: Scale,
    ends: Option<(f64, f64)>,
}

impl Extent {
    fn new(scale: Scale) -> Self {
        Self { scale, ends: None }
    }

    fn value(&mut self, value: f64) {
        if let Some(position) = self.scale.forward(value) {
            self.position(position);
        }
    }

    fn position(&mut self, position: f64) {
        let (low, high) = self.ends.unwrap_or((position, position));
        self.ends = Some((low.min(position), high.max(position)));
    }

    fn nodes(&mut self, nodes: &[f64]) {
        let edges = cell_edges(nodes, self.scale);
        let ends = edges.first().into_iter().chain(edges.last());
        ends.for_each(|&edge| self.position(edge));
    }
}

fn take(series: &Series, x: &mut Extent, y: &mut Extent) {
    let mut point = |[a, b]: [f64; 2]| {
        // A point counts only if it can be drawn.
        if x.scale.forward(a).is_some() && y.scale.forward(b).is_some() {
            x.value(a);
            y.value(b);
        }
    };
    match &series.shape {
        SeriesData::Line(points) | SeriesData::Steps(points) | SeriesData::Points(points) => {
            points.iter().for_each(|&p| point(p));
        }
        SeriesData::Region(points) => points.iter().for_each(|&p| point(p)),
        SeriesData::Band(points) => points.iter().for_each(|&[a, low, high]| {
            point([a, low]);
            point([a, high]);
        }),
        SeriesData::ErrorBars(points) => points.iter().for_each(|&[a, b, low, high]| {
            [b, low, high].iter().for_each(|&end| point([a, end]));
        }),
        SeriesData::Bars(bars) => bars.iter().for_each(|&[left, right, height]| {
            [[left, height], [right, height], [left, 0.0]].iter().for_each(|&corner| point(corner));
        }),
        SeriesData::Paths(paths, _) => paths.iter().flatten().for_each(|&p| point(p)),
        SeriesData::Vertical(at) => x.value(*at),
        SeriesData::Horizontal(at) => y.value(*at),
        SeriesData::Text(..) => {}
        SeriesData::Heatmap(heatmap) => {
            x.nodes(heatmap.grid.xs());
            y.nodes(heatmap.grid.ys());
        }
        SeriesData::Contours(contours) => grid_nodes(&contours.grid, x, y),
    }
}

fn grid_nodes(grid: &Grid, x: &mut Extent, y: &mut Extent) {
    grid.xs().iter().for_each(|&value| x.value(value));
    grid.ys().iter().for_each(|&value| y.value(value));
}

/// Positions of the edges of the cells around `nodes`: half way between neighbours, and as far
/// beyond the outer ones. Empty where a node has no position.
pub(super) fn cell_edges(nodes: &[f64], scale: Scale) -> Vec<f64> {
    let positions: Option<Vec<f64>> = nodes.iter().map(|&node| scale.forward(node)).collect();
    let Some(positions) = positions else {
        return Vec::new();
    };
    let middles: Vec<f64> = positions.windows(2).map(|p| 0.5 * (p[0] + p[1])).collect();
    let (Some(&first), Some(&last)) = (positions.first(), positions.last()) else {
        return Vec::new();
    };
    let (below, above) = match (middles.first(), middles.last()) {
        (Some(low), Some(high)) => (2.0 * first - low, 2.0 * last - high),
        _ => (first - 0.5, last + 0.5),
    };
    let mut edges = vec![below];
    edges.extend(middles);
    edges.push(above);
    edges
}
