//! A figure as an SVG document.

use std::fmt::Write as _;

use ::png::EncodingError;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use plotters::prelude::DrawingBackend;
use plotters_backend::{BackendColor, BackendCoord, BackendStyle, BackendTextStyle, DrawingErrorKind};

use super::error::FigureError;
use super::figure::Figure;
use super::font::{FAMILIES, Face, Faces};
use super::layout;
use super::png;
use super::scene::{Anchor, Bitmap, Label};
use super::sheet::{self, Sheet, UNITS, pixels};
use super::text::ScriptLevel;

/// Renders `figure` as a document of its physical size (96 CSS pixels to the inch). Text stays text, in DejaVu Sans or the
/// nearest face at hand.
///
/// # Errors
/// [`FigureError::TooNarrow`] when the panels do not fit beside each other.
pub fn render_svg(figure: &Figure) -> Result<String, FigureError> {
    let scene = layout::scene(figure, Faces::embedded()?)?;
    let mut sheet = SvgSheet { size: sheet::size(&scene), elements: String::new() };
    sheet::draw(&scene, &mut sheet)?;
    Ok(sheet.document())
}

/// A document being written; coordinates in it are CSS pixels.
struct SvgSheet {
    size: (u32, u32),
    elements: String,
}

impl SvgSheet {
    fn document(&self) -> String {
        let [width, height] = [self.size.0, self.size.1].map(|side| f64::from(side) / UNITS);
        let Self { elements, .. } = self;
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" font-family=\"{FAMILIES}\" stroke-linejoin=\"round\">\n{elements}</svg>\n"
        )
    }

    /// Adds an element.
    fn element(&mut self, tag: std::fmt::Arguments<'_>) -> Result<(), DrawingErrorKind<EncodingError>> {
        // Writing to a string does not fail.
        let _ = self.elements.write_fmt(tag);
        self.elements.push('\n');
        Ok(())
    }
}

impl DrawingBackend for SvgSheet {
    type ErrorType = EncodingError;

    fn get_size(&self) -> (u32, u32) {
        self.size
    }

    fn ensure_prepared(&mut self) -> Result<(), DrawingErrorKind<EncodingError>> {
        Ok(())
    }

    fn present(&mut self) -> Result<(), DrawingErrorKind<EncodingError>> {
        Ok(())
    }

    fn draw_pixel(&mut self, (x, y): BackendCoord, color: BackendColor) -> Result<(), DrawingErrorKind<EncodingError>> {
        self.fill_polygon([(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)], &color)
    }

    fn draw_path<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        path: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<EncodingError>> {
        let (points, stroke) = (points(path), stroke(style));
        self.element(format_args!("<polyline fill=\"none\"{stroke} points=\"{points}\"/>"))
    }

    fn draw_circle<S: BackendStyle>(
        &mut self,
        centre: BackendCoord,
        radius: u32,
        style: &S,
        fill: bool,
    ) -> Result<(), DrawingErrorKind<EncodingError>> {
        let ([x, y], radius) = (pixels(centre), f64::from(radius) / UNITS);
        let look = if fill { paint("fill", style.color()) } else { format!(" fill=\"none\"{}", stroke(style)) };
        self.element(format_args!("<circle{look} cx=\"{x}\" cy=\"{y}\" r=\"{radius}\"/>"))
    }

    fn fill_polygon<S: BackendStyle, I: IntoIterator<Item = BackendCoord>>(
        &mut self,
        corners: I,
        style: &S,
    ) -> Result<(), DrawingErrorKind<EncodingError>> {
        let (points, fill) = (points(corners), paint("fill", style.color()));
        self.element(format_args!("<polygon{fill} points=\"{points}\"/>"))
    }

    fn draw_text<S: BackendTextStyle>(
        &mut self,
        text: &str,
        style: &S,
        at: BackendCoord,
    ) -> Result<(), DrawingErrorKind<EncodingError>> {
        let label = sheet::label(text, style, at);
        let ([x, y], size) = (label.at, rounded(label.size));
        let anchor = match label.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let turn = if label.upwards { format!(" transform=\"rotate(-90 {x} {y})\"") } else { String::new() };
        let (fill, runs) = (paint("fill", style.color()), runs(&label));
        self.element(format_args!("<text x=\"{x}\" y=\"{y}\"{anchor} font-size=\"{size}\"{fill}{turn}>{runs}</text>"))
    }
}

impl Sheet for SvgSheet {
    fn stretch(&mut self, bitmap: &Bitmap) -> Result<(), DrawingErrorKind<EncodingError>> {
        let [x, y] = [bitmap.frame.left, bitmap.frame.top].map(rounded);
        let [width, height] = [bitmap.frame.width(), bitmap.frame.height()].map(rounded);
        let png = png::encoded(bitmap.columns, bitmap.rows, &bitmap.rgb);
        let png = png.map_err(DrawingErrorKind::DrawingError)?;
        let data = STANDARD.encode(png);
        self.element(format_args!(
            "<image x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{data}\"/>"
        ))
    }
}

fn rounded(pixels: f64) -> f64 {
    (pixels * UNITS).round() / UNITS
}

fn points(path: impl IntoIterator<Item = BackendCoord>) -> String {
    let points: Vec<String> = path.into_iter().map(pixels).map(|[x, y]| format!("{x},{y}")).collect();
    points.join(" ")
}

/// The attributes of a colour for `property`, which is `fill` or `stroke`.
fn paint(property: &str, color: BackendColor) -> String {
    let (red, green, blue) = color.rgb;
    let opacity = if color.alpha < 1.0 { format!(" {property}-opacity=\"{}\"", color.alpha) } else { String::new() };
    format!(" {property}=\"#{red:02X}{green:02X}{blue:02X}\"{opacity}")
}

fn stroke(style: &impl BackendStyle) -> String {
    let width = f64::from(style.stroke_width()) / UNITS;
    format!("{} stroke-width=\"{width}\"", paint("stroke", style.color()))
}

/// The runs of a label, each that is not plain in a `tspan`.
fn runs(label: &Label) -> String {
    let (mut content, mut rise) = (String::new(), 0.0);
    for run in &label.text.runs {
        let text = escaped(&run.text);
        if run.level == ScriptLevel::Base && run.face == Face::Regular && rise == 0.0 {
            content.push_str(&text);
            continue;
        }
        content.push_str("<tspan");
        // Writing to a string does not fail.
        if run.level.rise() != rise {
            let _ = write!(content, " dy=\"{}\"", rounded((rise - run.level.rise()) * label.size));
            rise = run.level.rise();
        }
        if run.level != ScriptLevel::Base {
            let _ = write!(content, " font-size=\"{}\"", rounded(label.size * run.level.size()));
        }
        content.push_str(match run.face {
            Face::Regular => ">",
            Face::Oblique => " font-style=\"oblique\">",
            Face::Bold => " font-weight=\"bold\">",
        });
        content.push_str(&text);
        content.push_str("</tspan>");
    }
    content
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars().filter(|character| !character.is_control()) {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            _ => escaped.push(character),
        }
    }
    escaped
}
