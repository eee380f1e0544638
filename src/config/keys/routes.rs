//! The keys of routes, grids, figures and experiments.

use crate::config::experiment::VERBS;
use crate::config::flow::{ACTIVATIONS, BATCH_NORMS, CONDITIONERS, CRITERIA, INITIALS, MASKS, PRECISIONS};
use crate::config::keys::{Key, Kind, key, words};
use crate::config::plot::{AXES, KINDS};
use crate::config::probability::OPTIMISERS;
use crate::config::route::{Route, Source};
use Kind::{Flag, Integer, Number, NumberOrFalse, Numbers, Tables, Text, Texts, Vectors, Word, WordOrFalse, Words};

pub(super) const EXACT: &[Key] = &[key("tolerance", Number, "1e-6", "1e-9 to 0.1", "absolute tolerance of P_c")];

pub(super) const FORMULA: &[Key] = &[
    key("alpha", Number, "computed", "> 0", "α of theory (9)"),
    key("wanted", Number, "none", "between 0 and 1", "the P_c for which a geometric schedule is wanted"),
];

pub(super) const MONTECARLO: &[Key] = &[key("samples", Integer, "100000", "1 to 1e12", "draws of the ensemble")];

pub(super) const SIMULATION: &[Key] = &[
    key("batch", Integer, "8192", "1 to 2^32", "samples of q per step"),
    key("step", Number, "0.05", "> 0", "time per step"),
    key("runs", Integer, "100", "1 to 2^32", "runs"),
    key("optimiser", Word(|| words(&OPTIMISERS)), "\"plain\"", "", "how a gradient becomes a step"),
    key("score", Flag, "true", "", "whether log q is differentiated in its own parameters too"),
];

pub(super) const FLOW: &[Key] = &[
    key("couplings", Integer, "8", "1 to 256", "number of couplings"),
    key("hidden", Numbers, "[64, 64]", "1 to 65536, each an integer", "widths of the hidden layers of each network"),
    key("activation", Word(|| words(&ACTIVATIONS)), "\"tanh\"", "", "nonlinearity of the hidden layers"),
    key(
        "batch_norm",
        WordOrFalse(|| words(&BATCH_NORMS)),
        "false",
        "",
        "what is normalised over the batch: the input of each network, or each hidden layer",
    ),
    key("scale_bound", Number, "2.0", "> 0, at most 20", "bound of the log-scales"),
    key("mask", Word(|| words(&MASKS)), "\"halves\"", "", "which coordinates a coupling keeps"),
    key("conditioner", Word(|| words(&CONDITIONERS)), "\"joint\"", "", "one network for scale and shift, or two"),
    key(
        "initial",
        Word(|| words(&INITIALS)),
        "\"identity\"",
        "",
        "last layers zero, PyTorch's linear layers, or the same on masked points",
    ),
    key("precision", Word(|| words(&PRECISIONS)), "\"single\"", "", "the number type"),
];

pub(super) const TRAINING: &[Key] = &[
    key("steps", Integer, "2000", "1 to 2^40", "steps"),
    key("batch", Integer, "256", "2 to 2^24", "base points of each"),
    key("step_size", Number, "1e-3", "> 0", "learning rate of Adam"),
    key("time_step", Number, "step_size", "> 0", "time of the schedule that passes in a step"),
    key("settle", Number, "0.0", "0 to 1", "share of the steps over which the learning rate falls to 0 at the end"),
    key("clip", NumberOrFalse, "10.0", "> 0", "longest gradient"),
    key("every", Integer, "20", "≥ 1", "steps between recorded ones"),
    key("samples", Integer, "20000", "2 to 2^28", "samples of the evaluation"),
    key("runs", Integer, "50", "1 to 2^20", "seeds of a point of a grid: seed, seed + 1, ..."),
    key(
        "criterion",
        Word(|| words(&CRITERIA)),
        "spread; coverage unless there are two modes",
        "",
        "collapsed: a spread along the axis of two modes below the threshold, or a mode with C_k/v_k < 1/2",
    ),
    key(
        "threshold",
        Number,
        "half way between 1 and the target's spread",
        "> 0; criterion spread",
        "the spread below which a flow is collapsed",
    ),
];

pub(super) const SWEEP: &[Key] = &[key(
    "routes",
    Words(|| Route::ALL.map(Route::name).to_vec()),
    "all that exist",
    "",
    "the routes to P_c that are taken",
)];

pub(super) const PLOT: &[Key] = &[
    key(
        "kind",
        Word(|| words(&KINDS)),
        "",
        "needed",
        "what is drawn: P_c along `x`, over `x` and `y`, in powers of `x`, exact against counted, how modes are lost",
    ),
    key("x", Text, "", "a key of the grid, or \"rate\": ln(T0)/t0 or κ", "the abscissa"),
    key("y", Text, "", "the same; maps need it", "the ordinate"),
    key("log", Words(|| AXES.to_vec()), "[]", "", "logarithmic axes"),
    key("show", Words(|| Source::all().map(Source::name).collect()), "all", "", "what is drawn"),
    key("slopes", Numbers, "[]", "one for each curve; scaling", "slopes that theory predicts"),
    key("fit", Numbers, "all", "two ends; scaling", "the abscissae that are fitted"),
    key("title", Text, "NAME", "", "title in the report"),
    key("caption", Text, "\"\"", "", "what to see"),
];

pub(super) const PUBLISHED: &[Key] = &[
    key("source", Text, "", "needed", "who counted"),
    key("keys", Texts, "", "needed", "the keys of the grid that tell the cells"),
    key("cells", Vectors, "", "needed", "for each cell a value for each key, runs, collapsed runs"),
];

pub(super) const EXPERIMENT: &[Key] = &[
    key("verb", Word(|| words(&VERBS)), "", "needed", "what runs the configuration"),
    key("order", Integer, "1000", "", "its place in the report"),
    key("title", Text, "", "needed", "title in the report"),
    key("caption", Text, "", "needed", "what to see in its figure"),
    key("quick", Texts, "[]", "", "overrides of `reproduce --quick`"),
    key("seconds", Number, "1", "> 0", "about how long it takes on two cores: `reproduce` tells the time left by it"),
    key(
        "checks",
        Tables(CHECKS),
        "[]",
        "",
        "claims about the record: `claim`, `value` (a JSON pointer into it), `equals` with `tolerance`, `at_least` or \
         `at_most`, `full`",
    ),
];

const CHECKS: &[Key] = &[
    key("claim", Text, "", "needed", "the claim in words"),
    key("value", Text, "", "needed", "where the number stands in the record: a JSON pointer"),
    key("equals", Number, "", "one of `equals`, `at_least`, `at_most`", "what it is, within `tolerance`"),
    key("tolerance", Number, "", "beside `equals`", "how far it may be off"),
    key("at_least", Number, "", "", "its least value"),
    key("at_most", Number, "", "", "its greatest value"),
    key("full", Flag, "false", "", "whether the claim only holds at full size"),
];
