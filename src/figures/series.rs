//! What a panel can show.

use super::grid::{Contours, Heatmap};
use super::style::{Color, Dash, LABEL_PX, LINE_PX, MARKER_PX, Marker};

/// Where paths carry arrow heads.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Heads {
    /// Nowhere.
    #[default]
    None,
    /// Half way along, as on streamlines.
    Middle,
    /// At the end, as on arrows.
    End,
}

/// The data of a series, in the units of the axes. A coordinate that cannot be drawn (not finite,
/// or not positive on a logarithmic axis) breaks a line and drops a point.
#[derive(Clone, Debug, PartialEq)]
pub enum SeriesData {
    /// Points joined by straight lines.
    Line(Vec<[f64; 2]>),
    /// Points each held until the next.
    Steps(Vec<[f64; 2]>),
    /// Points alone.
    Points(Vec<[f64; 2]>),
    /// Points `[x, y, low, high]` with a bar from low to high.
    ErrorBars(Vec<[f64; 4]>),
    /// Bars `[left, right, height]` that stand on 0, or on the foot of a logarithmic axis.
    Bars(Vec<[f64; 3]>),
    /// The region between two curves, `[x, low, high]`.
    Band(Vec<[f64; 3]>),
    /// A vertical line across the frame.
    Vertical(f64),
    /// A horizontal line across the frame.
    Horizontal(f64),
    /// A note centred at a point.
    Text([f64; 2], String),
    /// Open paths: streamlines, arrows, orbits.
    Paths(Vec<Vec<[f64; 2]>>, Heads),
    /// A filled polygon.
    Region(Vec<[f64; 2]>),
    /// Coloured cells.
    Heatmap(Heatmap),
    /// Level lines.
    Contours(Contours),
}

/// One series of a panel: data and how they look.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// The data.
    pub shape: SeriesData,
    /// Entry in the legend.
    pub label: Option<String>,
    /// Note beside a vertical or horizontal line.
    pub note: Option<String>,
    /// Colour; `None` takes the next of [`crate::figures::palette::CYCLE`], or black or grey for
    /// notes, rules, arrows and level lines.
    pub color: Option<Color>,
    /// Width of strokes in CSS pixels.
    pub width: f64,
    /// Pattern of strokes.
    pub dash: Dash,
    /// Shape of the points, if they are marked.
    pub marker: Option<Marker>,
    /// Whether the markers are outlines filled with white.
    pub open: bool,
    /// Diameter of markers, or type size of a note, in CSS pixels.
    pub size: f64,
}

impl Series {
    /// A series of this shape in the default look.
    pub fn new(shape: SeriesData) -> Self {
        let marker = matches!(shape, SeriesData::Points(_) | SeriesData::ErrorBars(_));
        let width = match shape {
            SeriesData::Line(_) | SeriesData::Steps(_) => LINE_PX,
            _ => 1.0,
        };
        let size = if matches!(shape, SeriesData::Text(..)) { LABEL_PX } else { MARKER_PX };
        Self {
            shape,
            label: None,
            note: None,
            color: None,
            width,
            dash: Dash::Solid,
            marker: marker.then_some(Marker::Circle),
            open: false,
            size,
        }
    }

    /// Points joined by straight lines. The shorter of two columns sets the length, here and below.
    pub fn line(x: &[f64], y: &[f64]) -> Self {
        Self::new(SeriesData::Line(pairs(x, y)))
    }

    /// Points each held until the next.
    pub fn steps(x: &[f64], y: &[f64]) -> Self {
        Self::new(SeriesData::Steps(pairs(x, y)))
    }

    /// Points alone.
    pub fn points(x: &[f64], y: &[f64], marker: Marker) -> Self {
        Self::new(SeriesData::Points(pairs(x, y))).marker(marker)
    }

    /// Points with bars from `low` to `high`.
    pub fn error_bars(x: &[f64], y: &[f64], low: &[f64], high: &[f64]) -> Self {
        let ends = low.iter().zip(high);
        let points = pairs(x, y).into_iter().zip(ends);
        Self::new(SeriesData::ErrorBars(points.map(|([x, y], (&l, &h))| [x, y, l, h]).collect()))
    }

    /// Bars `[left, right, height]`, as of a histogram; translucent unless a colour is given.
    pub fn bars(bars: Vec<[f64; 3]>) -> Self {
        Self::new(SeriesData::Bars(bars))
    }

    /// The region between `low` and `high`; translucent unless a colour is given.
    pub fn band(x: &[f64], low: &[f64], high: &[f64]) -> Self {
        let points = pairs(x, low).into_iter().zip(high);
        Self::new(SeriesData::Band(points.map(|([x, l], &h)| [x, l, h]).collect()))
    }

    /// A vertical line across the frame.
    pub fn vertical(x: f64) -> Self {
        Self::new(SeriesData::Vertical(x)).dash(Dash::Dashed)
    }

    /// A horizontal line across the frame.
    pub fn horizontal(y: f64) -> Self {
        Self::new(SeriesData::Horizontal(y)).dash(Dash::Dashed)
    }

    /// A note centred at a point.
    pub fn text(x: f64, y: f64, text: impl Into<String>) -> Self {
        Self::new(SeriesData::Text([x, y], text.into()))
    }

    /// An arrow.
    pub fn arrow(from: [f64; 2], to: [f64; 2]) -> Self {
        Self::new(SeriesData::Paths(vec![vec![from, to]], Heads::End))
    }

    /// Open paths.
    pub fn paths(paths: Vec<Vec<[f64; 2]>>, heads: Heads) -> Self {
        Self::new(SeriesData::Paths(paths, heads))
    }

    /// A filled polygon; translucent unless a colour is given. Without vertices and with a label it
    /// is a patch in the legend alone.
    pub fn region(vertices: Vec<[f64; 2]>) -> Self {
        Self::new(SeriesData::Region(vertices))
    }

    /// Coloured cells.
    pub fn heatmap(heatmap: Heatmap) -> Self {
        Self::new(SeriesData::Heatmap(heatmap))
    }

    /// Level lines.
    pub fn contours(contours: Contours) -> Self {
        Self::new(SeriesData::Contours(contours))
    }

    /// Adds an entry to the legend.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds a note beside a vertical or horizontal line.
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// Sets the colour.
    pub fn color(mut self, color: Color) -> Self {
        self.color = Some(color);
        self
    }

    /// Sets the width of strokes in CSS pixels.
    pub fn width(mut self, width: f64) -> Self {
        self.width = width;
        self
    }

    /// Sets the pattern of strokes.
    pub fn dash(mut self, dash: Dash) -> Self {
        self.dash = dash;
        self
    }

    /// Marks the points, of a line too.
    pub fn marker(mut self, marker: Marker) -> Self {
        self.marker = Some(marker);
        self
    }

    /// Draws markers as outlines filled with white.
    pub fn open(mut self) -> Self {
        self.open = true;
        self
    }

    /// Sets the diameter of markers, or the type size of a note, in CSS pixels.
    pub fn size(mut self, size: f64) -> Self {
        self.size = size;
        self
    }
}

fn pairs(x: &[f64], y: &[f64]) -> Vec<[f64; 2]> {
    x.iter().zip(y).map(|(&x, &y)| [x, y]).collect()
}
