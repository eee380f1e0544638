//! The embedded faces: advance widths and outlines.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, OutlineCurve};
use tiny_skia::{PathBuilder, Point};

use super::error::FigureError;

/// Font families of SVG text. Verdana shares the metrics of DejaVu Sans where that is missing.
pub(super) const FAMILIES: &str = "DejaVu Sans, Bitstream Vera Sans, Verdana, Geneva, sans-serif";

/// Height of a capital or digit over the type size, DejaVu Sans.
pub(super) const CAP_EM: f64 = 0.729;

/// The faces in use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    Regular,
    Oblique,
    Bold,
}

/// The three faces, parsed once per process.
pub(super) struct Faces {
    regular: FontRef<'static>,
    oblique: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Faces {
    /// The parsed faces.
    pub(super) fn embedded() -> Result<&'static Self, FigureError> {
        static FACES: OnceLock<Option<Faces>> = OnceLock::new();
        FACES.get_or_init(Self::parse).as_ref().ok_or(FigureError::Font)
    }

    fn parse() -> Option<Self> {
        Some(Self {
            regular: FontRef::try_from_slice(dejavu::sans::regular()).ok()?,
            oblique: FontRef::try_from_slice(dejavu::sans::oblique()).ok()?,
            bold: FontRef::try_from_slice(dejavu::sans::bold()).ok()?,
        })
    }

    fn face(&self, face: Face) -> &FontRef<'static> {
        match face {
            Face::Regular => &self.regular,
            Face::Oblique => &self.oblique,
            Face::Bold => &self.bold,
        }
    }

    /// Width of `text` in units of the type size.
    pub(super) fn width(&self, face: Face, text: &str) -> f64 {
        self.advances(face, text).1
    }

    /// Pen position of each character and the width of the whole, in units of the type size.
    fn advances(&self, face: Face, text: &str) -> (Vec<f64>, f64) {
        let font = self.face(face);
        let em = f64::from(font.units_per_em().unwrap_or(2048.0));
        let (mut pens, mut pen) = (Vec::new(), 0.0);
        let mut previous = None;
        for character in text.chars() {
            let glyph = font.glyph_id(character);
            if let Some(left) = previous {
                pen += f64::from(font.kern_unscaled(left, glyph)) / em;
            }
            pens.push(pen);
            pen += f64::from(font.h_advance_unscaled(glyph)) / em;
            previous = Some(glyph);
        }
        (pens, pen)
    }

    /// Adds the outline of `text` to `path`: the pen starts at `origin`, y grows downwards, `size` is that of the type.
    pub(super) fn outline(&self, face: Face, text: &str, origin: [f64; 2], size: f64, path: &mut PathBuilder) {
        let font = self.face(face);
        let em = f64::from(font.units_per_em().unwrap_or(2048.0));
        let (pens, _) = self.advances(face, text);
        for (character, pen) in text.chars().zip(pens) {
            let Some(outline) = font.outline(font.glyph_id(character)) else {
                continue;
            };
            let place = |p: ab_glyph::Point| {
                let [x, y] = [pen + f64::from(p.x) / em, -f64::from(p.y) / em];
                ((origin[0] + size * x) as f32, (origin[1] + size * y) as f32).into()
            };
            let mut end = None;
            for curve in outline.curves {
                let (OutlineCurve::Line(start, _) | OutlineCurve::Quad(start, ..) | OutlineCurve::Cubic(start, ..)) =
                    curve;
                // Curves that follow each other make one contour.
                if end != Some(start) {
                    let start: Point = place(start);
                    path.move_to(start.x, start.y);
                }
                end = Some(match curve {
                    OutlineCurve::Line(_, b) => {
                        let to = place(b);
                        path.line_to(to.x, to.y);
                        b
                    }
                    OutlineCurve::Quad(_, b, c) => {
                        let [by, to] = [b, c].map(place);
                        path.quad_to(by.x, by.y, to.x, to.y);
                        c
                    }
                    OutlineCurve::Cubic(_, b, c, d) => {
                        let [first, second, to] = [b, c, d].map(place);
                        path.cubic_to(first.x, first.y, second.x, second.y, to.x, to.y);
                        d
                    }
                });
            }
        }
    }
}
