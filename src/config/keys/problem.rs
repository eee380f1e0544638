//! The keys of a problem. What they resolve to is not theirs one by one: presets, kinds and the start decide together.

use collapsar_theory::{BenchmarkKind, ScheduleKind};

use crate::config::family::{CLOCKS, CRITERIA, MEANS, METRICS, PRESETS, SHAPES, TEMPERINGS, VARIANCES, WEIGHTS};
use crate::config::keys::{Key, KeyKind, key, words};
use KeyKind::{Flag, Integer, Number, NumberOrNumbers, Numbers, Tables, Vectors, Word};

pub(super) const TARGET: &[Key] = &[
    key("separation", Number, "", "≥ 0; this or `means`", "R or ρ: two modes at ±separation along the first axis"),
    key("means", Vectors, "", "one length, at most d (then padded with zeros)", "the modes ν_k, one list each"),
    key("weights", Numbers, "equal", "one for each mode, none negative, sum 1 within 1e-6", "v_k"),
    key(
        "components",
        Tables(COMPONENT),
        "",
        "each [[target.components]]; in place of the keys above; covariances other than I: solve, probability, sweep, design, \
         realnvp, mean-field",
        "weight, mean and covariance of each component",
    ),
    key(
        "density",
        Word(|| BenchmarkKind::ALL.map(BenchmarkKind::name).to_vec()),
        "",
        "in place of the keys above; flows only: realnvp, and probability and sweep by the route realnvp",
        "a density that is no mixture, in start.dimension dimensions (moons and rings: 2)",
    ),
];

const COMPONENT: &[Key] = &[
    key("weight", Number, "", "> 0; all sum to 1 within 1e-6", "v_k"),
    key("mean", Numbers, "", "within 1e9, one length", "μ_k"),
    key("variance", Number, "1", "> 0, at most 1e9", "Σ_k = variance I"),
    key("variances", Numbers, "", "> 0, at most 1e9; one for each coordinate", "Σ_k diagonal"),
    key("covariance", Vectors, "", "symmetric, positive definite, at most 1000 rows", "Σ_k row by row"),
];

pub(super) const FAMILY: &[Key] = &[
    key(
        "preset",
        Word(|| words(&PRESETS)),
        "\"free\"",
        "keys below override it; mean-field has none of them",
        "the six choices below, or product measures",
    ),
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
    key(
        "variance",
        Word(|| words(&VARIANCES)),
        "paper: trained, free: unit",
        "own: solve, probability, sweep, design; free means",
        "1, T, one trained for all components, or each component's own",
    ),
    key(
        "covariance",
        Word(|| words(&SHAPES)),
        "\"isotropic\"",
        "full: where variance = \"own\" may be, which it implies; beyond d = 3 where modes have variances and span at most 3 directions \
         with the means, else the simulation route alone",
        "whether each component's own variance is a number, or a matrix Σ_i that starts as var I",
    ),
    key("clock", Word(|| words(&CLOCKS)), "paper: free-energy, free: kl", "", "the flow of F_β, or of F_β/β"),
    key("metric", Word(|| words(&METRICS)), "\"euclidean\"", "", "each mean moves with factor w_i, or 1"),
    key(
        "tempering",
        Word(|| words(&TEMPERINGS)),
        "\"density\"",
        "pairs: density",
        "p^β, which also levels the weights of the modes, or (Σ v_k^T N_k)^β, whose separate modes keep them",
    ),
    key(
        "criterion",
        Word(|| words(&CRITERIA)),
        "minority where one mode is the heaviest, else coverage",
        "mean-field, in probability and sweep",
        "what a run is counted for: it loses the heaviest mode (C_k/v_k < 1/2), or any mode",
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
    key("tau", Number, "", "> 0; adaptive-kl", "τ in dβ = τ/sqrt(Var_q[log p])"),
    key("kappa", Number, "", "> 0, < 1; adaptive-ess", "relative effective sample size that a change of β keeps"),
    key("interval", Number, "adaptive: 0.5", "> 0; adaptive", "time between changes of β"),
    key(
        "corrected",
        Flag,
        "adaptive-ess: false",
        "adaptive-ess, where samples are drawn: simulation, realnvp",
        "whether samples of q are weighed by p^β/q instead of the change of p^β alone",
    ),
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
    key(
        "variance",
        NumberOrNumbers,
        "T0",
        "> 0; trained variance only; a list, one for each component, where each has its own",
        "var at t = 0",
    ),
];
