//! The Gaussian averages of two components on two modes, for lanes of draws.

use collapsar_theory::{OddSeries, Series, exp_array, logistic_normal, logistic_softplus_normal};
use collapsar_theory::{Target, logistic_softplus_normal_fast_array};

use crate::montecarlo::lanes::reach::{SHIFT, reach};
use crate::montecarlo::lanes::step::{LANES, Lane};

/// Absolute error of the series: that of the kernels that they stand for.
const TOLERANCE: f64 = 1e-11;

/// What the components take from each other, with l = log(w_1/w_2) and q = |mu_1 - mu_2|^2/var.
pub(crate) struct Overlap {
    /// w_1 and w_2.
    pub(crate) weights: [Lane; 2],
    /// G = <r_2>_1 + <r_1>_2. By reciprocity w_1 <r_2>_1 = w_2 <r_1>_2, so that <r_2>_1 = w_2 G and <r_1>_2 = w_1 G.
    pub(crate) shared: Lane,
    /// `<log own>_1 - <log own>_2` of theory 2.4: l + S(-l - q/2, sqrt q) - S(l - q/2, sqrt q).
    pub(crate) advantage: Lane,
    /// `sum_i w_i <log own>_i`.
    pub(crate) level: Lane,
}

/// How the averages over the components' own mixture are found.
pub(crate) enum Own {
    /// Fixed weights: series in sqrt(q + SHIFT) of G and of the level, and their ends.
    Fixed { weights: [f64; 2], shared: Series, level: Series },
    /// Weights that move.
    Trained,
}

impl Own {
    /// The series for fixed weights of log ratio `ratio`.
    pub(crate) fn fixed(ratio: f64) -> Self {
        let light = 1.0 / (1.0 + ratio.abs().exp());
        let weights = if ratio > 0.0 { [1.0 - light, light] } else { [light, 1.0 - light] };
        let kernels = move |q: f64| {
            let width = q.max(0.0).sqrt();
            let [one, two] = [-ratio - q / 2.0, ratio - q / 2.0].map(|a| logistic_softplus_normal(a, width));
            // log w_i + S_i; w_i = 0 contributes nothing.
            let term = |w: f64, s: f64| if w > 0.0 { w * (w.ln() + s) } else { 0.0 };
            (one.1 + two.1, term(weights[0], one.0) + term(weights[1], two.0))
        };
        let end = kernels(1e12).1;
        let far = reach(|q| kernels(q).0 > TOLERANCE / 2.0 || (kernels(q).1 - end).abs() > TOLERANCE / 2.0);
        let series =
            |f: &dyn Fn(f64) -> f64| Series::fit(SHIFT.sqrt(), (SHIFT + far).sqrt(), TOLERANCE, |u| f(u * u - SHIFT));
        Self::Fixed { weights, shared: series(&|q| kernels(q).0), level: series(&|q| kernels(q).1) }
    }

    /// The averages; `advantage` is 0 where the weights are fixed, `level` only where it is asked for.
    #[inline(always)]
    pub(crate) fn at(&self, ratio: &Lane, q: &Lane, wants_level: bool) -> Overlap {
        match self {
            Self::Fixed { weights, shared, level } => {
                let mut u = [0.0; LANES];
                for l in 0..LANES {
                    u[l] = (SHIFT + q[l]).sqrt();
                }
                let level = if wants_level { level.at(&u) } else { [0.0; LANES] };
                Overlap { weights: weights.map(|w| [w; LANES]), shared: shared.at(&u), advantage: [0.0; LANES], level }
            }
            Self::Trained => moving(ratio, q, wants_level),
        }
    }
}

#[inline(always)]
fn moving(ratio: &Lane, q: &Lane, wants_level: bool) -> Overlap {
    let (mut a, mut size) = ([[0.0; LANES]; 2], [0.0; LANES]);
    for l in 0..LANES {
        a[0][l] = -ratio[l] - 0.5 * q[l];
        a[1][l] = ratio[l] - 0.5 * q[l];
        size[l] = -ratio[l].abs();
    }
    let [[s1, l1, _], [s2, l2, _]] = logistic_softplus_normal_fast_array(&a, q);
    let e = exp_array(&size);
    let mut out =
        Overlap { weights: [[0.0; LANES]; 2], shared: [0.0; LANES], advantage: [0.0; LANES], level: [0.0; LANES] };
    for l in 0..LANES {
        let heavy = 1.0 / (1.0 + e[l]);
        let light = e[l] * heavy;
        out.weights[0][l] = if ratio[l] > 0.0 { heavy } else { light };
        out.weights[1][l] = if ratio[l] > 0.0 { light } else { heavy };
        out.shared[l] = l1[l] + l2[l];
        out.advantage[l] = ratio[l] + s1[l] - s2[l];
    }
    if wants_level {
        for l in 0..LANES {
            // log w_1 = min(l, 0) - log(1 + e^-|l|) and log w_2 = log w_1 - l.
            let log1 = ratio[l].min(0.0) - e[l].ln_1p();
            out.level[l] = out.weights[0][l] * (log1 + s1[l]) + out.weights[1][l] * (log1 - ratio[l] + s2[l]);
        }
    }
    out
}

/// What the modes take of each component, with A_i the mean logit of mode 1 and B its standard deviation under component i.
pub(crate) struct Pull {
    /// <s_1>_i - <s_2>_i = 2 L(A_i, B) - 1.
    pub(crate) balance: [Lane; 2],
    /// S(A_i, B) - A_i/2, which is even in A_i.
    pub(crate) bend: [Lane; 2],
    /// <s_1 s_2>_i = dL/dA.
    pub(crate) slope: [Lane; 2],
}

/// How the averages over the target are found.
pub(crate) enum LogitAverages {
    /// var = 1, so that B is constant: series in A, and in A^2; the slope is left out.
    Constant {
        reach: f64,
        balance: OddSeries,
        bend: Series,
    },
    Moving,
}

impl LogitAverages {
    /// The series for B = `width`.
    pub(crate) fn constant(width: f64) -> Self {
        let side = reach(|a| logistic_softplus_normal(-a, width).0 > TOLERANCE / 4.0);
        let bend =
            |square: f64| logistic_softplus_normal(-square.max(0.0).sqrt(), width).0 + 0.5 * square.max(0.0).sqrt();
        Self::Constant {
            reach: side,
            balance: OddSeries::fit(0.0, side, TOLERANCE, |a| 2.0 * logistic_normal(a, width) - 1.0),
            bend: Series::fit(0.0, side * side, TOLERANCE, bend),
        }
    }

    /// The averages at A_1, A_2 and B^2.
    #[inline(always)]
    pub(crate) fn at(&self, a: &[Lane; 2], square: &Lane, wants_bend: bool) -> Pull {
        let mut out = Pull { balance: [[0.0; LANES]; 2], bend: [[0.0; LANES]; 2], slope: [[0.0; LANES]; 2] };
        match self {
            Self::Constant { reach, balance, bend } => {
                for i in 0..2 {
                    out.balance[i] = balance.at(&a[i]);
                    if wants_bend {
                        let (mut even, mut beyond) = ([0.0; LANES], [0.0; LANES]);
                        for l in 0..LANES {
                            even[l] = a[i][l] * a[i][l];
                            let over = a[i][l].abs() - reach;
                            beyond[l] = if over > 0.0 { 0.5 * over } else { 0.0 };
                        }
                        let inside = bend.at(&even);
                        for l in 0..LANES {
                            out.bend[i][l] = inside[l] + beyond[l];
                        }
                    }
                }
            }
            Self::Moving => {
                let kernels = logistic_softplus_normal_fast_array(a, square);
                for i in 0..2 {
                    for l in 0..LANES {
                        out.bend[i][l] = kernels[i][0][l] - 0.5 * a[i][l];
                        out.balance[i][l] = 2.0 * kernels[i][1][l] - 1.0;
                        out.slope[i][l] = kernels[i][2][l];
                    }
                }
            }
        }
        out
    }
}

/// Two modes by their centre c and half difference h, nu = c +- h, in D coordinates.
pub(crate) struct TwoModes<const D: usize> {
    pub(crate) centre: [f64; D],
    pub(crate) half: [f64; D],
    /// log(v_1/v_2).
    pub(crate) ratio: f64,
    /// (log v_1 + log v_2)/2.
    pub(crate) mean_log: f64,
}

impl<const D: usize> TwoModes<D> {
    /// From rows of coordinates; none unless there are two modes, both with a weight.
    pub(crate) fn new(target: &Target, rows: &[f64]) -> Option<Self> {
        let &[v1, v2] = target.weights() else { return None };
        if !(v1 > 0.0 && v2 > 0.0 && rows.len() == 2 * D) {
            return None;
        }
        Some(Self {
            centre: std::array::from_fn(|n| (rows[n] + rows[D + n]) / 2.0),
            half: std::array::from_fn(|n| (rows[n] - rows[D + n]) / 2.0),
            ratio: (v1 / v2).ln(),
            mean_log: (v1.ln() + v2.ln()) / 2.0,
        })
    }

    /// |h|^2.
    pub(crate) fn square(&self) -> f64 {
        self.half.iter().map(|h| h * h).sum()
    }
}
