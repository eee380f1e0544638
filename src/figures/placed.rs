//! One panel in its place: what room it needs around the frame, and how it is drawn.

use super::axis::Axis;
use super::axis_drawing::{self, Direction};
use super::color_bar;
use super::figure::{LegendPlace, Panel};
use super::font::{CAP_EM, Faces};
use super::ink;
use super::legend::{Legend, OUTSIDE_PX};
use super::map::Map;
use super::rule;
use super::scene::{Anchor, Point, Rect, Scene};
use super::series_drawing;
use super::style::{LABEL_PX, TICK_PX, palette};
use super::text::RichText;
use super::ticks::TickSet;

/// Room around a frame.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Margins {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// A panel with its frame: everything known before drawing.
pub(super) struct Placed<'a> {
    panel: &'a Panel,
    letter: Option<String>,
    map: Map,
    x_ticks: TickSet,
    y_ticks: TickSet,
    legend: Option<Legend<'a>>,
}

impl<'a> Placed<'a> {
    pub(super) fn new(panel: &'a Panel, letter: Option<String>, frame: Rect, faces: &Faces) -> Self {
        let map = Map::new(panel, frame);
        let ticks = |axis: &Axis, map, direction| axis_drawing::choose(axis, map, direction, faces);
        Self {
            x_ticks: ticks(&panel.x, &map.x, Direction::Horizontal),
            y_ticks: ticks(&panel.y, &map.y, Direction::Vertical),
            legend: Legend::new(panel, frame.width(), faces),
            panel,
            letter,
            map,
        }
    }

    fn outward(&self) -> f64 {
        axis_drawing::outward(self.panel.heatmap().is_some())
    }

    fn outside(&self, place: LegendPlace) -> Option<&Legend<'a>> {
        self.legend.as_ref().filter(|legend| legend.place == place)
    }

    fn bar_room(&self, faces: &Faces) -> f64 {
        let room = |heatmap| color_bar::room(heatmap, self.map.frame, faces);
        self.panel.heatmap().map_or(0.0, room)
    }

    pub(super) fn margins(&self, faces: &Faces) -> Margins {
        let out = self.outward();
        let beside = self.outside(LegendPlace::Right).map_or(0.0, |l| OUTSIDE_PX + l.width);
        let below = self.outside(LegendPlace::Below).map_or(0.0, |l| OUTSIDE_PX + l.height);
        let headed = self.letter.is_some() || self.panel.title.is_some();
        Margins {
            left: axis_drawing::room_left(&self.panel.y, &self.y_ticks, out, faces),
            right: (self.bar_room(faces) + beside).max(axis_drawing::overhang(&self.x_ticks, &self.map.x, faces)),
            top: if headed { CAP_EM * LABEL_PX + 7.0 } else { 0.5 * TICK_PX },
            bottom: axis_drawing::room_below(&self.panel.x, &self.x_ticks, out) + below,
        }
    }

    pub(super) fn draw(&self, scene: &mut Scene, faces: &Faces) {
        let frame = self.map.frame;
        let ink: Vec<Point> =
            self.panel.series.iter().flat_map(|series| ink::of_series(series, &self.map, faces)).collect();
        for colored in self.panel.colored() {
            series_drawing::draw(scene, &self.map, colored, &ink, faces);
        }
        let axes = [(&self.panel.x, &self.x_ticks), (&self.panel.y, &self.y_ticks)];
        axis_drawing::draw(scene, &self.map, axes, self.outward(), faces);
        if let Some(heatmap) = self.panel.heatmap() {
            color_bar::draw(scene, &self.map, heatmap, faces);
        }
        self.head(scene, faces);
        let Some(legend) = &self.legend else { return };
        let area = match legend.place {
            LegendPlace::Right => legend.at(frame.right + OUTSIDE_PX + self.bar_room(faces), frame.top - 4.0),
            LegendPlace::Below => {
                let labels = axis_drawing::room_below(&self.panel.x, &self.x_ticks, self.outward());
                let middle = 0.5 * (frame.left + frame.right);
                legend.at(middle - 0.5 * legend.width, frame.bottom + labels + OUTSIDE_PX)
            }
            _ => {
                let rules = self.panel.series.iter();
                let covered = rules.flat_map(|rule| rule::covered(rule, &self.map, &ink, faces));
                let ink: Vec<Point> = ink.iter().copied().chain(covered).collect();
                legend.inside_box(frame, &ink)
            }
        };
        legend.draw(scene, area);
    }

    /// Letter and title above the frame.
    fn head(&self, scene: &mut Scene, faces: &Faces) {
        let frame = self.map.frame;
        let (mut pen, baseline) = (frame.left, frame.top - 5.5);
        let look = (LABEL_PX, palette::BLACK);
        if let Some(letter) = &self.letter {
            let text = RichText::bold(letter);
            let width = text.width(faces, LABEL_PX);
            scene.text(text, [pen, baseline], Anchor::Start, look);
            pen += width + 0.5 * LABEL_PX;
        }
        if let Some(title) = &self.panel.title {
            scene.text(RichText::parse(title), [pen, baseline], Anchor::Start, look);
        }
    }
}
