//! What a problem is, as a text, and the seed of its random draws.

use crate::family::{Clock, Family, MeanSpace, Metric, Tempering, VarianceRule, WeightRule};
use crate::problem::Problem;
use crate::schedule::{Schedule, ScheduleKind};
use crate::shape::{Covariance, ShapedProblem};
use crate::start::{Start, StartLaw};

/// The version of the text: another one renews every count.
const VERSION: &str = "collapsar-seed-1";

impl Problem {
    /// Target, family, schedule and start as one line: two problems have the same line exactly if they are the same.
    ///
    /// Numbers are written shortest and read back to the bit. The line of a problem never changes: a rule that is added to
    /// a family or schedule later is written only where it differs from what there was before.
    pub fn fingerprint(&self) -> String {
        let target = format!("target weights={} modes={}", list(self.target().weights()), rows(self.target().modes()));
        let start = match self.start() {
            Start::Means(means) => format!("means={}", rows(means)),
            Start::Law(StartLaw::Sphere { dimension }) => format!("sphere dimension={dimension}"),
            Start::Law(StartLaw::Gaussian { dimension, scale }) => {
                format!("gaussian dimension={dimension} scale={}", number(*scale))
            }
        };
        let trained = self.family().rules().variance == VarianceRule::Trained;
        let variance = if trained { format!(" variance={}", number(self.initial_variance())) } else { String::new() };
        let parts = [
            VERSION.to_owned(),
            target,
            format!("family {}", family(self.family())),
            format!("schedule {}", schedule(self.schedule())),
            format!("start {start}{variance}"),
        ];
        parts.join("|")
    }

    /// The seed of the problem's draws: `seed` mixed with the [fingerprint](Problem::fingerprint), in 53 bits, which every
    /// reader of JSON keeps.
    ///
    /// FNV-1a of the line, then both through the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014): different
    /// problems draw independently, and a problem draws the same wherever it is met.
    pub fn seed(&self, seed: u64) -> u64 {
        mixed_seed(seed, &self.fingerprint())
    }
}

impl ShapedProblem {
    /// The seed of the draws, as [`Problem::seed`]: shapes are written behind the line of the problem without them.
    pub fn seed(&self, seed: u64) -> u64 {
        let shape = |covariance: &Covariance| match covariance {
            Covariance::Isotropic(variance) => number(*variance),
            Covariance::Full(matrix) => rows(matrix),
        };
        let covariances: Vec<String> = self.covariances().iter().map(shape).collect();
        let (plain, variances) = (self.problem().fingerprint(), list(&self.initial_variances()));
        mixed_seed(seed, &format!("{plain}|covariances=[{}] variances={variances}", covariances.join(",")))
    }
}

/// `seed` mixed with a line that says what a problem is, as [`Problem::seed`].
pub fn mixed_seed(seed: u64, line: &str) -> u64 {
    let hash = line.bytes().fold(0xcbf2_9ce4_8422_2325u64, |h, b| (h ^ u64::from(b)).wrapping_mul(0x100_0000_01b3));
    split_mix(split_mix(seed.wrapping_add(0x9e37_79b9_7f4a_7c15)) ^ hash) >> 11
}

/// The finaliser of SplitMix64: bits that look drawn, one to one.
pub fn split_mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Shortest, and -0 as 0.
fn number(x: f64) -> String {
    format!("{:?}", x + 0.0)
}

fn list(values: &[f64]) -> String {
    format!("[{}]", values.iter().map(|x| number(*x)).collect::<Vec<_>>().join(","))
}

fn rows(vectors: &[Vec<f64>]) -> String {
    format!("[{}]", vectors.iter().map(|row| list(row)).collect::<Vec<_>>().join(","))
}

fn family(family: &Family) -> String {
    let rules = family.rules();
    let means = match rules.means {
        MeanSpace::Free => "free",
        MeanSpace::Sphere => "sphere",
    };
    let variance = match rules.variance {
        VarianceRule::Unit => "unit",
        VarianceRule::Slaved => "slaved",
        VarianceRule::Trained => "trained",
        VarianceRule::Own => "own",
        VarianceRule::Full => "full",
    };
    let weights = match rules.weights {
        WeightRule::Fixed => "fixed",
        WeightRule::FisherRao => "fisher-rao",
        WeightRule::Softmax => "softmax",
    };
    let clock = match rules.clock {
        Clock::Kl => "kl",
        Clock::FreeEnergy => "free-energy",
    };
    let metric = match rules.metric {
        Metric::Euclidean => "euclidean",
        Metric::Natural => "natural",
    };
    let tempering = match rules.tempering {
        Tempering::Density => "density",
        Tempering::Modes => "modes",
    };
    format!("weights={} {means} {variance} {weights} {clock} {metric} {tempering}", list(family.weights()))
}

fn schedule(schedule: &Schedule) -> String {
    let kind = schedule.kind().name();
    if schedule.kind() == ScheduleKind::Table {
        let (times, temperatures) = schedule.table_points().unwrap_or_default();
        return format!("{kind} times={} temperatures={}", list(times), list(temperatures));
    }
    let parameters = [
        ("T0", Some(schedule.initial_temperature())),
        ("t0", schedule.duration()),
        ("kappa", schedule.rate()),
        ("p", schedule.exponent()),
        ("s", schedule.steepness()),
        ("levels", schedule.levels().map(|n| n as f64)),
        ("cycles", schedule.cycles().map(|n| n as f64)),
        ("ratio", schedule.ratio()),
    ];
    let given = parameters.iter().filter_map(|(name, value)| value.map(|x| format!(" {name}={}", number(x))));
    kind.to_owned() + &given.collect::<String>()
}
