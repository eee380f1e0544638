//! The legend: its entries, its size and the place where it hides least.

use super::clip;
use super::figure::{LegendPlace, Panel};
use super::font::Faces;
use super::ink;
use super::markers;
use super::scene::{Anchor, Point, Rect, Scene};
use super::series::{Series, SeriesData};
use super::style::{Color, Dash, FRAME_PX, TICK_PX, palette};
use super::text::RichText;

const KEY_PX: f64 = 21.0;
const KEY_GAP_PX: f64 = 5.0;
const COLUMN_GAP_PX: f64 = 12.0;
const PITCH_PX: f64 = 12.8;
const PADDING_PX: f64 = 4.5;
/// Distance of an inside legend from the frame; clears the ticks.
const INSET_PX: f64 = 7.0;
/// Places tried along each side of the frame, less one.
const PLACES: u32 = 6;
/// Distance of an outside legend from the frame and its labels.
pub(super) const OUTSIDE_PX: f64 = 4.0;

struct Entry<'a> {
    text: RichText,
    series: &'a Series,
    color: Color,
}

/// A legend laid out in a table.
pub(super) struct Legend<'a> {
    entries: Vec<Entry<'a>>,
    columns: usize,
    column_px: f64,
    pub(super) place: LegendPlace,
    pub(super) width: f64,
    pub(super) height: f64,
}

impl<'a> Legend<'a> {
    /// The legend of `panel`, if it has labelled series; one below the frame is at most `room`
    /// wide, with as many columns as fit.
    pub(super) fn new(panel: &'a Panel, room: f64, faces: &Faces) -> Option<Self> {
        if panel.legend == LegendPlace::None {
            return None;
        }
        let entries: Vec<Entry> = panel
            .colored()
            .filter_map(|(series, color)| {
                let text = RichText::parse(series.label.as_deref()?);
                Some(Entry { text, series, color })
            })
            .collect();
        let text = entries
            .iter()
            .map(|entry| entry.text.width(faces, TICK_PX))
            .fold(None, |widest: Option<f64>, w| Some(widest.map_or(w, |v| v.max(w))))?;
        let column_px = KEY_PX + KEY_GAP_PX + text;
        let columns = if panel.legend == LegendPlace::Below {
            let fit = ((room + COLUMN_GAP_PX) / (column_px + COLUMN_GAP_PX)).floor() as usize;
            let rows = entries.len().div_ceil(fit.clamp(1, entries.len()));
            entries.len().div_ceil(rows)
        } else {
            1
        };
        let rows = entries.len().div_ceil(columns);
        Some(Self {
            width: columns as f64 * (column_px + COLUMN_GAP_PX) - COLUMN_GAP_PX + 2.0 * PADDING_PX,
            height: rows as f64 * PITCH_PX + 2.0 * PADDING_PX - 3.0,
            entries,
            columns,
            column_px,
            place: panel.legend,
        })
    }

    /// Whether the legend stands inside the frame.
    pub(super) fn inside(&self) -> bool {
        !matches!(self.place, LegendPlace::Right | LegendPlace::Below)
    }

    /// The box of an inside legend: where asked, or where it hides the least of `ink`.
    pub(super) fn inside_box(&self, frame: Rect, ink: &[Point]) -> Rect {
        let room = frame.grown(-INSET_PX);
        let (spare_x, spare_y) = (room.width() - self.width, room.height() - self.height);
        let area = |right: f64, down: f64| self.at(room.left + right * spare_x, room.top + down * spare_y);
        match self.place {
            LegendPlace::UpperLeft => area(0.0, 0.0),
            LegendPlace::UpperRight => area(1.0, 0.0),
            LegendPlace::LowerLeft => area(0.0, 1.0),
            LegendPlace::LowerRight => area(1.0, 1.0),
            _ => {
                // The first of equally good places wins: corners before the rest.
                let corners = [(1.0, 0.0), (0.0, 0.0), (1.0, 1.0), (0.0, 1.0)];
                let between = (0..=PLACES)
                    .flat_map(|i| (0..=PLACES).map(move |j| (f64::from(i), f64::from(j))))
                    .map(|(i, j)| (i / f64::from(PLACES), j / f64::from(PLACES)));
                corners
                    .into_iter()
                    .chain(between)
                    .map(|(right, down)| area(right, down))
                    .min_by_key(|area| ink::hidden(area.grown(3.0), ink))
                    .unwrap_or(frame)
            }
        }
    }

    /// The box with this upper left corner.
    pub(super) fn at(&self, left: f64, top: f64) -> Rect {
        Rect { left, top, right: left + self.width, bottom: top + self.height }
    }

    /// Draws the legend into its box.
    pub(super) fn draw(&self, scene: &mut Scene, area: Rect) {
        if self.inside() {
            scene.fill(area.corners().to_vec(), palette::WHITE.with_alpha(0.9));
            scene.outline(area, 0.6, Color::rgb(190, 190, 190));
        }
        for (index, entry) in self.entries.iter().enumerate() {
            let (row, column) = (index / self.columns, index % self.columns);
            let left = area.left + PADDING_PX + column as f64 * (self.column_px + COLUMN_GAP_PX);
            let middle = area.top + PADDING_PX - 1.5 + (row as f64 + 0.5) * PITCH_PX;
            key(scene, entry, [left, middle]);
            let at = [left + KEY_PX + KEY_GAP_PX, middle];
            scene.centred(entry.text.clone(), at, Anchor::Start, (TICK_PX, palette::BLACK));
        }
    }
}

/// A sample of the series, from `at` to the right.
fn key(scene: &mut Scene, entry: &Entry<'_>, [left, middle]: Point) {
    let (series, color) = (entry.series, entry.color);
    let centre = [left + 0.5 * KEY_PX, middle];
    match series.shape {
        SeriesData::Band(_) | SeriesData::Region(_) | SeriesData::Bars(_) => {
            let patch = Rect { left: left + 2.0, right: left + KEY_PX - 2.0, top: middle - 4.0, bottom: middle + 4.0 };
            scene.fill(patch.corners().to_vec(), color);
        }
        SeriesData::ErrorBars(_) => {
            let bar = vec![[centre[0], middle - 5.5], [centre[0], middle + 5.5]];
            scene.stroke(bar, series.width, color);
        }
        SeriesData::Points(_) | SeriesData::Text(..) | SeriesData::Heatmap(_) => {}
        SeriesData::Line(_)
        | SeriesData::Steps(_)
        | SeriesData::Vertical(_)
        | SeriesData::Horizontal(_)
        | SeriesData::Paths(..)
        | SeriesData::Contours(_) => {
            let sample = vec![[left, middle], [left + KEY_PX, middle]];
            let pattern = if series.dash == Dash::Solid { Vec::new() } else { series.dash.pattern(series.width) };
            for stroke in clip::dashes(sample, &pattern) {
                scene.stroke(stroke, series.width, color);
            }
        }
    }
    if let Some(marker) = series.marker {
        let outline = series.open.then_some(FRAME_PX.max(series.width.min(1.1)));
        markers::draw(scene, marker, centre, series.size, color, outline);
    }
}
