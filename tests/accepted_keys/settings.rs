//! Keys that are no part of the question.

use collapsar::config::Route;

use super::Asked::{self, Verb};
use super::question::{COOLED, EXACT, FORMULA, HOT, MONTECARLO, Probe, TRAINED};

/// A search of some hundred values by a route, with what else is set.
macro_rules! search {
    ($route:literal $(, $more:literal)*) => {
        &[
            "design.wanted=0.3",
            "design.schedules=[\"geometric\"]",
            "design.verify=200",
            concat!("design.route=\"", $route, "\""),
            $($more),*
        ]
    };
}

const DESIGN: &[&str] = search!("formula");
const COUNTED: &[&str] = search!("montecarlo");
const FEW: &[&str] =
    &["design.wanted=0.3", "design.schedules=[\"geometric\"]", "design.samples=200", "design.verify=200"];
/// A search that is bounded early: the formula of the free pair is a flow about its line.
const SHORT: &[&str] = search!("formula", "design.hottest=16", "design.longest=4");
const TWICE: &[&str] = search!("formula", "design.hottest=16", "design.longest=4", "design.restarts=2");

/// Keys of other sections: each acts where it is read, about one of the bases.
pub const SETTINGS: &[(Asked, &str, Probe)] = &[
    (Verb("solve"), "given means", ("solve.times", &[], ["[0.0, 5.0]", "[0.0, 6.0]"])),
    (Verb("solve"), "given means", ("solve.engine", &[], ["\"tsit5\"", "\"diffsol\""])),
    (Verb("solve"), "given means", ("solve.relative_tolerance", &[], ["1e-10", "1e-4"])),
    (Verb("solve"), "given means", ("solve.absolute_tolerance", &["solve.relative_tolerance=1e-5"], ["1e-12", "1e-6"])),
    (Verb("density"), "given means", ("density.times", &[], ["[0.0, 5.0]", "[0.0, 6.0]"])),
    (Verb("density"), "given means", ("density.reach", &[], ["5.0", "6.0"])),
    (Verb("bifurcate"), "free pair", ("bifurcation.temperature", &[], ["1.0", "2.0"])),
    (Verb("bifurcate"), "free pair", ("bifurcation.draw", &[], ["\"branches\"", "\"phase-diagram\""])),
    (Verb("bifurcate"), "free pair", ("bifurcation.parameter", &[], ["\"temperature\"", "\"separation\""])),
    (Verb("bifurcate"), "free pair", ("bifurcation.range", &[], ["[1.0, 2.0]", "[1.0, 3.0]"])),
    (Verb("bifurcate"), "free pair", ("bifurcation.separations", &[], ["[2.0, 4.0]", "[2.0, 5.0]"])),
    (Verb("bifurcate"), "free pair", ("bifurcation.points", &[], ["5", "6"])),
    (Verb("boundary"), "free pair", ("boundary.transverse", &[], ["[0.0]", "[0.5]"])),
    (Verb("boundary"), "free pair", ("boundary.initial_temperatures", &[], ["[2.0]", "[3.0]"])),
    (
        Verb("boundary"),
        "free pair",
        ("boundary.rates", &["schedule.kind=\"exponential\"", HOT, "schedule.rate=1"], ["[1.0]", "[2.0]"]),
    ),
    (Verb("boundary"), "free pair", ("boundary.durations", &[], ["[3.0]", "[4.0]"])),
    (Verb("boundary"), "free pair", ("boundary.reach", &[], ["2.0", "3.0"])),
    (Verb("boundary"), "free pair", ("boundary.points", &[], ["3", "4"])),
    (Verb("boundary"), "free pair", ("boundary.tolerance", &[], ["1e-2", "1e-4"])),
    (Verb("design"), "sphere pair", ("design.wanted", DESIGN, ["0.1", "0.2"])),
    (Verb("design"), "sphere pair", ("design.budget", DESIGN, ["3.0", "4.0"])),
    (Verb("design"), "sphere pair", ("design.schedules", DESIGN, ["[\"geometric\"]", "[\"hold\"]"])),
    (Verb("design"), "free pair", ("design.restarts", SHORT, ["1", "\"allowed\""])),
    (Verb("design"), "free pair", ("design.relaxation", TWICE, ["1", "20"])),
    (Verb("design"), "sphere pair", ("design.route", FEW, ["\"formula\"", "\"montecarlo\""])),
    (Verb("design"), "sphere pair", ("design.samples", COUNTED, ["200", "300"])),
    (Verb("design"), "sphere pair", ("design.verify", DESIGN, ["200", "300"])),
    (Verb("design"), "sphere pair", ("design.hottest", DESIGN, ["9.0", "1e4"])),
    (Verb("design"), "sphere pair", ("design.longest", DESIGN, ["2.0", "3.0"])),
    (Verb("portrait"), "free pair", ("portrait.temperatures", &[], ["[1.0]", "[2.0]"])),
    (Verb("portrait"), "free pair", ("portrait.transverse", &[], ["0.0", "0.5"])),
    (Verb("portrait"), "free pair", ("portrait.x", &[], ["[0.0, 3.0]", "[0.0, 4.0]"])),
    (Verb("portrait"), "free pair", ("portrait.y", &[], ["[0.0, 3.0]", "[0.0, 4.0]"])),
    (Verb("portrait"), "free pair", ("portrait.points", &[], ["9", "10"])),
    (Verb("mean-field"), "turned product measure", ("rotation.start", &[], ["\"random\"", "\"principal\""])),
    (Verb("mean-field"), "turned product measure", ("rotation.restarts", &[], ["1", "2"])),
    (Verb("mean-field"), "turned product measure", ("rotation.seed", &[], ["1", "2"])),
    (Verb("mean-field"), "turned product measure", ("rotation.heat", &[], ["false", "3"])),
    (Verb("mean-field"), "turned product measure", ("schedule.initial_temperature", &COOLED, ["1.1", "30"])),
    (Verb("mean-field"), "turned product measure", ("rotation.whiten", &[], ["true", "false"])),
    (Verb("mean-field"), "turned product measure", ("scan.x", &["scan.points=3"], ["\"separation\"", "\"weight\""])),
    (Verb("mean-field"), "turned product measure", ("scan.x_range", &["scan.points=3"], ["[1, 2]", "[1, 3]"])),
    (Verb("mean-field"), "turned product measure", ("scan.y", &["scan.points=3"], ["false", "\"angle\""])),
    (
        Verb("mean-field"),
        "turned product measure",
        ("scan.y_range", &["scan.points=3", "scan.y=\"weight\""], ["[0.5, 0.6]", "[0.5, 0.7]"]),
    ),
    (
        Verb("mean-field"),
        "turned product measure",
        ("scan.curves", &["scan.points=3", "scan.y=\"weight\""], ["[0.6]", "[0.7]"]),
    ),
    (Verb("mean-field"), "turned product measure", ("scan.points", &["scan.x=\"angle\""], ["3", "4"])),
    (Verb("mean-field"), "turned product measure", ("scan.panels", &["scan.points=3"], ["[1.0]", "[2.0]"])),
    (Verb("mean-field"), "turned product measure", ("scan.turns", &["scan.points=3"], ["[1.8]", "[2.0]"])),
    (MONTECARLO, STARTS, ("family.criterion", &[], ["\"minority\"", "\"coverage\""])),
    (MONTECARLO, STARTS, ("start.scale", &[], ["1.0", "3.0"])),
    (MONTECARLO, STARTS, ("start.variance", &COOLED, ["1.0", "30.0"])),
    (MONTECARLO, STARTS, ("start.centre", &[], ["[0.0, 0.0]", "[1.0, 0.0]"])),
    (MONTECARLO, STARTS, ("start.seed", &[], ["1", "2"])),
    (MONTECARLO, STARTS, ("stop.horizon", &COOLED, ["5.0", "9.0"])),
    (MONTECARLO, STARTS, ("montecarlo.samples", &[], ["50", "60"])),
    (Asked::Route(Route::Refined), STARTS, ("schedule.duration", &COOLED, ["4", "8"])),
    (FORMULA, STARTS, ("start.variance", &COOLED, ["1.0", "30.0"])),
    (EXACT, "free pair", ("exact.tolerance", &[], ["1e-2", "1e-4"])),
    (FORMULA, "sphere pair", ("formula.alpha", &[], ["0.5", "0.7"])),
    (FORMULA, "sphere pair", ("formula.wanted", &[], ["0.1", "0.2"])),
    (MONTECARLO, "free pair", ("montecarlo.samples", &[], ["50", "60"])),
    (DESCENT, "free pair", ("simulation.batch", &[], ["4", "64"])),
    (DESCENT, "free pair", ("simulation.step", &[], ["0.05", "0.5"])),
    (DESCENT, "free pair", ("simulation.momentum", &["simulation.optimiser=\"momentum\""], ["0.3", "0.99"])),
    (DESCENT, "free pair", ("simulation.antithetic", &[], ["true", "false"])),
    (DESCENT, "sphere pair", ("simulation.variance", &[], ["\"bures-wasserstein\"", "\"log\""])),
    (DESCENT, "sphere pair", ("simulation.common", &[], ["true", "false"])),
    (DESCENT, "free pair", ("simulation.runs", &[], ["20", "30"])),
    (DESCENT, "free pair", ("simulation.optimiser", &[], ["\"plain\"", "\"adam\""])),
    (DESCENT, "free pair", ("simulation.score", &["simulation.runs=200", "simulation.batch=4"], ["true", "false"])),
    (TRAINED, FLOW, ("flow.couplings", &[], ["2", "3"])),
    (TRAINED, FLOW, ("flow.hidden", &[], ["[4]", "[6]"])),
    (TRAINED, FLOW, ("flow.activation", &[], ["\"tanh\"", "\"relu\""])),
    (TRAINED, FLOW, ("flow.batch_norm", &[], ["\"hidden\"", "\"input\""])),
    (TRAINED, FLOW, ("flow.scale_bound", &[], ["1.0", "2.0"])),
    (TRAINED, FLOW, ("flow.mask", &[], ["\"halves\"", "\"checkerboard\""])),
    (TRAINED, FLOW, ("flow.conditioner", &[], ["\"joint\"", "\"separate\""])),
    (TRAINED, FLOW, ("flow.initial", &[], ["\"identity\"", "\"uniform\""])),
    (TRAINED, FLOW, ("flow.precision", &[], ["\"single\"", "\"double\""])),
    (TRAINED, TRAINED_PRODUCT, ("flow.kind", &[], ["\"mean-field\"", "\"realnvp\""])),
    (TRAINED, TRAINED_PRODUCT, ("flow.knots", &[], ["5", "1"])),
    (TRAINED, TRAINED_PRODUCT, ("flow.rotation", &[], ["false", "true"])),
    (TRAINED, FLOW, ("langevin.chains", &["langevin.step=0.1"], ["8", "10"])),
    (TRAINED, FLOW, ("langevin.step", &["langevin.chains=8"], ["0.05", "0.1"])),
    (TRAINED, TRAINED_PRODUCT, ("flow.initial", &[], ["\"identity\"", "\"masked\""])),
    (TRAINED, FLOW, ("training.steps", &[], ["10", "12"])),
    (TRAINED, FLOW, ("training.batch", &[], ["8", "16"])),
    (TRAINED, FLOW, ("training.step_size", &[], ["1e-3", "1e-2"])),
    (TRAINED, FLOW, ("training.time_step", &[], ["0.2", "0.1"])),
    (TRAINED, FLOW, ("training.settle", &[], ["0.0", "0.5"])),
    (TRAINED, FLOW, ("training.clip", &[], ["0.1", "false"])),
    (TRAINED, FLOW, ("training.every", &[], ["2", "3"])),
    (TRAINED, FLOW, ("training.samples", &[], ["50", "60"])),
    (Asked::Route(Route::RealNvp), FLOW, ("training.runs", &[], ["1", "2"])),
    (TRAINED, FLOW, ("training.criterion", &[], ["\"spread\"", "\"coverage\""])),
    (TRAINED, FLOW, ("training.threshold", &[], ["0.2", "2.0"])),
];
pub const DESCENT: Asked = Asked::Route(Route::Simulation);
pub const STARTS: &str = "product measure from random starts";
pub const FLOW: &str = "normalizing flow";
pub const TRAINED_PRODUCT: &str = "trained product measure";
