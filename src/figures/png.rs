//! A figure as a PNG picture.

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ColorType, ImageEncoder};

use super::error::FigureError;
use super::figure::Figure;
use super::font::Faces;
use super::layout;
use super::raster::Raster;

/// Smallest and largest number of pixels per CSS pixel.
const SCALES: (f64, f64) = (0.25, 16.0);
/// Largest picture drawn: 300 MB of working memory.
const MOST_PIXELS: u64 = 100_000_000;

/// Renders `figure` with `scale` pixels per CSS pixel (96 to the inch) on a white sheet; 2 suits
/// screens, 4 to 6 print.
///
/// # Errors
/// [`FigureError::TooNarrow`] when the panels do not fit beside each other and
/// [`FigureError::Scale`] when the picture would have no size or too much.
pub fn render_png(figure: &Figure, scale: f64) -> Result<Vec<u8>, FigureError> {
    let refused = || FigureError::Scale { scale, least: SCALES.0, greatest: SCALES.1, pixels: MOST_PIXELS };
    if !(SCALES.0..=SCALES.1).contains(&scale) {
        return Err(refused());
    }
    let faces = Faces::embedded()?;
    let scene = layout::scene(figure, faces)?;
    if scene.width * scene.height * scale * scale > MOST_PIXELS as f64 {
        return Err(refused());
    }
    let raster = Raster::draw(&scene, scale, faces);
    let (width, height) = (raster.width as u32, raster.height as u32);
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive).write_image(
        &raster.rgb,
        width,
        height,
        ColorType::Rgb8,
    )?;
    Ok(bytes)
}
