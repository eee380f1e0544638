//! Journal figures: a description of panels, axes and series goes in, SVG or PNG bytes come out.
//!
//! The module computes no science and touches no file. The data flow is
//!
//! ```text
//! Figure -> layout (frames, ticks) -> scene (strokes, fills, text in pixels) -> sheet (plotters' DrawingBackend) -> svg | png
//! ```
//!
//! Lengths are CSS pixels (96 to the inch) from the upper left corner of the figure, so both
//! renderings share one scene. The only faces used are the embedded DejaVu Sans; nothing is looked
//! up on the machine, and equal descriptions give equal bytes.
//!
//! ```
//! use collapsar::figures::{Axis, Dash, Figure, Panel, Series, palette, render_svg};
//!
//! let t = [0.1, 1.0, 10.0];
//! let panel = Panel::new(Axis::log("time *t*"), Axis::linear("coverage *C*_1"))
//!     .with(Series::line(&t, &[0.5, 0.7, 1.0]).color(palette::BLUE).label("annealed"))
//!     .with(Series::line(&t, &[0.5, 0.4, 0.0]).dash(Dash::Dashed).label("constant *T*"))
//!     .with(Series::vertical(2.0).note("*t*_c"));
//! let svg = render_svg(&Figure::one_column().row([panel]))?;
//! assert!(svg.starts_with("<svg"));
//! # Ok::<(), collapsar::figures::FigureError>(())
//! ```

mod axis;
mod axis_drawing;
mod clip;
mod color_bar;
mod contour;
mod error;
mod figure;
mod font;
mod grid;
mod ink;
mod layout;
mod legend;
mod line_drawing;
mod map;
mod markers;
mod placed;
mod png;
mod rule;
mod scene;
mod series;
mod series_drawing;
mod sheet;
mod style;
mod svg;
mod text;
mod ticks;

pub use axis::{Axis, Scale, TickChoice};
pub use error::FigureError;
pub use figure::{Aspect, Figure, LegendPlace, Panel};
pub use grid::{Contours, Grid, Heatmap};
pub use png::render_png;
pub use series::{Heads, Series, SeriesData};
pub use style::{Color, ColorMap, Dash, Marker, ONE_COLUMN_IN, TWO_COLUMN_IN, palette};
pub use svg::render_svg;
pub use text::plain;
pub use ticks::{TickSet, ticks};
