//! What can be wrong with a figure.

/// Why a figure could not be described or rendered.
#[derive(Debug, thiserror::Error)]
pub enum FigureError {
    /// A grid whose value count is not the product of its node counts.
    #[error("grid values: got {values}, must be {columns} x {rows}")]
    GridSize {
        /// Number of nodes along x.
        columns: usize,
        /// Number of nodes along y.
        rows: usize,
        /// Number of values received.
        values: usize,
    },
    /// The panels of a row do not fit beside each other.
    #[error(
        "figure width: {width_in} in leaves {frame_px:.0} px for each of {panels} frames, must be at least {least_px} px"
    )]
    TooNarrow {
        /// Width of the figure in inches.
        width_in: f64,
        /// Panels in the row.
        panels: usize,
        /// Width left for each plotting frame.
        frame_px: f64,
        /// Smallest width that is still drawn.
        least_px: f64,
    },
    /// A rendering too large or of no size.
    #[error("PNG scale: got {scale}, must lie in [{least}, {greatest}] and give at most {pixels} pixels")]
    Scale {
        /// Scale received.
        scale: f64,
        /// Smallest scale accepted.
        least: f64,
        /// Largest scale accepted.
        greatest: f64,
        /// Largest number of pixels accepted.
        pixels: u64,
    },
    /// An embedded face could not be parsed.
    #[error("embedded DejaVu Sans cannot be parsed")]
    Font,
    /// A sheet refused an element.
    #[error("drawing: {0}")]
    Drawing(String),
    /// The image could not be encoded.
    #[error("PNG encoder")]
    Png(#[from] png::EncodingError),
}
