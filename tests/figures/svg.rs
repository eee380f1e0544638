//! SVG documents: well-formed, labelled and inside their view box.

use collapsar::figures::{Axis, Color, Contours, Marker, Panel, Series, plain, render_svg};

use super::{attribute, characters, everything, grid, one};

#[test]
fn svg_tags_balance_and_text_is_escaped() {
    let svg = render_svg(&everything()).expect("svg");
    let mut open: Vec<&str> = Vec::new();
    for tag in svg.split('<').skip(1) {
        let (inside, text) = tag.split_once('>').expect("closed tag");
        assert!(!text.contains('>') && inside.matches('"').count() % 2 == 0, "{tag}");
        let name = inside.split([' ', '/']).find(|s| !s.is_empty()).expect("name");
        if inside.starts_with('/') {
            assert_eq!(open.pop(), Some(name));
        } else if !inside.ends_with('/') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "left open: {open:?}");
    let after_entities = svg.split('&').skip(1);
    let known = ["amp;", "lt;", "gt;", "quot;", "apos;"];
    for piece in after_entities {
        assert!(known.iter().any(|entity| piece.starts_with(entity)), "{piece}");
    }
}

#[test]
fn svg_contains_labels_with_markup_resolved() {
    let svg = render_svg(&everything()).expect("svg");
    let text = characters(&svg);
    for label in ["time t", "Cmax", "&lt;&amp;&gt; 'β'", "height", "(a)", "(b)", "all"] {
        assert!(text.contains(label), "{label} is missing");
    }
    for entry in ["band", "line", "steps", "points", "bars", "region", "tc", "half", "note"] {
        assert!(text.contains(entry), "{entry} is missing");
    }
    assert!(svg.contains("font-family=\"DejaVu Sans, "));
    assert!(svg.contains(", sans-serif\""));
    assert!(svg.contains("data:image/png;base64,"));
}

#[test]
fn plain_text_shows_markup_characters() {
    let figure = one(Panel::new(Axis::linear(plain("a_b^c*d\\e")), Axis::linear("")));
    let text = characters(&render_svg(&figure).expect("svg"));
    assert!(text.contains("a_b^c*d\\e"), "{text}");
}

#[test]
fn svg_elements_lie_inside_the_view_box() {
    let svg = render_svg(&everything()).expect("svg");
    let view: Vec<f64> = svg.split("viewBox=\"").nth(1).expect("viewBox")[..]
        .split('"')
        .next()
        .expect("quote")
        .split(' ')
        .map(|number| number.parse().expect("number"))
        .collect();
    let inside = |x: f64, y: f64| (0.0..=view[2]).contains(&x) && (0.0..=view[3]).contains(&y);
    let mut seen = 0;
    for tag in svg.split('<').skip(2) {
        let place = if tag.starts_with("text") || tag.starts_with("image") {
            Some(("x", "y"))
        } else {
            tag.starts_with("circle").then_some(("cx", "cy"))
        };
        if let Some((x, y)) = place {
            assert!(inside(attribute(tag, x), attribute(tag, y)), "{tag}");
            seen += 1;
        }
        let points = tag.split("points=\"").nth(1).unwrap_or("\"");
        for point in points.split('"').next().expect("quote").split_whitespace() {
            let (x, y) = point.split_once(',').expect("pair");
            assert!(inside(x.parse().expect("x"), y.parse().expect("y")), "{tag}");
            seen += 1;
        }
    }
    assert!(seen > 300, "only {seen} coordinates found");
}

#[test]
fn contours_close_and_follow_the_level() {
    let panel = Panel::new(Axis::linear("x").range(-4.0, 4.0), Axis::linear("y").range(-4.0, 4.0))
        .equal_units()
        .with(Series::contours(Contours::new(grid(), [9.0])).color(Color::rgb(1, 2, 3)));
    let svg = render_svg(&one(panel)).expect("svg");
    let lines: Vec<&str> = svg.split('<').filter(|tag| tag.contains("#010203")).collect();
    assert_eq!(lines.len(), 1, "one closed line");
    let points: Vec<(f64, f64)> = lines[0]
        .split("points=\"")
        .nth(1)
        .expect("points")
        .split('"')
        .next()
        .expect("quote")
        .split_whitespace()
        .map(|pair| pair.split_once(',').expect("pair"))
        .map(|(x, y)| (x.parse().expect("x"), y.parse().expect("y")))
        .collect();
    assert_eq!(points.first(), points.last());
    let span = |values: Vec<f64>| {
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        values.iter().copied().fold(f64::NEG_INFINITY, f64::max) - low
    };
    let width = span(points.iter().map(|p| p.0).collect());
    let height = span(points.iter().map(|p| p.1).collect());
    // The circle of radius 3 passes through nodes on both axes, where interpolation is exact.
    assert!((width / height - 1.0).abs() < 0.01, "{width} x {height}");
}

#[test]
fn what_lies_outside_the_frame_is_not_drawn() {
    let color = Color::rgb(1, 2, 3);
    let panel = |series: Series| {
        let axes = [Axis::linear("x"), Axis::linear("y")].map(|axis| axis.range(0.0, 1.0));
        let [x, y] = axes;
        let figure = one(Panel::new(x, y).with(series.color(color)));
        let svg = render_svg(&figure).expect("svg");
        svg.split('<').filter(|tag| tag.contains("#010203")).count()
    };
    // Past the corner: both ends lie beyond different sides.
    assert_eq!(panel(Series::line(&[-1.0, 0.5], &[0.8, 2.0])), 0);
    assert_eq!(panel(Series::line(&[-1.0, 2.0], &[1.1, 1.1])), 0);
    assert_eq!(panel(Series::line(&[-1.0, 2.0], &[-1.0, 2.0])), 1);
    assert_eq!(panel(Series::points(&[0.5, 1.5], &[0.5, 0.5], Marker::Circle)), 1);
    assert_eq!(panel(Series::band(&[2.0, 3.0], &[0.0, 0.0], &[1.0, 1.0])), 0);
    assert_eq!(panel(Series::vertical(1.5).note("off")), 0);
    assert_eq!(panel(Series::text(0.5, 1.5, "off")), 0);
    // A gap makes two lines; a point alone in it shows as a dot.
    let broken = [0.1, 0.2, f64::NAN, 0.4, f64::NAN, 0.6, 0.7];
    assert_eq!(panel(Series::line(&broken, &[0.5; 7])), 3);
}
