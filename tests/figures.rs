//! Figures: well-formed, complete, deterministic, and calm in the face of bad data.

#[path = "support/picture.rs"]
mod picture;
#[path = "figures/svg.rs"]
mod svg;
#[path = "figures/ticks.rs"]
mod ticks;

use picture::Picture;

use collapsar::figures::{
    Aspect, Axis, Color, ColorMap, Contours, Dash, Figure, FigureError, Grid, Heads, Heatmap, LegendPlace, Marker,
    Panel, Series, TickChoice, palette, render_png, render_svg,
};

const COLUMN: [f64; 5] = [0.1, 1.0, 10.0, 100.0, 1000.0];
const LINEAR: [f64; 5] = [0.0, 0.3, 0.5, 0.9, 1.0];

fn one(panel: Panel) -> Figure {
    Figure::one_column().row([panel])
}

fn grid() -> Grid {
    let nodes: Vec<f64> = (0..9).map(|i| f64::from(i) - 4.0).collect();
    let values: Vec<f64> = nodes.iter().flat_map(|y| nodes.iter().map(move |x| x * x + y * y)).collect();
    Grid::new(nodes.clone(), nodes, values).expect("81 values")
}

/// A figure with every kind of series inside its axes.
fn everything() -> Figure {
    let curves = Panel::new(Axis::log("time *t*"), Axis::linear("*C*_{max} <&> 'β'"))
        .title("curves & \"marks\"")
        .with(Series::band(&COLUMN, &LINEAR, &LINEAR.map(|y| y + 0.1)).label("band"))
        .with(Series::line(&COLUMN, &LINEAR).dash(Dash::Dashed).label("line"))
        .with(Series::steps(&COLUMN, &LINEAR).label("steps"))
        .with(Series::points(&COLUMN, &LINEAR, Marker::Star).open().label("points"))
        .with(Series::error_bars(&COLUMN, &LINEAR, &LINEAR.map(|y| y - 0.1), &LINEAR).label("bars"))
        .with(Series::vertical(3.0).note("*t*_c"))
        .with(Series::horizontal(0.5).note("half"))
        .with(Series::bars(vec![[0.2, 0.5, 0.3], [0.5, 2.0, 0.6]]).label("bars of a histogram"))
        .with(Series::text(30.0, 0.2, "note").size(8.0))
        .with(Series::arrow([1.0, 0.1], [10.0, 0.4]));
    let map = Panel::new(Axis::linear("*x*"), Axis::linear("*y*"))
        .with(Series::heatmap(Heatmap::new(grid()).bar("height")))
        .with(Series::contours(Contours::new(grid(), [2.0, 8.0]).labelled()))
        .with(Series::region(vec![[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]).label("region"))
        .with(Series::paths(vec![vec![[-3.0, -3.0], [0.0, -2.0], [3.0, 3.0]]], Heads::Middle))
        .legend(LegendPlace::Below);
    Figure::two_column().title("all").row([curves, map])
}

fn root_size(svg: &str) -> (f64, f64) {
    (attribute(svg, "width"), attribute(svg, "height"))
}

fn attribute(tag: &str, name: &str) -> f64 {
    let start = tag.find(&format!(" {name}=\"")).expect(name) + name.len() + 3;
    let value = tag[start..].split('"').next().expect("closing quote");
    value.parse().expect("a number")
}

/// Text of a document with its tags taken out.
fn characters(svg: &str) -> String {
    let pieces = svg.split('<').filter_map(|piece| piece.split_once('>'));
    pieces.map(|(_, text)| text).collect()
}

fn rendered(figure: &Figure) {
    let svg = render_svg(figure).expect("svg");
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
    assert!(svg.ends_with("</svg>\n"));
    let picture = Picture::decoded(&render_png(figure, 1.0).expect("png"));
    assert!(picture.pixels.iter().any(|pixel| *pixel != [255; 3]), "blank");
}

#[test]
fn png_has_the_stated_size_and_is_not_blank() {
    for scale in [1.0, 2.0, 3.0] {
        let figure = everything();
        let (width, height) = root_size(&render_svg(&figure).expect("svg"));
        let picture = Picture::decoded(&render_png(&figure, scale).expect("png"));
        assert_eq!(width, 7.0 * 96.0);
        assert_eq!(picture.width as f64, width * scale);
        assert_eq!(picture.height as f64, height * scale);
        let inked = picture.pixels.iter().filter(|pixel| **pixel != [255; 3]).count();
        let share = inked as f64 / (picture.width * picture.height) as f64;
        assert!((0.1..0.8).contains(&share), "{share} of the sheet is inked");
    }
}

#[test]
fn sheet_has_a_white_margin_all_round() {
    let picture = Picture::decoded(&render_png(&everything(), 2.0).expect("png"));
    let (right, bottom) = (picture.width - 1, picture.height - 1);
    for (x, y) in (0..=bottom).flat_map(|y| (0..=right).map(move |x| (x, y))) {
        if x == 0 || y == 0 || x == right || y == bottom {
            assert_eq!(picture.at(x, y), [255; 3], "ink at the rim: {x}, {y}");
        }
    }
}

#[test]
fn line_has_its_color_and_position() {
    let red = Color::rgb(200, 0, 0);
    let panel = Panel::new(
        Axis::linear("").range(0.0, 1.0).ticks(TickChoice::None),
        Axis::linear("").range(0.0, 1.0).ticks(TickChoice::None),
    )
    .with(Series::line(&[-1.0, 2.0], &[0.5, 0.5]).color(red).width(4.0));
    let picture = Picture::decoded(&render_png(&one(panel), 2.0).expect("png"));
    let rows: Vec<usize> = (0..picture.height).filter(|&y| picture.at(picture.width / 2, y) == red.rgb).collect();
    let frame: Vec<usize> = (0..picture.height)
        .filter(|&y| picture.at(picture.width / 2, y)[1] < 100)
        .filter(|y| !rows.contains(y))
        .collect();
    let middle = (rows[0] + rows[rows.len() - 1]) as f64 / 2.0;
    let half = (frame[0] + frame[frame.len() - 1]) as f64 / 2.0;
    // 4 CSS pixels at scale 2; either rim may share a pixel with the paper.
    assert!((7..=9).contains(&rows.len()), "{rows:?}");
    assert!((middle - half).abs() <= 1.0, "line at {middle}, frame around {half}");
    assert_eq!(picture.at(2, middle as usize), [255; 3], "not cut at the frame");
}

#[test]
fn bars_stand_on_zero_and_reach_their_height() {
    let red = Color::rgb(200, 0, 0);
    let plain = |low, high| Axis::linear("").range(low, high).ticks(TickChoice::None);
    let column = |panel: Panel| {
        let picture = Picture::decoded(&render_png(&one(panel), 2.0).expect("png"));
        let x = picture.width / 2;
        let rows: Vec<usize> = (0..picture.height).filter(|&y| picture.at(x, y) == red.rgb).collect();
        (rows.len() as f64, picture.height as f64)
    };
    let bar =
        |height| Panel::new(plain(0.0, 1.0), plain(-1.0, 1.0)).with(Series::bars(vec![[0.2, 0.8, height]]).color(red));
    let (half, sheet) = column(bar(1.0));
    // The upper half of the frame; the sheet's margins and the frame are a few of its 500 pixels.
    assert!((half / sheet - 0.5).abs() < 0.03, "{half} of {sheet}");
    assert!((column(bar(0.5)).0 / half - 0.5).abs() < 0.02);
    assert!((column(bar(-0.5)).0 / half - 0.5).abs() < 0.02, "a negative bar hangs");
    assert_eq!(column(bar(0.0)).0, 0.0, "nothing is drawn for nothing");
    // On a logarithmic axis 0 is at the foot of the frame.
    let log = Axis::log("").range(0.01, 1.0).ticks(TickChoice::None);
    let tall = column(Panel::new(plain(0.0, 1.0), log).with(Series::bars(vec![[0.2, 0.8, 0.1]]).color(red)));
    assert!((tall.0 / half - 1.0).abs() < 0.03, "{} against {half}", tall.0);
}

#[test]
fn bad_data_give_a_frame() {
    let columns: [&[f64]; 8] = [
        &[],
        &[1.0],
        &[2.0, 2.0, 2.0],
        &[f64::NAN, f64::NAN],
        &[1.0, f64::NAN, 3.0, f64::INFINITY, 5.0],
        &[f64::NEG_INFINITY, f64::INFINITY],
        &[-1.0, 0.0, -5.0],
        &[-1e308, 1e308, 1e-308],
    ];
    for x in columns {
        for y in columns {
            for (x_axis, y_axis) in [(Axis::linear("x"), Axis::linear("y")), (Axis::log("x"), Axis::log("y"))] {
                let grid = Grid::new(x, y, vec![f64::NAN; x.len() * y.len()]).expect("sized");
                let panel = Panel::new(x_axis, y_axis)
                    .with(Series::heatmap(Heatmap::new(grid.clone()).log().bar("z")))
                    .with(Series::contours(Contours::new(grid, [0.0]).labelled()))
                    .with(Series::line(x, y).dash(Dash::DashDotted).label("line"))
                    .with(Series::steps(x, y).marker(Marker::Cross))
                    .with(Series::band(x, y, x).label("band"))
                    .with(Series::error_bars(x, y, x, y))
                    .with(Series::bars(x.iter().zip(y).map(|(&a, &b)| [a, b, b]).collect()))
                    .with(Series::paths(vec![x.iter().zip(y).map(|(&a, &b)| [a, b]).collect()], Heads::End))
                    .with(Series::vertical(x.first().copied().unwrap_or(f64::NAN)).note("v"))
                    .with(Series::horizontal(f64::INFINITY).note("h"));
                rendered(&one(panel));
            }
        }
    }
}

#[test]
fn odd_descriptions_give_a_frame() {
    rendered(&one(Panel::new(Axis::linear(""), Axis::linear(""))));
    rendered(&one(Panel::new(Axis::linear("_^{*\\").range(1.0, 1.0), Axis::log("\u{7}").range(-1.0, f64::NAN))));
    rendered(&one(Panel::new(Axis::linear("x").range(5.0, -5.0), Axis::log("y").range(1e4, 1e-4))
        .with(Series::line(&[-9.0, 9.0], &[1e-9, 1e9]))));
    rendered(&one(Panel::new(Axis::linear("x"), Axis::linear("y")).aspect(f64::NAN)));
    let classes = Heatmap::new(grid()).map(ColorMap::Classes(Vec::new()));
    rendered(&one(Panel::new(Axis::linear("x"), Axis::linear("y")).with(Series::heatmap(classes))));
    let blank = render_svg(&Figure::one_column()).expect("an empty sheet");
    assert!(blank.contains("viewBox"));
}

#[test]
fn equal_units_are_equally_long() {
    let mut panel = Panel::new(
        Axis::linear("").range(0.0, 2.0).ticks(TickChoice::None),
        Axis::linear("").range(0.0, 1.0).ticks(TickChoice::None),
    );
    let height = |panel: &Panel| root_size(&render_svg(&one(panel.clone())).expect("svg")).1;
    panel.aspect = Aspect::Ratio(0.5);
    let half = height(&panel);
    panel.aspect = Aspect::EqualUnits;
    assert_eq!(height(&panel), half);
    panel.aspect = Aspect::Ratio(1.0);
    assert!(height(&panel) > 1.7 * half);
}

#[test]
fn equal_figures_give_equal_bytes() {
    assert_eq!(render_svg(&everything()).ok(), render_svg(&everything()).ok());
    let pictures = [render_png(&everything(), 2.0), render_png(&everything(), 2.0)];
    let [Ok(first), Ok(second)] = pictures else {
        panic!("both render");
    };
    assert!(first == second, "PNG bytes differ");
}

#[test]
fn errors_name_value_and_rule() {
    let short = Grid::new([0.0, 1.0], [0.0, 1.0], [1.0]).expect_err("one value for four nodes");
    assert_eq!(short.to_string(), "grid values: got 1, must be 2 x 2");
    let figure = one(Panel::new(Axis::linear("x"), Axis::linear("y")));
    for scale in [0.0, -1.0, f64::NAN, 1e9] {
        let refused = render_png(&figure, scale).expect_err("scale");
        assert!(matches!(refused, FigureError::Scale { .. }), "{refused}");
        assert!(refused.to_string().contains("must lie in [0.25, 16]"), "{refused}");
    }
    let crowd = std::iter::repeat_n(Panel::new(Axis::linear("x"), Axis::linear("y")), 9);
    let narrow = render_svg(&Figure::one_column().row(crowd)).expect_err("nine frames");
    assert!(narrow.to_string().contains("must be at least 40 px"), "{narrow}");
}

#[test]
fn color_maps_reach_their_ends() {
    for map in [ColorMap::Viridis, ColorMap::Cividis, ColorMap::Diverging] {
        assert_eq!(map.at(-1.0), map.at(0.0));
        assert_eq!(map.at(2.0), map.at(1.0));
        assert_ne!(map.at(0.0), map.at(1.0));
    }
    let [red, green, blue] = ColorMap::Diverging.at(0.5).rgb;
    assert!(red > 230 && green > 230 && blue > 230, "the middle is neutral");
    let classes = ColorMap::Classes(vec![palette::BLUE, palette::ORANGE, palette::GREEN]);
    assert_eq!(classes.at(0.5), palette::ORANGE);
}
