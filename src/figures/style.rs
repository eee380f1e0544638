//! The one visual style: colours, colour maps, line widths, type sizes and column widths.

/// Width of a figure that fills one journal column, in inches.
pub const ONE_COLUMN_IN: f64 = 3.4;
/// Width of a figure that fills two journal columns, in inches.
pub const TWO_COLUMN_IN: f64 = 7.0;

/// CSS pixels per inch.
pub(super) const PX_PER_IN: f64 = 96.0;
/// CSS pixels per typographic point.
const PX_PER_PT: f64 = PX_PER_IN / 72.0;

/// Type size of axis labels, titles and notes.
pub(super) const LABEL_PX: f64 = 8.0 * PX_PER_PT;
/// Type size of tick labels and legend entries.
pub(super) const TICK_PX: f64 = 7.0 * PX_PER_PT;
/// Type size of the figure title.
pub(super) const TITLE_PX: f64 = 9.0 * PX_PER_PT;

/// Stroke of frames and major ticks.
pub(super) const FRAME_PX: f64 = 0.9;
/// Stroke of minor ticks.
pub(super) const MINOR_PX: f64 = 0.6;
/// Default stroke of data lines.
pub(super) const LINE_PX: f64 = 1.5;
/// Default diameter of markers.
pub(super) const MARKER_PX: f64 = 5.0;
/// Length of major ticks.
pub(super) const MAJOR_TICK_PX: f64 = 4.5;
/// Length of minor ticks.
pub(super) const MINOR_TICK_PX: f64 = 2.5;

/// An sRGB colour with opacity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Color {
    /// Red, green and blue.
    pub rgb: [u8; 3],
    /// Opacity from 0 (invisible) to 1.
    pub alpha: f64,
}

impl Color {
    /// An opaque colour.
    pub const fn rgb(red: u8, green: u8, blue: u8) -> Self {
        Self { rgb: [red, green, blue], alpha: 1.0 }
    }

    /// The same hue with opacity `alpha`, limited to `[0, 1]`; a value that is not a number is opaque.
    pub fn with_alpha(self, alpha: f64) -> Self {
        let alpha = if alpha.is_nan() { 1.0 } else { alpha };
        Self { alpha: alpha.clamp(0.0, 1.0), ..self }
    }
}

/// Colours told apart under the common colour-vision deficiencies.
///
/// The hues are those of M. Okabe and K. Ito, "Color Universal Design" (2008), recommended by
/// B. Wong, Nature Methods 8, 441 (2011). Their yellow is left out: it is too faint on white.
pub mod palette {
    use super::Color;

    /// Black.
    pub const BLACK: Color = Color::rgb(0, 0, 0);
    /// White.
    pub const WHITE: Color = Color::rgb(255, 255, 255);
    /// Neutral grey for guides.
    pub const GRAY: Color = Color::rgb(110, 110, 110);
    /// Light grey, the colour of missing heat-map values.
    pub const LIGHT_GRAY: Color = Color::rgb(222, 222, 222);
    /// Blue (0, 114, 178).
    pub const BLUE: Color = Color::rgb(0, 114, 178);
    /// Vermillion (213, 94, 0).
    pub const VERMILLION: Color = Color::rgb(213, 94, 0);
    /// Bluish green (0, 158, 115).
    pub const GREEN: Color = Color::rgb(0, 158, 115);
    /// Reddish purple (204, 121, 167).
    pub const PURPLE: Color = Color::rgb(204, 121, 167);
    /// Orange (230, 159, 0).
    pub const ORANGE: Color = Color::rgb(230, 159, 0);
    /// Sky blue (86, 180, 233).
    pub const SKY: Color = Color::rgb(86, 180, 233);

    /// The order in which series without a colour of their own are coloured.
    pub const CYCLE: [Color; 7] = [BLUE, VERMILLION, GREEN, PURPLE, ORANGE, SKY, BLACK];

    /// Colour `index` of the cycle.
    pub const fn cycle(index: usize) -> Color {
        CYCLE[index % CYCLE.len()]
    }
}

/// How a number becomes a colour in a heat map.
#[derive(Clone, Debug, PartialEq)]
pub enum ColorMap {
    /// Viridis, for amounts.
    Viridis,
    /// Cividis, for amounts; the same to readers with and without colour-vision deficiency.
    Cividis,
    /// Blue-white-red; give a range that is symmetric about the neutral value.
    Diverging,
    /// One colour per class: the value is rounded to an index. No colour bar is drawn.
    Classes(Vec<Color>),
}

impl ColorMap {
    /// Colour at the fraction `at` of a continuous map, limited to `[0, 1]`.
    pub fn at(&self, at: f64) -> Color {
        let at = if at.is_nan() { 0.0 } else { at.clamp(0.0, 1.0) };
        let color = match self {
            Self::Viridis => colorous::VIRIDIS.eval_continuous(at),
            Self::Cividis => colorous::CIVIDIS.eval_continuous(at),
            Self::Diverging => colorous::RED_BLUE.eval_continuous(1.0 - at),
            Self::Classes(colors) => {
                let last = colors.len().saturating_sub(1);
                let index = (at * last as f64).round() as usize;
                return colors.get(index).copied().unwrap_or(palette::LIGHT_GRAY);
            }
        };
        Color::rgb(color.r, color.g, color.b)
    }
}

/// The pattern of a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dash {
    /// Unbroken.
    #[default]
    Solid,
    /// Dashes.
    Dashed,
    /// Dots.
    Dotted,
    /// Dashes and dots in turn.
    DashDotted,
}

impl Dash {
    /// Lengths of stroke and gap in turn for a line of width `width`; empty for a solid line.
    pub(super) fn pattern(self, width: f64) -> Vec<f64> {
        let unit = width.max(0.8);
        let in_units: &[f64] = match self {
            Self::Solid => &[],
            Self::Dashed => &[3.7, 2.0],
            Self::Dotted => &[1.1, 1.7],
            Self::DashDotted => &[4.5, 1.8, 1.1, 1.8],
        };
        in_units.iter().map(|length| length * unit).collect()
    }
}

/// The shape of a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marker {
    /// Disk.
    Circle,
    /// Square.
    Square,
    /// Triangle, point up.
    Triangle,
    /// Triangle, point down.
    DownTriangle,
    /// Square on its corner.
    Diamond,
    /// Saltire, always open.
    Cross,
    /// Upright cross, always open.
    Plus,
    /// Five-pointed star.
    Star,
}
