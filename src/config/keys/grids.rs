//! The keys of grids, figures and experiments.

use crate::config::experiment::VERBS;
use crate::config::keys::{Key, KeyKind, key, words};
use crate::config::plot::{AXES, KINDS};
use crate::config::route::{Route, Source};
use KeyKind::{Flag, Integer, Number, Numbers, Tables, Text, Texts, Vectors, Word, Words};

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
        "what is drawn: P_c along `x`, over `x` and `y`, in powers of `x`, exact against counted, how modes are lost, the modes \
         that runs keep along `x`, KL(q||p) of flows along `x`",
    ),
    key("x", Text, "", "a key of the grid, or \"rate\": ln(T0)/t0 or κ", "the abscissa"),
    key("y", Text, "", "the same; maps need it", "the ordinate"),
    key("log", Words(|| AXES.to_vec()), "[]", "", "logarithmic axes"),
    key("show", Words(|| Source::all().map(Source::name).collect()), "all", "", "what is drawn"),
    key("slopes", Numbers, "[]", "one for each curve; scaling", "slopes that theory predicts"),
    key("fit", Numbers, "all", "two ends; scaling", "the abscissae that are fitted"),
    key(
        "levels",
        Numbers,
        "0.1, 0.25, 0.5, 0.75, 0.9",
        "between 0 and 1; maps",
        "lines of equal P_c; where they are given the colours end at the largest P_c",
    ),
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
    key("row", Text, "", "sweep", "the name of its target in the report's table of targets"),
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
