//! The keys of problems and of what is done with one.

use collapsar_theory::ScheduleKind;

use crate::config::bifurcation::{DRAWINGS, PARAMETERS};
use crate::config::family::{CLOCKS, MEANS, METRICS, TEMPERINGS, VARIANCES, WEIGHTS};
use crate::config::keys::{Key, Kind, key, words};
use crate::config::resolve::{ENGINES, PRESETS};
use Kind::{Integer, Number, Numbers, Vectors, Word};

pub(super) const TARGET: &[Key] = &[
    key("separation", Number, "", "≥ 0; this or `means`", "R or ρ: two modes at ±separation along the first axis"),
    key("means", Vectors, "", "one length, at most d (then padded with zeros)", "the modes ν_k, one list each"),
    key("weights", Numbers, "equal", "one for each mode, none negative, sum 1 within 1e-6", "v_k"),
];

pub(super) const FAMILY: &[Key] = &[
    key("preset", Word(|| words(&PRESETS)), "\"free\"", "keys below override it", "the six choices below"),
    key(
        "weights",
        Numbers,
        "equal; two components if the start is a law",
        "as for the target, one for each component",
        "w_i at t = 0",
    ),
    key("components", Integer, "", "1 to 256; this or `weights`", "K components of equal weight"),
    key(
        "train_weights",
        Word(|| words(&WEIGHTS)),
        "\"no\"",
        "",
        "whether weights move: fixed, Fisher-Rao (replicator), Euclidean in the logits",
    ),
    key(
        "means",
        Word(|| words(&MEANS)),
        "paper: sphere, free: free",
        "a sphere needs modes of one positive norm",
        "free, or at the norm of the modes",
    ),
    key("variance", Word(|| words(&VARIANCES)), "paper: trained, free: unit", "", "1, T, or trained"),
    key("clock", Word(|| words(&CLOCKS)), "paper: free-energy, free: kl", "", "the flow of F_β, or of F_β/β"),
    key("metric", Word(|| words(&METRICS)), "\"euclidean\"", "", "each mean moves with factor w_i, or 1"),
    key(
        "tempering",
        Word(|| words(&TEMPERINGS)),
        "\"density\"",
        "pairs: density",
        "p^β, which also levels the weights of the modes, or (Σ v_k^T N_k)^β, whose separate modes keep them",
    ),
];

pub(super) const SCHEDULE: &[Key] = &[
    key(
        "kind",
        Word(|| ScheduleKind::ALL.map(ScheduleKind::name).to_vec()),
        "",
        "needed as soon as another key of the section is given",
        "the shape: formulas in theory/README.md",
    ),
    key("initial_temperature", Number, "constant: 1", "0.01 to 1e12; not for tables", "T0"),
    key("duration", Number, "", "> 0; not constant, exponential, table", "t0, when T reaches 1"),
    key("rate", Number, "", "> 0; exponential", "κ in T = 1 + (T0 - 1) exp(-κ t)"),
    key(
        "exponent",
        Number,
        "power: 2",
        "at least 0.1 in absolute value; power",
        "p in T = T0 (1 + t/τ)^(-p), τ such that T(t0) = 1",
    ),
    key("steepness", Number, "sigmoid: 12", "0.1 to 1000; sigmoid", "slope s of the logistic function of t/t0"),
    key("levels", Integer, "steps: 8", "1 to 10000; steps", "plateaus, T0^(1 - j/levels) on the j-th"),
    key("cycles", Integer, "cyclical: 4", "1 to 10000; cyclical", "times that β rises from 1/T0 to 1"),
    key("ratio", Number, "cyclical: 0.5", "> 0, at most 1; cyclical", "share of a cycle over which β rises"),
    key(
        "times",
        Numbers,
        "",
        "≥ 0, increasing; one above 0 given twice is a jump; table",
        "T is linear between these points, constant outside",
    ),
    key("temperatures", Numbers, "", "0.01 to 1e12, one for each time; table", "T at them"),
];

pub(super) const START: &[Key] = &[
    key(
        "means",
        Vectors,
        "",
        "one for each component; on the sphere scaled to it, so none at the origin",
        "explicit means, one list each",
    ),
    key(
        "dimension",
        Integer,
        "",
        "≥ 1, at least that of the modes; this or `means`",
        "d of a random start: uniform on the sphere, or N(0, scale² I)",
    ),
    key("scale", Number, "1 beside a flow", "> 0; random start of free means only", "σ of free means"),
    key(
        "centre",
        Numbers,
        "the origin",
        "at most d numbers (then padded with zeros); random start of free means only",
        "c of N(c, scale² I); coordinates are then counted from it",
    ),
    key("seed", Integer, "1", "", "seed of a random start; a grid mixes it with what the problem is"),
    key("variance", Number, "T0", "> 0; trained variance only", "var at t = 0"),
];

pub(super) const STOP: &[Key] = &[key(
    "horizon",
    Number,
    "in the limit",
    "> 0; not the exact route; `boundary` with trained weights needs it",
    "classify at this time",
)];

pub(super) const SOLVE: &[Key] = &[
    key("times", Numbers, "61 times from 0 to 30 units after cooling", "≥ 0, increasing", "where to report"),
    key(
        "engine",
        Word(|| words(&ENGINES)),
        "\"tsit5\"",
        "tsit5: at most 256 unknowns",
        "own method, or diffsol's explicit one",
    ),
    key("relative_tolerance", Number, "1e-10", "1e-14 to 1e-2", "of each step"),
    key("absolute_tolerance", Number, "1e-12", "1e-14 to 1e-2", "of each step"),
    key("max_steps", Integer, "1000000", "≥ 1", "step limit"),
];

pub(super) const DENSITY: &[Key] = &[
    key("times", Numbers, "four over the reported times", "≥ 0, increasing, one to eight", "the moments shown"),
    key(
        "reach",
        Number,
        "all modes and means with 3.2 standard deviations",
        "> 0",
        "the axes run over ± this around the middle of the modes",
    ),
];

pub(super) const BIFURCATION: &[Key] = &[
    key("temperature", Number, "the schedule's T0", "> 0", "T of the equilibria and of the critical separation"),
    key("parameter", Word(|| words(&PARAMETERS)), "\"temperature\"", "", "what the branches run in"),
    key("range", Numbers, "around the critical point", "two, positive, rising", "the two ends of the parameter"),
    key("draw", Word(|| words(&DRAWINGS)), "\"branches\"", "", "what the figure shows"),
    key(
        "separations",
        Numbers,
        "the critical one at T = 1, and 6",
        "two, rising, at most 25",
        "the two ends of the critical curve",
    ),
    key("points", Integer, "120", "2 to 10000", "points of the critical curve"),
];

pub(super) const BOUNDARY: &[Key] = &[
    key("transverse", Numbers, "[0.0]", "at least one", "curves at these z (free pair) or s (sphere pair)"),
    key(
        "initial_temperatures",
        Numbers,
        "[]",
        "≥ 1; not for tables",
        "one curve for each of these T0 in place of the schedule's",
    ),
    key("rates", Numbers, "[]", "> 0; exponential, T0 > 1", "one curve for each of these κ"),
    key("durations", Numbers, "[]", "> 0; geometric, T0 > 1", "one curve for each of these t0"),
    key(
        "reach",
        Number,
        "separation + 1, or half of what the sphere allows",
        "> 0",
        "x runs to this, or m_1 + m_2 over ± this",
    ),
    key("points", Integer, "60", "2 to 10000", "points of a curve"),
    key("width", Number, "1e-10", "1e-13 to 1e-2", "width of each bracket"),
];

pub(super) const PORTRAIT: &[Key] = &[
    key("temperatures", Numbers, "[1.0]", "≥ 1, one to four", "a panel at each of these constant T"),
    key("transverse", Number, "0.0", "≥ 0", "z of the slice"),
    key("x", Numbers, "0 to 1.2 separations", "two, rising", "ends of the x axis"),
    key("y", Numbers, "0 to 1.2 separations", "two, rising", "ends of the y axis"),
    key("points", Integer, "121", "8 to 1000", "nodes of the grid along each axis"),
];
