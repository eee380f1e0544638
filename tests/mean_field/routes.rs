//! One target by two routes: scalar sums, grids in the plane and in space, averages over points.

use collapsar::results::ProductRoute;

use crate::{FAMILY, close, found};

/// The route of the plane on a target that the scalar sum takes as well, at another temperature.
#[test]
fn two_routes_agree() {
    let sum = found(&format!(
        "[target]\nmeans = [[1.4, 0.9], [-1.4, -0.9]]\nweights = [0.6, 0.4]\n{FAMILY}[schedule]\nkind = \"constant\"\n\
         initial_temperature = 1.3\n"
    ));
    // A third component of no weight to speak of makes it no pair.
    let plane = found(&format!(
        "[target]\nmeans = [[1.4, 0.9], [-1.4, -0.9], [-1.4, -0.9]]\nweights = [0.6, 0.2, 0.2]\n{FAMILY}[schedule]\n\
         kind = \"constant\"\ninitial_temperature = 1.3\n"
    ));
    assert_eq!((sum.route, plane.route), (ProductRoute::ScalarSum, ProductRoute::Plane));
    for (a, b) in sum.optima.iter().filter(|f| f.stable).zip(plane.optima.iter().filter(|f| f.stable)) {
        close(b.objective, a.objective, 1e-11, "F");
        close(b.coverage[0], a.coverage[0], 1e-11, "coverage");
        close(b.mean[1], a.mean[1], 1e-11, "mean");
    }
}

/// Modes of unequal widths in three dimensions, of which the third tells nothing: those of the plane.
#[test]
fn unequal_widths_by_the_sum_and_in_the_plane() {
    let [v, temperature] = [0.49, 1.3];
    let text = |third: bool, temperature: f64| {
        let with = |name: &str, values: [f64; 2], last: f64| {
            if third {
                format!("{name} = [{}, {}, {last}]\n", values[0], values[1])
            } else {
                format!("{name} = {values:?}\n")
            }
        };
        let component = |weight: f64, mean: [f64; 2], variances: [f64; 2]| {
            let (mean, variances) = (with("mean", mean, 4.0), with("variances", variances, v));
            format!("[[target.components]]\nweight = {weight}\n{mean}{variances}")
        };
        let schedule = format!("[schedule]\nkind = \"constant\"\ninitial_temperature = {temperature}\n");
        component(0.6, [-1.0, 3.0], [0.7, 2.0]) + &component(0.4, [3.0, 1.5], [1.4, 0.5]) + FAMILY + &schedule
    };
    for temperature in [1.0, temperature] {
        let (sum, plane) = (found(&text(true, temperature)), found(&text(false, temperature)));
        assert_eq!((sum.route, plane.route), (ProductRoute::ScalarSum, ProductRoute::Plane));
        let beta = 1.0 / temperature;
        // E_q[log q - beta log N(x; 4, v)] of q = N(4, v T).
        let third = 0.5 * ((beta - 1.0) * (std::f64::consts::TAU * v).ln() + beta.ln());
        assert_eq!(sum.optima.len(), plane.optima.iter().filter(|fit| fit.stable).count());
        for (a, b) in sum.optima.iter().zip(plane.optima.iter().filter(|fit| fit.stable)) {
            close(a.objective, b.objective + third, 1e-11, "F");
            close(a.coverage[0], b.coverage[0], 1e-11, "coverage");
            (0..2).for_each(|j| close(a.mean[j], b.mean[j], 1e-10, "mean"));
            (0..2).for_each(|j| close(a.variance[j], b.variance[j], 1e-10, "variance"));
            close(a.mean[2], 4.0, 1e-12, "a coordinate in which the modes agree");
            close(a.variance[2], v * temperature, 1e-12, "its variance");
            assert_eq!((&a.from, a.error), (&b.from, None));
        }
    }
}

/// Three modes in space, of which the third coordinate tells nothing: the grid has what the plane has.
#[test]
fn modes_in_space_by_the_grid_and_in_the_plane() {
    let text = |deep: bool| {
        let last = if deep { ", 1.5" } else { "" };
        let modes = [[-2.0, -1.0], [2.0, -0.5], [-0.5, 2.2]];
        let of = |[x, y]: [f64; 2]| format!("[{x:?}, {y:?}{last}]");
        let means = modes.map(of).join(", ");
        format!("[target]\nmeans = [{means}]\nweights = [0.4, 0.35, 0.25]\n{FAMILY}")
    };
    let (space, plane) = (found(&text(true)), found(&text(false)));
    assert_eq!((space.route, plane.route), (ProductRoute::Space, ProductRoute::Plane));
    assert_eq!((space.optima.len(), &space.lost), (plane.optima.len(), &plane.lost));
    for (a, b) in space.optima.iter().zip(&plane.optima) {
        close(a.objective, b.objective, 1e-11, "F");
        (0..3).for_each(|k| close(a.coverage[k], b.coverage[k], 1e-10, "coverage"));
        close(a.mean[2], 1.5, 1e-11, "a coordinate in which the modes agree");
        assert_eq!((&a.from, a.error), (&b.from, None));
    }
}

/// Beyond three dimensions any mixture is fitted by sampling: against the plane, beside coordinates that have nothing to do with it.
#[test]
fn sampled_fits_agree_with_the_plane() {
    let targets = |third: &str, covariance: [&str; 2]| {
        format!(
            "[[target.components]]\nweight = 0.35\nmean = [-2.0, -1.0{third}]\ncovariance = {}\n[[target.components]]\n\
             weight = 0.65\nmean = [2.0, 1.5{third}]\ncovariance = {}\n{FAMILY}",
            covariance[0], covariance[1]
        )
    };
    let flat = found(&targets("", ["[[1.0, 0.3], [0.3, 0.4]]", "[[0.5, -0.2], [-0.2, 1.2]]"]));
    let beside = [
        "[[1.0, 0.3, 0.0, 0.0], [0.3, 0.4, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]",
        "[[0.5, -0.2, 0.0, 0.0], [-0.2, 1.2, 0.0, 0.0], [0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0]]",
    ];
    let solid = found(&targets(", 0.5, 0.0", beside));
    assert_eq!((flat.route, solid.route), (ProductRoute::Plane, ProductRoute::Sampled));
    assert_eq!(solid.optima.len(), 2);
    for (exact, sampled) in flat.optima.iter().zip(&solid.optima) {
        assert_eq!(exact.from, sampled.from);
        close(sampled.objective, exact.objective, 6e-3, "F");
        close(sampled.coverage[0], exact.coverage[0], 2e-3, "coverage");
        close(sampled.mean[2], 0.5, 1e-9, "the third coordinate");
    }
}
