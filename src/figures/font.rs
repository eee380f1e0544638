//! The embedded faces: advance widths and outlines.

use std::sync::OnceLock;

use ab_glyph::{Font, FontRef, OutlineCurve};

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

    /// Straight edges of the outline of `text`: pen at the origin, baseline along x, y upwards, in
    /// units of the type size.
    pub(super) fn outline(&self, face: Face, text: &str) -> Vec<[[f64; 2]; 2]> {
        let font = self.face(face);
        let em = f64::from(font.units_per_em().unwrap_or(2048.0));
        let (pens, _) = self.advances(face, text);
        let mut edges = Vec::new();
        for (character, pen) in text.chars().zip(pens) {
            let Some(outline) = font.outline(font.glyph_id(character)) else {
                continue;
            };
            let place = |p: ab_glyph::Point| [pen + f64::from(p.x) / em, f64::from(p.y) / em];
            for curve in outline.curves {
                match curve {
                    OutlineCurve::Line(a, b) => edges.push([place(a), place(b)]),
                    OutlineCurve::Quad(a, b, c) => {
                        flatten([place(a), place(b), place(b), place(c)], 2, &mut edges);
                    }
                    OutlineCurve::Cubic(a, b, c, d) => {
                        flatten([place(a), place(b), place(c), place(d)], 3, &mut edges);
                    }
                }
            }
        }
        edges
    }
}

/// Appends chords of a Bezier curve; of degree 2 the middle control point is given twice.
fn flatten(control: [[f64; 2]; 4], degree: u8, edges: &mut Vec<[[f64; 2]; 2]>) {
    // Eight chords leave less than 0.01 px at the sizes in use.
    const CHORDS: usize = 8;
    let [a, b, c, d] = control;
    let mut from = a;
    for step in 1..=CHORDS {
        let t = step as f64 / CHORDS as f64;
        let s = 1.0 - t;
        let weights = if degree == 2 {
            [s * s, 2.0 * s * t, 0.0, t * t]
        } else {
            [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t]
        };
        let to = [0, 1]
            .map(|axis| weights[0] * a[axis] + weights[1] * b[axis] + weights[2] * c[axis] + weights[3] * d[axis]);
        edges.push([from, to]);
        from = to;
    }
}
