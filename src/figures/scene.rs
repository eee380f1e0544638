//! What is drawn, in CSS pixels, before it is known how.

use super::font::CAP_EM;
use super::style::Color;
use super::text::RichText;

/// A place on the sheet, y downwards.
pub(super) type Point = [f64; 2];

/// An upright rectangle.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rect {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

impl Rect {
    pub(super) fn width(self) -> f64 {
        self.right - self.left
    }

    pub(super) fn height(self) -> f64 {
        self.bottom - self.top
    }

    /// Grown by `by` on all sides.
    pub(super) fn grown(self, by: f64) -> Self {
        Self { left: self.left - by, top: self.top - by, right: self.right + by, bottom: self.bottom + by }
    }

    pub(super) fn contains(self, [x, y]: Point) -> bool {
        (self.left..=self.right).contains(&x) && (self.top..=self.bottom).contains(&y)
    }

    pub(super) fn overlaps(self, other: Self) -> bool {
        self.left < other.right && other.left < self.right && self.top < other.bottom && other.top < self.bottom
    }

    /// Corners in order around.
    pub(super) fn corners(self) -> [Point; 4] {
        [[self.left, self.top], [self.right, self.top], [self.right, self.bottom], [self.left, self.bottom]]
    }
}

/// Which part of a text stands at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A text with its place: a point on the baseline.
#[derive(Clone, Debug)]
pub(super) struct Label {
    pub(super) text: RichText,
    pub(super) at: Point,
    pub(super) size: f64,
    pub(super) anchor: Anchor,
    /// Whether the text runs upwards.
    pub(super) upwards: bool,
    pub(super) color: Color,
}

/// A raster picture stretched over a rectangle, rows from the top.
#[derive(Clone, Debug)]
pub(super) struct Bitmap {
    pub(super) frame: Rect,
    pub(super) columns: u32,
    pub(super) rows: u32,
    pub(super) rgb: Vec<u8>,
}

/// One thing drawn.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Fill(Vec<Point>, Color),
    Stroke(Vec<Point>, f64, Color),
    Disk(Point, f64, Color),
    Ring(Point, f64, f64, Color),
    Text(Label),
    Bitmap(Bitmap),
}

/// Everything drawn, from the bottom up.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) items: Vec<Item>,
}

impl Scene {
    pub(super) fn fill(&mut self, polygon: Vec<Point>, color: Color) {
        if polygon.len() > 2 {
            self.items.push(Item::Fill(polygon, color));
        }
    }

    pub(super) fn stroke(&mut self, points: Vec<Point>, width: f64, color: Color) {
        if points.len() > 1 && width > 0.0 {
            self.items.push(Item::Stroke(points, width, color));
        }
    }

    /// The outline of a rectangle.
    pub(super) fn outline(&mut self, frame: Rect, width: f64, color: Color) {
        let [a, b, c, d] = frame.corners();
        // Past the first corner again, so that the corner is joined and not cut.
        let halfway = [0.5 * (a[0] + b[0]), a[1]];
        self.stroke(vec![halfway, b, c, d, a, halfway], width, color);
    }

    /// A text with its baseline through `at`.
    pub(super) fn text(&mut self, text: RichText, at: Point, anchor: Anchor, look: (f64, Color)) {
        self.push_label(Label { text, at, size: look.0, anchor, upwards: false, color: look.1 });
    }

    /// A text whose capitals are centred on the height of `at`.
    pub(super) fn centred(&mut self, text: RichText, at: Point, anchor: Anchor, look: (f64, Color)) {
        let baseline = [at[0], at[1] + 0.5 * CAP_EM * look.0];
        self.text(text, baseline, anchor, look);
    }

    /// An upward text centred at the height of `at`, with its baseline through `at`.
    pub(super) fn upward(&mut self, text: RichText, at: Point, look: (f64, Color)) {
        self.push_label(Label { text, at, size: look.0, anchor: Anchor::Middle, upwards: true, color: look.1 });
    }

    fn push_label(&mut self, label: Label) {
        if !label.text.is_empty() {
            self.items.push(Item::Text(label));
        }
    }
}
