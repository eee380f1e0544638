//! A figure as an SVG document, through the SVG backend of plotters.
//!
//! The backend rounds coordinates to integers and sets text in one face, so the scene is drawn in
//! fractions of a pixel, labels carry place holders, and [`finish`] puts the document right.

use std::fmt::Write as _;

use plotters::prelude::{DrawingBackend, FontDesc, FontFamily, FontStyle, FontTransform, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, RGBAColor, ShapeStyle, TextStyle};

use super::error::FigureError;
use super::figure::Figure;
use super::font::{FAMILIES, Face, Faces};
use super::layout;
use super::scene::{Anchor, Bitmap, Item, Label, Point, Scene};
use super::style::{Color, palette};
use super::text::Level;

/// Units of the document per CSS pixel.
const UNITS: f64 = 20.0;
/// The backend divides type sizes by this number.
const BACKEND_TYPE_RATIO: f64 = 1.24;
/// Place holder of a tag inside a text.
const TAG: char = '\u{E000}';
/// Place holders of the ends of a text.
const ENDS: (char, char) = ('\u{E001}', '\u{E002}');

/// Renders `figure` as a document of its physical size (96 CSS pixels to the inch). Text stays text, in DejaVu Sans or the
/// nearest face at hand.
///
/// # Errors
/// [`FigureError::TooNarrow`] when the panels do not fit beside each other.
pub fn render_svg(figure: &Figure) -> Result<String, FigureError> {
    let scene = layout::scene(figure, Faces::embedded()?)?;
    let size = (units(scene.width) as u32, units(scene.height) as u32);
    let (mut document, mut tags) = (String::new(), Vec::new());
    {
        let mut backend = SVGBackend::with_string(&mut document, size);
        let sheet = [[0.0, 0.0], [scene.width, 0.0], [scene.width, scene.height], [0.0, scene.height]];
        put(&mut backend, &Item::Fill(sheet.to_vec(), palette::WHITE), &mut tags)?;
        for item in &scene.items {
            put(&mut backend, item, &mut tags)?;
        }
        backend.present().map_err(refused)?;
    }
    Ok(finish(&document, &scene, size, &tags))
}

fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

fn place([x, y]: Point) -> (i32, i32) {
    (units(x), units(y))
}

fn refused(error: impl std::fmt::Display) -> FigureError {
    FigureError::Svg(error.to_string())
}

fn ink(color: Color) -> RGBAColor {
    let [red, green, blue] = color.rgb;
    RGBAColor(red, green, blue, color.alpha)
}

fn pen(color: Color, width: f64) -> ShapeStyle {
    ShapeStyle { color: ink(color), filled: false, stroke_width: units(width).max(1) as u32 }
}

fn put(backend: &mut SVGBackend<'_>, item: &Item, tags: &mut Vec<String>) -> Result<(), FigureError> {
    let outcome = match item {
        Item::Fill(polygon, color) => backend.fill_polygon(polygon.iter().map(|&p| place(p)), &pen(*color, 0.0)),
        Item::Stroke(points, width, color) => backend.draw_path(points.iter().map(|&p| place(p)), &pen(*color, *width)),
        Item::Disk(centre, radius, color) => {
            backend.draw_circle(place(*centre), units(*radius) as u32, &pen(*color, 0.0), true)
        }
        Item::Ring(centre, radius, width, color) => {
            backend.draw_circle(place(*centre), units(*radius) as u32, &pen(*color, *width), false)
        }
        Item::Text(label) => backend.draw_text(&content(label, tags), &look(label), place(label.at)),
        Item::Bitmap(bitmap) => {
            let Bitmap { frame, columns, rows, rgb } = bitmap;
            backend.blit_bitmap(place([frame.left, frame.top]), (*columns, *rows), rgb)
        }
    };
    outcome.map_err(refused)
}

fn look(label: &Label) -> TextStyle<'static> {
    let anchor = match label.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let turn = if label.upwards { FontTransform::Rotate270 } else { FontTransform::None };
    let size = label.size * UNITS * BACKEND_TYPE_RATIO;
    let font = FontDesc::new(FontFamily::Name(FAMILIES), size, FontStyle::Normal);
    TextStyle {
        font: font.transform(turn),
        color: ink(label.color).to_backend_color(),
        pos: Pos::new(anchor, VPos::Bottom),
    }
}

/// The characters of a label with a place holder for each tag, which is appended to `tags`.
fn content(label: &Label, tags: &mut Vec<String>) -> String {
    let mut content = String::from(ENDS.0);
    let mut rise = 0.0;
    for run in &label.text.runs {
        let text = run.text.chars().filter(|&c| !c.is_control() && !(TAG..=ENDS.1).contains(&c));
        if run.level == Level::Base && run.face == Face::Regular && rise == 0.0 {
            content.extend(text);
            continue;
        }
        let mut tag = String::from("<tspan");
        if run.level.rise() != rise {
            let down = units((rise - run.level.rise()) * label.size);
            rise = run.level.rise();
            // Writing to a string does not fail.
            let _ = write!(tag, " dy=\"{down}\"");
        }
        if run.level != Level::Base {
            let _ = write!(tag, " font-size=\"{}\"", units(label.size * run.level.size()));
        }
        tag.push_str(match run.face {
            Face::Regular => ">",
            Face::Oblique => " font-style=\"oblique\">",
            Face::Bold => " font-weight=\"bold\">",
        });
        content.push(TAG);
        tags.push(tag);
        content.extend(text);
        content.push(TAG);
        tags.push("</tspan>".into());
    }
    content.push(ENDS.1);
    content
}

/// Gives the document its size in CSS pixels, fills the place holders and mends what the backend gets
/// wrong: the type of embedded pictures and their size, and the shift and padding of text.
fn finish(document: &str, scene: &Scene, size: (u32, u32), tags: &[String]) -> String {
    let root = format!("<svg width=\"{}\" height=\"{}\"", size.0, size.1);
    let sized = format!("<svg width=\"{}\" height=\"{}\" stroke-linejoin=\"round\"", scene.width, scene.height);
    let mended = document
        .replacen(&root, &sized, 1)
        .replace(&format!("\n{}", ENDS.0), "")
        .replace(&format!("{}\n", ENDS.1), "")
        .replace(" dy=\"-0.5ex\"", "")
        .replace(" opacity=\"1\"", "")
        .replace("data:png;", "data:image/png;");
    let mut finished = String::with_capacity(mended.len());
    let mut pieces = mended.split(TAG);
    finished.push_str(pieces.next().unwrap_or_default());
    for (piece, tag) in pieces.zip(tags) {
        finished.push_str(tag);
        finished.push_str(piece);
    }
    scene.items.iter().fold(finished, |text, item| match item {
        Item::Bitmap(bitmap) => stretched(text, bitmap),
        _ => text,
    })
}

/// Gives a picture the size of its frame in place of its size in pixels.
fn stretched(document: String, bitmap: &Bitmap) -> String {
    let [x, y] = [bitmap.frame.left, bitmap.frame.top].map(units);
    let (columns, rows) = (bitmap.columns, bitmap.rows);
    let (width, height) = (units(bitmap.frame.width()), units(bitmap.frame.height()));
    document.replacen(
        &format!("x=\"{x}\" y=\"{y}\" width=\"{columns}\" height=\"{rows}\""),
        &format!(
            "x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" preserveAspectRatio=\"none\" style=\"image-rendering:pixelated\""
        ),
        1,
    )
}
