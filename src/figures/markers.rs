//! Outlines of point markers.

use std::f64::consts::{FRAC_PI_2, TAU};

use super::scene::{Item, Point, Scene};
use super::style::{Color, Marker, palette};

/// Draws a marker of diameter `size` at `at`; an open one is an outline of width `width`.
pub(super) fn draw(scene: &mut Scene, marker: Marker, at: Point, size: f64, color: Color, outline: Option<f64>) {
    let radius = 0.5 * size;
    match (marker, outline) {
        (Marker::Circle, None) => scene.items.push(Item::Disk(at, radius, color)),
        (Marker::Circle, Some(width)) => {
            scene.items.push(Item::Disk(at, radius, palette::WHITE));
            scene.items.push(Item::Ring(at, radius, width, color));
        }
        (Marker::Cross | Marker::Plus, _) => {
            let turn = if marker == Marker::Cross { 0.5 * FRAC_PI_2 } else { 0.0 };
            for arm in 0..2 {
                let angle = turn + f64::from(arm) * FRAC_PI_2;
                let ends = [polar(at, 1.15 * radius, angle), polar(at, -1.15 * radius, angle)];
                scene.stroke(ends.to_vec(), outline.unwrap_or(1.2), color);
            }
        }
        (_, None) => scene.fill(polygon(marker, at, radius), color),
        (_, Some(width)) => {
            let corners = polygon(marker, at, radius);
            scene.fill(corners.clone(), palette::WHITE);
            let mut closed = corners;
            closed.extend_from_within(..2);
            scene.stroke(closed, width, color);
        }
    }
}

fn polar(at: Point, radius: f64, angle: f64) -> Point {
    [at[0] + radius * angle.cos(), at[1] + radius * angle.sin()]
}

/// Corners of the marker, of about the area of the disk of this radius.
fn polygon(marker: Marker, at: Point, radius: f64) -> Vec<Point> {
    let regular = |corners: u32, first: f64, radius: f64| -> Vec<Point> {
        (0..corners).map(|corner| polar(at, radius, first + TAU * f64::from(corner) / f64::from(corners))).collect()
    };
    match marker {
        Marker::Square => regular(4, 0.5 * FRAC_PI_2, 1.25 * radius),
        Marker::Diamond => regular(4, 0.0, 1.3 * radius),
        Marker::Triangle => regular(3, -FRAC_PI_2, 1.35 * radius),
        Marker::DownTriangle => regular(3, FRAC_PI_2, 1.35 * radius),
        Marker::Star => (0..10)
            .map(|corner| {
                let reach = if corner % 2 == 0 { 1.5 } else { 0.62 };
                polar(at, reach * radius, -FRAC_PI_2 + TAU * f64::from(corner) / 10.0)
            })
            .collect(),
        Marker::Circle | Marker::Cross | Marker::Plus => regular(24, 0.0, radius),
    }
}
