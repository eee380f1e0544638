//! What is covered already, for notes and legends to stay clear of.

use super::clip;
use super::font::Faces;
use super::line_drawing::steps;
use super::map::Map;
use super::scene::{Point, Rect};
use super::series::{Series, SeriesData};
use super::text::RichText;

/// Distance of the samples.
const SAMPLE_PX: f64 = 4.0;

/// How many samples lie in a box.
pub(super) fn hidden(area: Rect, ink: &[Point]) -> usize {
    ink.iter().filter(|&&point| area.contains(point)).count()
}

/// Samples of what a series covers. Rules, fills and level lines count for nothing here: text may
/// stand on them.
pub(super) fn of_series(series: &Series, map: &Map, faces: &Faces) -> Vec<Point> {
    let along = |points: &[Option<Point>]| -> Vec<Point> {
        clip::line(points, map.frame)
            .iter()
            .flat_map(|part| clip::dashes(part.clone(), &[SAMPLE_PX, SAMPLE_PX]))
            .flatten()
            .collect()
    };
    let edges = |side: &dyn Fn(&[f64; 3]) -> [f64; 2], points: &[[f64; 3]]| {
        along(&points.iter().map(|p| map.point(side(p))).collect::<Vec<_>>())
    };
    match &series.shape {
        SeriesData::Line(points) => along(&map.points(points)),
        SeriesData::Steps(points) => along(&steps(&map.points(points))),
        SeriesData::Points(points) => map.points(points).into_iter().flatten().collect(),
        SeriesData::ErrorBars(bars) => {
            bars.iter().flat_map(|&[x, y, low, high]| along(&map.points(&[[x, low], [x, y], [x, high]]))).collect()
        }
        SeriesData::Band(points) => {
            let mut samples = edges(&|&[x, low, _]| [x, low], points);
            samples.extend(edges(&|&[x, low, high]| [x, 0.5 * (low + high)], points));
            samples.extend(edges(&|&[x, _, high]| [x, high], points));
            samples
        }
        // Only the tops: text may stand within tall bars sooner than on a curve.
        SeriesData::Bars(bars) => bars
            .iter()
            .flat_map(|&[left, right, height]| along(&map.points(&[[left, height], [right, height]])))
            .collect(),
        SeriesData::Paths(paths, _) => paths.iter().flat_map(|p| along(&map.points(p))).collect(),
        SeriesData::Vertical(_) | SeriesData::Horizontal(_) => Vec::new(),
        SeriesData::Text(at, text) => {
            let half = 0.5 * RichText::parse(text).width(faces, series.size);
            let area = map.point(*at).map(|[x, y]| Rect {
                left: x - half,
                right: x + half,
                top: y - 0.5 * series.size,
                bottom: y + 0.5 * series.size,
            });
            area.into_iter().flat_map(within).collect()
        }
        SeriesData::Region(_) | SeriesData::Heatmap(_) | SeriesData::Contours(_) => Vec::new(),
    }
}

/// A lattice of points over a box.
pub(super) fn within(area: Rect) -> Vec<Point> {
    let steps = |length: f64| (length / SAMPLE_PX).clamp(0.0, 200.0) as u32;
    let (columns, rows) = (steps(area.width()), steps(area.height()));
    (0..=columns)
        .flat_map(|i| (0..=rows).map(move |j| (f64::from(i), f64::from(j))))
        .map(|(i, j)| [area.left + i * SAMPLE_PX, area.top + j * SAMPLE_PX])
        .collect()
}
