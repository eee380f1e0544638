//! Curves and maps of `[scan]`.

use crate::support::config_file;
use crate::support::program::{collapsar, path, refused};
use crate::{DIAGONAL, FAMILY, close, found};

/// F, mass kept and minima of a scan are those of fits one by one.
#[test]
fn scans_are_fits_one_by_one() {
    let scan = |keys: &str| found(&format!("{DIAGONAL}{FAMILY}[scan]\n{keys}")).scan.unwrap();
    let curve = scan("x = \"separation\"\nx_range = [1.5, 3.0]\npoints = 3\npanels = [2.25]\n");
    for (n, norm) in [1.5, 2.25, 3.0].into_iter().enumerate() {
        let m = norm / 2f64.sqrt();
        let alone = found(&format!("[target]\nmeans = [[{m}, {m}], [-{m}, -{m}]]\n{FAMILY}"));
        close(curve.objective[n], alone.optima[0].objective, 1e-12, "F");
        let kept = alone.optima[0].coverage.iter().fold(1.0, |least: f64, c| least.min(2.0 * c));
        close(curve.kept[n], kept, 1e-11, "mass kept");
        assert_eq!(curve.optima[n], if alone.collapsed { 2 } else { 1 });
        let saddle = alone.optima.iter().find(|fit| !fit.stable);
        close(curve.other[n].unwrap_or(0.0), saddle.map_or(0.0, |fit| fit.objective), 1e-11, "the even saddle");
    }
    close(curve.panels[0].optima[0].objective, curve.objective[1], 1e-12, "F of a panel");
    // A map: x fastest; at an angle and a weight, and the frame of the angle.
    let map = scan("x = \"angle\"\nx_range = [0.0, 30.0]\ny = \"weight\"\ny_range = [0.4, 0.5]\npoints = 2\n");
    let (sin, cos) = 30f64.to_radians().sin_cos();
    let [a, b] = [8f64.sqrt() * cos, 8f64.sqrt() * sin];
    for (n, weight) in [(1, 0.4), (3, 0.5)] {
        let rest = 1.0 - weight;
        let alone =
            found(&format!("[target]\nmeans = [[{a}, {b}], [-{a}, -{b}]]\nweights = [{weight}, {rest}]\n{FAMILY}"));
        close(map.objective[n], alone.optima[0].objective, 1e-12, "F of a map");
    }
    assert!(map.map && map.objective[0].abs() < 1e-12 && map.kept[2] > 1.0 - 1e-12, "{map:?}");
    // Critical lines are the pair's own critical norm and fold, whatever the axis on which they lie.
    let along = scan("x = \"separation\"\nx_range = [1.0, 3.0]\ny = \"angle\"\ny_range = [15.0, 45.0]\npoints = 2\n");
    // At 15 degrees 0.78 is left beside the first coordinate at |a| = 3: nothing collapses there.
    assert_eq!(along.critical[0].value, None);
    close(along.critical[1].value.unwrap(), 1.785_896_266_622_17, 1e-12, "critical norm at 45 degrees");
    let across = scan("x = \"weight\"\ny = \"separation\"\ny_range = [2.0, 2.8284271247461903]\npoints = 2\n");
    close(across.critical[1].value.unwrap(), 0.949_452_841_535, 1e-11, "fold at m = 2");
    let hot = scan("x = \"temperature\"\nx_range = [1.0, 2.0]\ny = \"separation\"\ny_range = [1.0, 3.0]\npoints = 2\n");
    assert!(hot.critical[1].value > hot.critical[0].value && hot.objective.len() == 4);
    let many = scan("x = \"dimension\"\nx_range = [2, 64]\npoints = 3\n");
    assert_eq!(many.x.values, [2.0, 11.0, 64.0]);
    let spread = many.spread.unwrap();
    for mark in &many.critical[1..] {
        // The next term is of order d^-2.
        let square = spread.norm.powi(2) + spread.slope / mark.at;
        close(mark.value.unwrap().powi(2), square, 4.0 / mark.at.powi(2), "1/d");
        assert!(mark.gaussian > mark.value);
    }
}

/// A curve of the dimension is the fits of targets of that dimension.
#[test]
fn scans_of_unequal_widths() {
    let text = |d: usize| {
        let component = |side: f64, variance: f64| {
            let mean: Vec<f64> = (0..d).map(|j| if j == 0 { 2.0 * side } else { 0.3 * side }).collect();
            format!("[[target.components]]\nweight = 0.5\nmean = {mean:?}\nvariance = {variance:?}\n")
        };
        component(-1.0, 1.0) + &component(1.0, 2.0) + FAMILY
    };
    let curve = |keys: &str| found(&format!("{}[scan]\n{keys}", text(3))).scan.unwrap();
    let many = curve("x = \"dimension\"\nx_range = [3, 12]\npoints = 3\n");
    assert_eq!(many.x.values, [3.0, 6.0, 12.0]);
    for (n, d) in [3, 6, 12].into_iter().enumerate() {
        let alone = found(&text(d));
        close(many.objective[n], alone.optima[0].objective, 1e-11, "F");
        close(
            many.kept[n],
            alone.optima[0].coverage.iter().fold(1.0, |least: f64, c| least.min(2.0 * c)),
            1e-10,
            "kept",
        );
        assert_eq!(many.optima[n], alone.optima.len() as u64);
    }
    assert!(many.critical.is_empty() && many.spread.is_none());
    let map = curve("x = \"weight\"\nx_range = [0.3, 0.5]\ny = \"temperature\"\ny_range = [1.0, 2.0]\npoints = 2\n");
    close(map.objective[1], many.objective[0], 1e-12, "the corner that is the target");
    for (keys, rule) in [
        ("", "be of one covariance where a separation or an angle is scanned"),
        ("x = \"weight\"\ny = \"angle\"\n", "be of one covariance where a separation or an angle is scanned"),
        ("x = \"weight\"\npanels = [0.4]\n", "lie in the plane where [scan] has panels"),
    ] {
        let file = config_file(&format!("{}[scan]\n{keys}", text(3)));
        let message = refused(&collapsar(&["mean-field", path(file.path())]));
        assert!(message.contains(rule), "{message}\n{keys}");
    }
    let unlike = text(3).replace("0.3, 0.3]", "0.3, 0.4]");
    let file = config_file(&format!("{unlike}[scan]\nx = \"dimension\"\n"));
    assert!(
        refused(&collapsar(&["mean-field", path(file.path())])).contains("be alike in every coordinate but the first")
    );
}

#[test]
fn refusals_of_scans_name_key_and_rule() {
    let cases = [
        ("x = \"angles\"", "scan.x", "must be one of"),
        ("x = \"angle\"\nx_range = [0, 100]", "scan.x_range", "hold angles between 0 and 90"),
        ("x = \"weight\"\nx_range = [0, 0.5]", "scan.x_range", "hold weights strictly between 0 and 1"),
        ("x_range = [1, 30]", "scan.x_range", "hold separations above 0, at most 25"),
        ("x = \"temperature\"\nx_range = [0.01, 2]", "scan.x_range", "hold temperatures between 0.05 and 1000"),
        ("x = \"dimension\"\nx_range = [1.5, 3]", "scan.x_range", "hold integers between 1 and"),
        ("x = \"temperature\"\nx_range = [1, 1000]\ny = \"separation\"", "scan.x_range", "keep |a|"),
        ("y = \"separation\"", "scan.y", "be another axis than `scan.x`"),
        ("x = \"dimension\"\ny = \"angle\"", "scan.y", "equal coordinates have one direction"),
        ("curves = [2.0]", "scan.curves", "there is no `scan.y`"),
        ("y_range = [2.0, 3.0]", "scan.y_range", "there is no `scan.y`"),
        ("y = \"angle\"\npanels = [2.0]", "scan.panels", "they are beside curves without `scan.y`"),
        ("y = \"angle\"\ncurves = [2.0]\ny_range = [0, 1]", "scan.y_range", "`scan.curves` are the values of y"),
        ("y = \"angle\"\ncurves = [1, 2, 3, 4, 5, 6, 7]", "scan.curves", "hold at most six values"),
        ("panels = [1, 2, 3, 4, 5]", "scan.panels", "hold at most four values"),
        ("x = \"dimension\"\npanels = [2.0]", "scan.panels", "the plane has two coordinates"),
        ("points = 1", "scan.points", "lie between 2 and 400"),
    ];
    for (keys, key, rule) in cases {
        let file = config_file(&format!("{DIAGONAL}{FAMILY}[scan]\n{keys}\n"));
        let message = refused(&collapsar(&["mean-field", path(file.path())]));
        assert!(message.contains(&format!("`{key}`")) && message.contains(rule), "{message}\n{keys}");
    }
    let targets = [
        ("[[1.0, 0.0], [-1.0, 0.0]]", "x = \"angle\"", "differ in another coordinate than the first"),
        ("[[1.0, 2.0], [-1.0, -2.0]]", "x = \"dimension\"", "be of equal size in every coordinate"),
        ("[[1.0], [-1.0]]", "panels = [1.0]", "lie in the plane where [scan] has panels"),
        ("[[1.0, 0.0], [-1.0, 0.0], [0.0, 2.0]]", "", "be two components of one diagonal covariance, or"),
    ];
    for (means, keys, rule) in targets {
        let file = config_file(&format!("[target]\nmeans = {means}\n{FAMILY}[scan]\n{keys}\n"));
        let message = refused(&collapsar(&["mean-field", path(file.path())]));
        assert!(message.contains("line 2: `target.means`") && message.contains(rule), "{message}\n{keys}");
    }
}
