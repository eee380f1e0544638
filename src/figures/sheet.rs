//! The seam to what draws: a scene crosses it in the terms of plotters' [`DrawingBackend`].
//!
//! Its coordinates are integers, so that a sheet counts in hundredths of a CSS pixel. A text crosses in its markup
//! ([`RichText`]), which the sheet sets.

use plotters::prelude::DrawingBackend;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, FontDesc, FontFamily, FontStyle, FontTransform, RGBAColor, ShapeStyle, TextStyle};
use plotters_backend::{BackendCoord, BackendTextStyle, DrawingErrorKind};

use super::error::FigureError;
use super::font::FAMILIES;
use super::scene::{Anchor, Bitmap, Item, Label, Point, Rect, Scene};
use super::style::{Color, palette};
use super::text::RichText;

/// Units of a sheet per CSS pixel.
pub(super) const UNITS: f64 = 100.0;

/// What a scene is drawn on.
pub(super) trait Sheet: DrawingBackend {
    /// Stretches a picture over its frame, its pixels sharp; `blit_bitmap` knows one size only.
    fn stretch(&mut self, bitmap: &Bitmap) -> Result<(), DrawingErrorKind<Self::ErrorType>>;
}

/// Width and height of a sheet for `scene`, in units.
pub(super) fn size(scene: &Scene) -> (u32, u32) {
    (units(scene.width) as u32, units(scene.height) as u32)
}

/// Draws `scene` on white.
pub(super) fn draw<S: Sheet>(scene: &Scene, sheet: &mut S) -> Result<(), FigureError> {
    let paper = Rect { left: 0.0, top: 0.0, right: scene.width, bottom: scene.height };
    let paper = Item::Fill(paper.corners().to_vec(), palette::WHITE);
    let mut items = std::iter::once(&paper).chain(&scene.items);
    items.try_for_each(|item| put(sheet, item)).map_err(|error| FigureError::Drawing(error.to_string()))
}

fn put<S: Sheet>(sheet: &mut S, item: &Item) -> Result<(), DrawingErrorKind<S::ErrorType>> {
    match item {
        Item::Fill(polygon, color) => sheet.fill_polygon(polygon.iter().map(|&p| place(p)), &pen(*color, 0.0)),
        Item::Stroke(points, width, color) => sheet.draw_path(points.iter().map(|&p| place(p)), &pen(*color, *width)),
        Item::Disk(centre, radius, color) => {
            sheet.draw_circle(place(*centre), units(*radius) as u32, &pen(*color, 0.0), true)
        }
        Item::Ring(centre, radius, width, color) => {
            sheet.draw_circle(place(*centre), units(*radius) as u32, &pen(*color, *width), false)
        }
        Item::Text(label) => sheet.draw_text(label.text.markup(), &look(label), place(label.at)),
        Item::Bitmap(bitmap) => sheet.stretch(bitmap),
    }
}

fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

fn place([x, y]: Point) -> BackendCoord {
    (units(x), units(y))
}

/// The CSS pixels of a place on a sheet.
pub(super) fn pixels((x, y): BackendCoord) -> Point {
    [f64::from(x) / UNITS, f64::from(y) / UNITS]
}

fn ink(color: Color) -> RGBAColor {
    let [red, green, blue] = color.rgb;
    RGBAColor(red, green, blue, color.alpha)
}

fn pen(color: Color, width: f64) -> ShapeStyle {
    ShapeStyle { color: ink(color), filled: false, stroke_width: units(width).max(1) as u32 }
}

fn look(label: &Label) -> TextStyle<'static> {
    let anchor = match label.anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    };
    let turn = if label.upwards { FontTransform::Rotate270 } else { FontTransform::None };
    let style = if label.text.is_bold() { FontStyle::Bold } else { FontStyle::Normal };
    TextStyle {
        font: FontDesc::new(FontFamily::Name(FAMILIES), label.size * UNITS, style).transform(turn),
        color: ink(label.color).to_backend_color(),
        pos: Pos::new(anchor, VPos::Bottom),
    }
}

/// A text that has crossed, as the label it was.
pub(super) fn label<S: BackendTextStyle>(markup: &str, style: &S, at: BackendCoord) -> Label {
    let (red, green, blue) = style.color().rgb;
    Label {
        text: match style.style() {
            FontStyle::Bold => RichText::bold(markup),
            _ => RichText::parse(markup),
        },
        at: pixels(at),
        size: style.size() / UNITS,
        anchor: match style.anchor().h_pos {
            HPos::Left => Anchor::Start,
            HPos::Center => Anchor::Middle,
            HPos::Right => Anchor::End,
        },
        upwards: matches!(style.transform(), FontTransform::Rotate270),
        color: Color::rgb(red, green, blue).with_alpha(style.color().alpha),
    }
}
