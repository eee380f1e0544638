//! Every section and every key: what it means, what it is unless given, what it must obey.
//!
//! This is the one list of keys: what is not in it is refused, what a resolver reads must be in it, and the schema for
//! editors, the reference and the templates are made from it. Where a resolved section is its keys one by one, the
//! declaration (`section!`) gives its struct, its reading, its ranges and its defaults as well; a resolver adds what
//! concerns several keys.

mod design;
mod diagnose;
mod field;
mod grids;
mod named;
mod or_false;
mod problem;
mod range;
mod reference;
mod rotation;
mod routes;
mod scan;
mod schema;
mod template;
mod verbs;

pub use design::{DesignConfig, Restarts, ScheduleShape};
pub use diagnose::{DiagnoseConfig, FittedFamily};
pub(crate) use field::Reader;
pub use or_false::OrFalse;
pub use range::Range;
pub use reference::{IndexEntry, reference};
pub use rotation::{FrameStart, Heat, RotationConfig};
pub use routes::{
    Criterion, DescentKind, ExactConfig, FlowKeys, FlowName, FormulaConfig, LangevinConfig, MonteCarloConfig,
    OptimiserConfig, OptimiserName, Precision, SimulationConfig, StopConfig, TrainingConfig, VarianceName,
};
pub use scan::{ScanAxis, ScanConfig};
pub use schema::schema;
pub use template::template;
pub use verbs::{
    BifurcationConfig, BoundaryConfig, DensityConfig, Drawing, Engine, Parameter, PortraitConfig, SolveConfig,
};

/// A section.
#[derive(Debug, Clone, Copy)]
pub struct SectionKeys {
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub meaning: &'static str,
    /// Its keys; empty where they are names of the user's choice.
    pub keys: &'static [Key],
    /// Whether other keys are taken too: keys of other sections, or names.
    pub open: bool,
}

/// A key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Its name.
    pub name: &'static str,
    /// What its value is.
    pub kind: KeyKind,
    /// The value unless given: in TOML where it is a value, in words where it is not.
    pub default: &'static str,
    /// What the value must obey.
    pub rule: &'static str,
    /// What it means.
    pub meaning: &'static str,
}

/// What a value is.
#[derive(Debug, Clone, Copy)]
pub enum KeyKind {
    /// A finite number.
    Number,
    /// An integer that is not negative.
    Integer,
    /// true or false.
    Flag,
    /// A text.
    Text,
    /// One of these words.
    Word(fn() -> Vec<&'static str>),
    /// One of these words, or false.
    WordOrFalse(fn() -> Vec<&'static str>),
    /// An integer, or one of these words.
    IntegerOrWord(fn() -> Vec<&'static str>),
    /// A number, or false.
    NumberOrFalse,
    /// A number, or a list of numbers.
    NumberOrNumbers,
    /// A number, true or false.
    NumberOrFlag,
    /// A list of numbers.
    Numbers,
    /// A list of texts.
    Texts,
    /// A list of these words.
    Words(fn() -> Vec<&'static str>),
    /// A list of lists of numbers.
    Vectors,
    /// A list of tables with these keys.
    Tables(&'static [Key]),
}

/// A key of a section.
pub(super) const fn key(
    name: &'static str,
    kind: KeyKind,
    default: &'static str,
    rule: &'static str,
    meaning: &'static str,
) -> Key {
    Key { name, kind, default, rule, meaning }
}

const fn section(name: &'static str, meaning: &'static str, keys: &'static [Key]) -> SectionKeys {
    SectionKeys { name, meaning, keys, open: false }
}

const fn open(name: &'static str, meaning: &'static str, keys: &'static [Key]) -> SectionKeys {
    SectionKeys { name, meaning, keys, open: true }
}

/// The words of a table of named values.
pub(super) fn words<T>(table: &[(&'static str, T)]) -> Vec<&'static str> {
    table.iter().map(|(name, _)| *name).collect()
}

/// Every section, in the order of the reference.
pub const SECTIONS: [SectionKeys; 27] = [
    section("target", "p(x) = Σ v_k N(x; ν_k, I), or any Gaussian mixture where a verb takes it", problem::TARGET),
    section("family", "q(x) = Σ w_i N(x; μ_i, var I), or a product of densities of one coordinate", problem::FAMILY),
    section("schedule", "T(t) = 1/β(t), from T0 to 1; constant at T = 1 unless given", problem::SCHEDULE),
    section("start", "μ_i at t = 0: given, or drawn from a law", problem::START),
    section("stop", "when runs are classified", routes::STOP),
    section("optimiser", "what descends: whose flow it is", routes::OPTIMISER),
    section("solve", "the integration of a run", verbs::SOLVE),
    section("density", "the moments of a run that are shown", verbs::DENSITY),
    section("bifurcation", "equilibria, branches and critical curves of a pair", verbs::BIFURCATION),
    section("boundary", "the curves of the collapse boundary", verbs::BOUNDARY),
    section("portrait", "phase portraits of the free pair", verbs::PORTRAIT),
    section(
        "rotation",
        "x = c + R y with a product measure of y and R free, if this section is given",
        rotation::ROTATION,
    ),
    section(
        "scan",
        "curves and maps of the products of the given coordinates for two components of diagonal covariances, if this \
         section is given; where these differ, in three dimensions and more, along weight, temperature and dimension",
        scan::SCAN,
    ),
    section("exact", "the route `exact` to P_c", routes::EXACT),
    section("formula", "the routes `formula` and `refined` to P_c", routes::FORMULA),
    section("montecarlo", "the route `montecarlo` to P_c", routes::MONTECARLO),
    section(
        "simulation",
        "the route `simulation`: stochastic descent, run if this section is given",
        routes::SIMULATION,
    ),
    section("design", "which schedule is looked for", design::DESIGN),
    section(
        "diagnose",
        "runs that somebody else made: how they are read, and what counts as collapse",
        diagnose::DIAGNOSE,
    ),
    section("flow", "a RealNVP or a product measure; its dimension is that of the start", routes::FLOW),
    section("training", "Adam on F_β", routes::TRAINING),
    section(
        "langevin",
        "Langevin Monte Carlo beside a flow, with as many gradients as its training takes and the same temperatures, if this \
         section is given",
        routes::LANGEVIN,
    ),
    open(
        "compare",
        "variants of one problem: label = [overrides as for --set], applied after those of the command line; the label is \
         the title of its panels (`*T*_0` is set as a symbol)",
        &[],
    ),
    open(
        "sweep",
        "a grid over keys `section.key`, at most 10^6 points, the last axis fastest: a list, or { from, to, points, scale = \
         \"log\", integers = true }; \"a.b, c.d\" with lists of lists changes several keys together; a section with a list of \
         tables takes variants, named by `label`",
        grids::SWEEP,
    ),
    open("plot", "`[plot.NAME]`: the figure STEM-NAME of a grid", grids::PLOT),
    section("published", "counts from elsewhere, beside which a grid is drawn and judged", grids::PUBLISHED),
    section("experiment", "how `reproduce` runs the configuration, and what it must find", grids::EXPERIMENT),
];

/// The sections that a verb reads.
pub const READ: [(&str, &[&str]); 11] = [
    ("solve", &["target", "family", "schedule", "start", "optimiser", "solve", "compare"]),
    ("bifurcate", &["target", "family", "schedule", "optimiser", "bifurcation"]),
    ("probability", PROBABILITY),
    ("design", DESIGN),
    ("boundary", &["target", "family", "schedule", "start", "stop", "optimiser", "boundary"]),
    ("sweep", SWEEP),
    ("density", &["target", "family", "schedule", "start", "optimiser", "solve", "density", "compare"]),
    ("portrait", &["target", "family", "optimiser", "portrait"]),
    ("realnvp", &["target", "schedule", "start", "flow", "training", "langevin", "density", "compare"]),
    ("mean-field", &["target", "family", "schedule", "rotation", "scan"]),
    ("diagnose", &["diagnose"]),
];

/// What designs a schedule, what the question is made of, and what is about a grid of questions.
const QUESTIONS: &[&str] = &[
    "design",
    "target",
    "family",
    "schedule",
    "start",
    "stop",
    "optimiser",
    "exact",
    "formula",
    "montecarlo",
    "simulation",
    "flow",
    "training",
    "sweep",
    "plot",
    "published",
];
const DESIGN: &[&str] = QUESTIONS.split_at(QUESTIONS.len() - 3).0;
const SWEEP: &[&str] = QUESTIONS.split_at(1).1;
const PROBABILITY: &[&str] = DESIGN.split_at(1).1;

/// Whether a key is declared where it is read: in a section, or in the tables of a key, "section.key". Where nothing is
/// declared the names are of the user's choice.
pub(crate) fn declares(place: &str, name: &str) -> bool {
    let keys = keys_of(place);
    keys.is_empty() || keys.iter().any(|key| key.name == name)
}

/// The keys of a section, or of the tables of a key, "section.key".
pub(crate) fn keys_of(place: &str) -> &'static [Key] {
    let Some((section, key)) = place.split_once('.') else {
        return section_named(place).map_or(&[], |section| section.keys);
    };
    match section_named(section).and_then(|section| section.key(key)).map(|key| key.kind) {
        Some(KeyKind::Tables(keys)) => keys,
        _ => &[],
    }
}

/// The section of that name.
pub fn section_named(name: &str) -> Option<&'static SectionKeys> {
    SECTIONS.iter().find(|section| section.name == name)
}

impl SectionKeys {
    /// The key of that name.
    pub(crate) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// The names of its keys.
    pub(crate) fn names(&self) -> Vec<&'static str> {
        self.keys.iter().map(|key| key.name).collect()
    }
}

impl Key {
    /// Whether the default is a value in TOML, not a description of one.
    pub(crate) fn has_value(&self) -> bool {
        toml::de::DeValue::parse(self.default).is_ok()
    }
}
