//! A figure as a PNG picture, drawn by tiny-skia.

use std::convert::Infallible;

use plotters::prelude::DrawingBackend;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind};
use png::{BitDepth, ColorType, Compression, Encoder, EncodingError, Filter};
use tiny_skia::{
    Color, FillRule, FilterQuality, LineJoin, Paint, Path, PathBuilder, Pixmap, PixmapPaint, PremultipliedColorU8,
    Shader, Stroke, Transform,
};

use super::error::FigureError;
use super::figure::Figure;
use super::font::Faces;
use super::layout;
use super::scene::{Anchor, Bitmap, Label};
use super::sheet::{self, Sheet, UNITS};

/// Smallest and largest number of pixels per CSS pixel.
const SCALES: (f64, f64) = (0.25, 16.0);
/// Largest picture drawn: 700 MB of working memory.
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
    let [width, height] = [scene.width, scene.height].map(|side| (side * scale).round() as u32);
    let pixmap = Pixmap::new(width, height).ok_or_else(refused)?;
    let mut sheet = PixelSheet { size: sheet::size(&scene), pixmap, scale, faces };
    sheet::draw(&scene, &mut sheet)?;
    // The paper is opaque: nothing is premultiplied.
    let rgb: Vec<u8> = sheet.pixmap.pixels().iter().flat_map(|p| [p.red(), p.green(), p.blue()]).collect();
    Ok(encoded(width, height, &rgb)?)
}

/// RGB pixels, rows from the top, as a PNG file.
pub(super) fn encoded(width: u32, height: u32, rgb: &[u8]) -> Result<Vec<u8>, EncodingError> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    encoder.set_filter(Filter::Adaptive);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(rgb)?;
    writer.finish()?;
    Ok(bytes)
}

/// A sheet of pixels, `scale` of them per CSS pixel.
struct PixelSheet<'a> {
    size: (u32, u32),
    pixmap: Pixmap,
    scale: f64,
    faces: &'a Faces,
}

impl PixelSheet<'_> {
    /// From the units of the sheet to pixels.
    fn transform(&self) -> Transform {
        let scale = (self.scale / UNITS) as f32;
        Transform::from_scale(scale, scale)
    }

    fn fill(&mut self, path: Option<Path>, color: BackendColor, transform: Transform) {
        if let Some(path) = path {
            self.pixmap.fill_path(&path, &paint(color), FillRule::Winding, transform, None);
        }
    }

    fn stroke(&mut self, path: Option<Path>, style: &impl BackendStyle) {
        let stroke = Stroke { width: style.stroke_width() as f32, line_join: LineJoin::Round, ..Stroke::default() };
        if let Some(path) = path {
            self.pixmap.stroke_path(&path, &paint(style.color()), &stroke, self.transform(), None);
        }
    }
}

impl DrawingBackend for PixelSheet<'_> {
    type ErrorType = Infallible;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<Infallible>> {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Result<(), DrawingErrorKind<Infallible>> {
        self.fill_polygon([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)], &color)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        points: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        self.stroke(path(points).finish(), style);
        Ok(())
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        (x, y): BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let circle = PathBuilder::from_circle(x as f32, y as f32, radius as f32);
        if fill {
            self.fill(circle, style.color(), self.transform());
        } else {
            self.stroke(circle, style);
        }
        Ok(())
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let mut polygon = path(corners);
        polygon.close();
        self.fill(polygon.finish(), style.color(), self.transform());
        Ok(())
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        at: BackendCoord,
    ) -> Result<(), DrawingErrorKind<Infallible>> {
        let label = sheet::label(text, style, at);
        let [x, y] = label.at;
        let turn = if label.upwards { Transform::from_rotate(-90.0) } else { Transform::identity() };
        let placed = turn.post_translate(x as f32, y as f32).post_scale(self.scale as f32, self.scale as f32);
        self.fill(outline(&label, self.faces), style.color(), placed);
        Ok(())
    }
}

impl Sheet for PixelSheet<'_> {
    fn stretch(&mut self, bitmap: &Bitmap) -> Result<(), DrawingErrorKind<Infallible>> {
        let Bitmap { frame, columns, rows, rgb } = bitmap;
        let Some(mut picture) = Pixmap::new(*columns, *rows) else {
            return Ok(());
        };
        for (pixel, color) in picture.pixels_mut().iter_mut().zip(rgb.chunks_exact(3)) {
            if let Some(opaque) = PremultipliedColorU8::from_rgba(color[0], color[1], color[2], u8::MAX) {
                *pixel = opaque;
            }
        }
        let stretch = [frame.width() / f64::from(*columns), frame.height() / f64::from(*rows)];
        let [across, down] = stretch.map(|pixels| (pixels * self.scale) as f32);
        let [left, top] = [frame.left, frame.top].map(|pixels| (pixels * self.scale) as f32);
        let placed = Transform::from_row(across, 0.0, 0.0, down, left, top);
        let sharp = PixmapPaint { quality: FilterQuality::Nearest, ..PixmapPaint::default() };
        self.pixmap.draw_pixmap(0, 0, picture.as_ref(), &sharp, placed, None);
        Ok(())
    }
}

fn paint(color: BackendColor) -> Paint<'static> {
    let (red, green, blue) = color.rgb;
    let alpha = (color.alpha * f64::from(u8::MAX)).round() as u8;
    Paint { shader: Shader::SolidColor(Color::from_rgba8(red, green, blue, alpha)), ..Paint::default() }
}

fn path(points: impl IntoIterator<Item = BackendCoord>) -> PathBuilder {
    let mut path = PathBuilder::new();
    for (x, y) in points {
        let [x, y] = [x as f32, y as f32];
        // The first point of a path moves there.
        if path.is_empty() { path.move_to(x, y) } else { path.line_to(x, y) }
    }
    path
}

/// The outlines of a label in CSS pixels, its place at the origin.
fn outline(label: &Label, faces: &Faces) -> Option<Path> {
    let mut pen = match label.anchor {
        Anchor::Start => 0.0,
        Anchor::Middle => -0.5 * label.text.width(faces, label.size),
        Anchor::End => -label.text.width(faces, label.size),
    };
    let mut path = PathBuilder::new();
    for run in &label.text.runs {
        let size = run.level.size() * label.size;
        faces.outline(run.face, &run.text, [pen, -run.level.rise() * label.size], size, &mut path);
        pen += faces.width(run.face, &run.text) * size;
    }
    path.finish()
}
