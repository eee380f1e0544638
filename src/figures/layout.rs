//! Where the panels of a figure stand, and the scene that results.

use super::error::FigureError;
use super::figure::{Aspect, Figure, Panel};
use super::font::{CAP_EM, Faces};
use super::map;
use super::placed::{Margins, Placed};
use super::scene::{Anchor, Rect, Scene};
use super::style::{PX_PER_IN, TITLE_PX, palette};
use super::text::RichText;

/// Margin of the sheet.
const SHEET_PX: f64 = 4.0;
/// Gap between neighbouring panels, labels included.
const PANEL_GAP_PX: f64 = 11.0;
/// Smallest frame that is still drawn.
const LEAST_FRAME_PX: f64 = 40.0;

/// Height over width of the frame of a panel.
fn ratio(panel: &Panel) -> f64 {
    let ratio = match panel.aspect {
        Aspect::Ratio(ratio) => ratio,
        Aspect::EqualUnits => {
            let (x, y) = map::ends(panel);
            ((y.1 - y.0) / (x.1 - x.0)).abs()
        }
    };
    if ratio.is_nan() { 1.0 } else { ratio.clamp(0.05, 20.0) }
}

/// (a), (b), ... (z), then numbers.
fn letter(index: usize) -> String {
    let letter = u8::try_from(index).ok().filter(|&i| i < 26).map(|i| char::from(b'a' + i));
    letter.map_or_else(|| format!("({})", index + 1), |letter| format!("({letter})"))
}

fn frame_height(width: f64, panel: &Panel) -> f64 {
    (width * ratio(panel)).round()
}

/// The frame of a panel in a row as tall as `tallest`; equal units keep their own height.
fn sized(left: f64, top: f64, width: f64, tallest: f64, panel: &Panel) -> Rect {
    let height = match panel.aspect {
        Aspect::Ratio(_) => tallest,
        Aspect::EqualUnits => frame_height(width, panel),
    };
    Rect { left, top, right: left + width, bottom: top + height }
}

/// One row of a figure: panels, letters, and the margins and frame width of its columns.
struct PanelRow<'a> {
    panels: Vec<(&'a Panel, Option<String>)>,
    margins: Vec<Margins>,
    frame_px: f64,
}

impl<'a> PanelRow<'a> {
    /// Height of the tallest frame.
    fn tallest(&self, width: f64) -> f64 {
        let heights = self.panels.iter().map(|(panel, _)| frame_height(width, panel));
        heights.fold(0.0, f64::max)
    }

    /// Shares out what the margins leave of the sheet.
    fn share(&mut self, width_px: f64) {
        let count = self.panels.len() as f64;
        let taken: f64 = self.margins.iter().map(|m| m.left + m.right).sum();
        let gaps = 2.0 * SHEET_PX + (count - 1.0) * PANEL_GAP_PX;
        self.frame_px = ((width_px - taken - gaps) / count).floor();
    }

    /// Finds the margins that frames of the present width need.
    fn measure(&mut self, faces: &Faces) {
        let width = self.frame_px.max(LEAST_FRAME_PX);
        let tallest = self.tallest(width);
        self.margins = self
            .panels
            .iter()
            .map(|(panel, letter)| {
                let frame = sized(0.0, 0.0, width, tallest, panel);
                Placed::new(panel, letter.clone(), frame, faces).margins(faces)
            })
            .collect();
    }

    /// The placed panels and the lower end of the row.
    fn place(self, top: f64, faces: &Faces) -> (Vec<Placed<'a>>, f64) {
        let highest = self.margins.iter().map(|m| m.top).fold(0.0, f64::max);
        let frame_top = (top + highest).ceil();
        let tallest = self.tallest(self.frame_px);
        let (mut pen, mut bottom) = (SHEET_PX, frame_top);
        let mut placed = Vec::new();
        for ((panel, letter), margins) in self.panels.into_iter().zip(self.margins) {
            let left = (pen + margins.left).round();
            let frame = sized(left, frame_top, self.frame_px, tallest, panel);
            bottom = bottom.max(frame.bottom + margins.bottom);
            pen += margins.left + self.frame_px + margins.right + PANEL_GAP_PX;
            placed.push(Placed::new(panel, letter, frame, faces));
        }
        (placed, bottom)
    }
}

fn rows<'a>(figure: &'a Figure, faces: &Faces) -> Result<Vec<PanelRow<'a>>, FigureError> {
    let lettered = figure.letters && figure.rows.iter().flatten().count() > 1;
    let mut index = 0;
    let mut rows: Vec<PanelRow> = Vec::new();
    for panels in figure.rows.iter().filter(|row| !row.is_empty()) {
        let named = panels.iter().map(|panel| {
            index += 1;
            (panel, lettered.then(|| letter(index - 1)))
        });
        let panels: Vec<_> = named.collect();
        rows.push(PanelRow {
            margins: vec![Margins { left: 40.0, ..Margins::default() }; panels.len()],
            panels,
            frame_px: 0.0,
        });
    }
    // Ticks depend on the width of the frames and the width on the tick labels: it settles at once.
    let width_px = figure.width_in * PX_PER_IN;
    for _ in 0..3 {
        for row in &mut rows {
            row.share(width_px);
            row.measure(faces);
        }
        align(&mut rows);
    }
    for row in &mut rows {
        row.share(width_px);
        if row.frame_px.is_nan() || row.frame_px < LEAST_FRAME_PX {
            return Err(FigureError::TooNarrow {
                width_in: figure.width_in,
                panels: row.panels.len(),
                frame_px: row.frame_px,
                least_px: LEAST_FRAME_PX,
            });
        }
    }
    Ok(rows)
}

/// Gives the columns of rows with equally many panels equal margins, so that frames line up.
fn align(rows: &mut [PanelRow<'_>]) {
    for index in 0..rows.len() {
        let count = rows[index].panels.len();
        for column in 0..count {
            let alike = rows.iter().filter(|row| row.panels.len() == count);
            let (left, right) = alike.fold((0.0_f64, 0.0_f64), |(left, right), row| {
                let margins = row.margins[column];
                (left.max(margins.left), right.max(margins.right))
            });
            let margins = &mut rows[index].margins[column];
            (margins.left, margins.right) = (left, right);
        }
    }
}

/// Lays the figure out and draws it.
pub(super) fn scene(figure: &Figure, faces: &Faces) -> Result<Scene, FigureError> {
    let mut top = SHEET_PX;
    let width = (figure.width_in * PX_PER_IN).round();
    let mut scene = Scene { width, height: 0.0, items: Vec::new() };
    let rows = rows(figure, faces)?;
    if let Some(title) = &figure.title {
        let at = [0.5 * width, top + CAP_EM * TITLE_PX + 1.0];
        scene.text(RichText::parse(title), at, Anchor::Middle, (TITLE_PX, palette::BLACK));
        top += 1.5 * TITLE_PX;
    }
    let mut first = true;
    for row in rows {
        if !std::mem::take(&mut first) {
            top += PANEL_GAP_PX;
        }
        let (placed, bottom) = row.place(top, faces);
        for panel in placed {
            panel.draw(&mut scene, faces);
        }
        top = bottom;
    }
    scene.height = (top + SHEET_PX).ceil();
    Ok(scene)
}
