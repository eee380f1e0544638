//! The problems, the pairs of values that are put to them, and what can not matter.

use collapsar::config::Route;

use super::Asked::{self, Verb};

/// A problem to start from.
pub type Base = (&'static str, &'static str);

pub const BASES: [Base; 10] = [
    (
        "free pair",
        "target = { means = [[3.0], [-3.0]], weights = [0.5, 0.5] }\nfamily = { preset = \"free\" }\n\
         start = { dimension = 1, scale = 1.0 }\n",
    ),
    (
        "sphere pair",
        "target = { separation = 3.0, weights = [0.8, 0.2] }\nfamily = { preset = \"paper\" }\nstart = { dimension = 64 }\n",
    ),
    (
        "mixture",
        "target = { components = [{ weight = 0.6, mean = [3.0] }, { weight = 0.4, mean = [-2.0] }] }\nfamily = { weights = [0.4, 0.6], train_weights = \"softmax\" }\n\
         start = { dimension = 1, scale = 1.0 }\nstop = { horizon = 12.0 }\n",
    ),
    (
        "starving weights",
        "target = { separation = 3.0 }\nfamily = { train_weights = \"fisher-rao\" }\n\
         start = { dimension = 40, scale = 1.0 }\nstop = { horizon = 20.0 }\n",
    ),
    (
        "given means",
        "target = { separation = 3.0, weights = [0.8, 0.2] }\nfamily = { variance = \"trained\" }\n\
         start = { means = [[1.0, 0.5, 0.2], [0.4, -0.6, 0.1]] }\n",
    ),
    (
        "normalizing flow",
        "target = { means = [[2.0, 0.0], [-2.0, 0.0]], weights = [0.5, 0.5] }\nstart = { dimension = 2 }\n\
         flow = { couplings = 2, hidden = [4] }\ntraining = { steps = 12, batch = 16, samples = 64, runs = 2, time_step = 0.2 }\n",
    ),
    (
        "trained product measure",
        "target = { means = [[1.6, 1.6], [-1.6, -1.6]], weights = [0.6, 0.4] }\nstart = { dimension = 2 }\n\
         flow = { kind = \"mean-field\" }\ntraining = { steps = 12, batch = 16, samples = 64, runs = 2, time_step = 0.2 }\n",
    ),
    (
        "product measure",
        "target = { means = [[1.7], [-1.7]], weights = [0.6, 0.4] }\nfamily = { preset = \"mean-field\" }\n",
    ),
    (
        "product measure from random starts",
        "target = { means = [[1.5, 1.5], [-1.5, -1.5]], weights = [0.55, 0.45] }\nfamily = { preset = \"mean-field\" }\n\
         start = { scale = 1.0 }\n",
    ),
    (
        "turned product measure",
        "target = { means = [[1.2, 1.2], [-1.2, -1.2]], weights = [0.6, 0.4] }\nfamily = { preset = \"mean-field\" }\n",
    ),
];

/// Who is asked about it: flows and product measures have problems of their own.
pub fn concerns(base: &str, asked: Asked) -> bool {
    match asked {
        Asked::Route(Route::RealNvp) | Verb("realnvp") => base == "normalizing flow",
        Verb("mean-field") => base == "product measure",
        Verb("solve" | "density") => ["free pair", "sphere pair", "mixture", "given means"].contains(&base),
        // Their formula is (22); what else there is about weights is put to the mixture.
        FORMULA | Verb("boundary") if base == "starving weights" => true,
        _ => ["free pair", "sphere pair", "mixture"].contains(&base),
    }
}

/// Settings that make every answer quick.
pub const QUICK: [&str; 10] = [
    "exact.tolerance=0.03",
    "montecarlo.samples=100",
    "simulation.batch=8",
    "simulation.runs=200",
    "simulation.step=0.2",
    "boundary.points=3",
    "boundary.tolerance=1e-4",
    "portrait.points=9",
    "bifurcation.points=6",
    "solve.times=[0.0, 5.0, 12.0]",
];

/// The schedule of every base.
pub const COOLED: [&str; 3] = ["schedule.kind=\"geometric\"", HOT, "schedule.duration=4"];

/// Slow enough, and by batches large enough, that descent with trained weights does not always lose a mode.
pub const SLOWLY: [&str; 5] =
    ["schedule.kind=\"geometric\"", HOT, "schedule.duration=12", "family.variance=\"slaved\"", "simulation.batch=64"];

/// A key, what else is set, and the two values that are compared.
pub type Probe = (&'static str, &'static [&'static str], [&'static str; 2]);

pub const HOT: &str = "schedule.initial_temperature=25";

pub const PROBES: &[Probe] = &[
    ("target.separation", &[], ["3.0", "3.5"]),
    ("target.means", &[], ["[[2.5, 0.0], [-2.5, 0.0]]", "[[1.5, 1.0], [-1.5, -1.0]]"]),
    ("target.means", &[], ["[[2.5], [-2.5]]", "[[3.5], [-3.5]]"]),
    ("target.weights", &[], ["[0.55, 0.45]", "[0.75, 0.25]"]),
    (
        "target.components",
        &[],
        [
            "[{ weight = 0.5, mean = [3.0] }, { weight = 0.5, mean = [-3.0] }]",
            "[{ weight = 0.5, mean = [3.0] }, { weight = 0.5, mean = [-2.0] }]",
        ],
    ),
    // Beside modes it is refused; what it does is shown in `realnvp_cli.rs`.
    ("target.density", &[], ["\"two-moons\"", "\"rings\""]),
    ("family.preset", &[], ["\"free\"", "\"paper\""]),
    ("family.criterion", &[], ["\"minority\"", "\"coverage\""]),
    ("family.weights", &[], ["[0.5, 0.5]", "[0.3, 0.7]"]),
    ("family.components", &[], ["2", "3"]),
    ("family.train_weights", &[], ["\"no\"", "\"fisher-rao\""]),
    ("family.train_weights", &SLOWLY, ["\"softmax\"", "\"fisher-rao\""]),
    ("family.means", &[], ["\"free\"", "\"sphere\""]),
    ("family.variance", &[], ["\"unit\"", "\"slaved\""]),
    ("family.variance", &[], ["\"trained\"", "\"slaved\""]),
    ("family.covariance", &["family.variance=\"own\"", "start.dimension=2"], ["\"isotropic\"", "\"full\""]),
    ("family.clock", &[], ["\"kl\"", "\"free-energy\""]),
    ("family.metric", &[], ["\"euclidean\"", "\"natural\""]),
    ("family.tempering", &[], ["\"density\"", "\"modes\""]),
    ("schedule.kind", &[HOT, "schedule.duration=4"], ["\"geometric\"", "\"quench\""]),
    ("schedule.kind", &[HOT, "schedule.duration=4"], ["\"linear-temperature\"", "\"linear-beta\""]),
    ("schedule.initial_temperature", &COOLED, ["4", "25"]),
    ("schedule.duration", &COOLED, ["2", "4"]),
    ("schedule.rate", &["schedule.kind=\"exponential\"", HOT], ["1.0", "3.0"]),
    ("schedule.exponent", &["schedule.kind=\"power\"", HOT, "schedule.duration=4"], ["0.5", "4"]),
    ("schedule.steepness", &["schedule.kind=\"sigmoid\"", HOT, "schedule.duration=4"], ["1", "60"]),
    ("schedule.levels", &["schedule.kind=\"steps\"", HOT, "schedule.duration=4"], ["1", "5"]),
    ("schedule.cycles", &["schedule.kind=\"cyclical\"", HOT, "schedule.duration=4"], ["1", "3"]),
    ("schedule.ratio", &["schedule.kind=\"cyclical\"", HOT, "schedule.duration=4"], ["0.2", "0.9"]),
    (
        "schedule.times",
        &["schedule.kind=\"table\"", "schedule.temperatures=[9.0, 8.0, 1.0]"],
        ["[0.0, 1.0, 3.0]", "[0.0, 4.0, 5.0]"],
    ),
    (
        "schedule.temperatures",
        &["schedule.kind=\"table\"", "schedule.times=[0.0, 2.0, 4.0]"],
        ["[9.0, 1.5, 1.0]", "[9.0, 12.0, 1.0]"],
    ),
    ("schedule.tau", &["schedule.kind=\"adaptive-kl\"", HOT, "schedule.interval=0.3"], ["0.8", "6"]),
    ("schedule.kappa", &["schedule.kind=\"adaptive-ess\"", HOT, "schedule.interval=0.3"], ["0.7", "0.001"]),
    ("schedule.interval", &["schedule.kind=\"adaptive-kl\"", HOT, "schedule.tau=1.5"], ["0.2", "1.0"]),
    (
        "schedule.corrected",
        &["schedule.kind=\"adaptive-ess\"", HOT, "schedule.kappa=0.4", "schedule.interval=0.3"],
        ["false", "true"],
    ),
    ("start.means", &COOLED, ["[[1.0, 0.5], [0.4, -0.6]]", "[[1.0, 0.5], [0.9, -0.6]]"]),
    ("start.dimension", &COOLED, ["30", "64"]),
    ("start.scale", &COOLED, ["0.5", "1.0"]),
    ("start.centre", &COOLED, ["[0.5]", "[1.5]"]),
    ("start.seed", &COOLED, ["1", "2"]),
    (
        "start.variance",
        &["family.variance=\"trained\"", "schedule.kind=\"quench\"", HOT, "schedule.duration=0.2"],
        ["0.1", "300"],
    ),
    ("stop.horizon", &COOLED, ["3", "14"]),
    ("stop.horizon", &COOLED, ["4.1", "25"]),
    ("optimiser.kind", &COOLED, ["\"plain\"", "\"adam\""]),
    ("optimiser.step", &["optimiser.kind=\"adam\""], ["0.01", "0.2"]),
];

/// What can not matter: who is asked, about which base (all if empty), which key (all of a section if it is one), and why.
pub const INVARIANT: &[(Asked, &str, &str, &str)] = &[
    (EXACT, "", "start.seed", NO_DRAWS),
    (FORMULA, "", "start.seed", NO_DRAWS),
    (REFINED, "", "start.seed", NO_DRAWS),
    (FORMULA, "", "stop.horizon", COLD),
    (REFINED, "", "stop.horizon", COLD),
    (FORMULA, "starving weights", "target.separation", FAR),
    (FORMULA, "starving weights", "target.weights", FAR),
    (Verb("boundary"), "starving weights", "family.tempering", LEVEL),
    (
        Asked::Route(Route::RealNvp),
        "",
        "family",
        "a flow is a family of its own; that of the section is of the routes beside",
    ),
    (Asked::Route(Route::RealNvp), "", "optimiser", "a flow is trained by Adam, as its section says"),
    (Asked::Route(Route::RealNvp), "", "start.scale", BESIDE),
    (Asked::Route(Route::RealNvp), "", "start.variance", BESIDE),
    (TRAINED, "", "start.scale", BESIDE),
    (Verb("solve"), "given means", "start.seed", NO_DRAWS),
    (Verb("density"), "given means", "start.seed", NO_DRAWS),
    (Verb("bifurcate"), "", "schedule", "equilibria are those of one temperature: T0"),
    (
        Verb("bifurcate"),
        "sphere pair",
        "family.variance",
        "at rest a trained variance is 1/beta, to leading order in 1/d",
    ),
    (Verb("boundary"), "", "start", "the boundary parts all starts"),
    (Verb("portrait"), "", "family.clock", "at constant temperature the clock is the pace along the same curves"),
    (Verb("mean-field"), "", "schedule", "slow cooling, of the plane only: its first and last temperature"),
];
pub const TRAINED: Asked = Verb("realnvp");
pub const EXACT: Asked = Asked::Route(Route::Exact);
pub const FORMULA: Asked = Asked::Route(Route::Formula);
pub const REFINED: Asked = Asked::Route(Route::Refined);
pub const MONTECARLO: Asked = Asked::Route(Route::MonteCarlo);
pub const NO_DRAWS: &str = "nothing is drawn";
pub const COLD: &str = "once it is cold the limit is decided, and noted to be what is meant";
pub const FAR: &str = "(22) holds where the modes are much closer to the origin than the means";
pub const LEVEL: &str = "modes of equal weight are level at every temperature";
pub const BESIDE: &str = "the law of means is that of the routes beside";
