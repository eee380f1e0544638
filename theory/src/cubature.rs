//! Averages of a softmax over Gaussian logits: what a mixture's responsibilities need, theory section 3.
//!
//! Two classes are the kernels themselves, three a single and four a double integral of them, deterministic to the
//! tolerance. Five and more are averaged over many Gaussians at once by cells with nodes where they span up to three
//! dimensions, else over a randomly shifted lattice, both with a reported error. In the plane three and more are averaged
//! over many Gaussians at once on one grid; over a Gaussian of unit variance they are tabulated as a function of its mean.

mod blocks;
mod common_lattice;
mod few;
mod few_averages;
mod four;
mod lattice;
mod line;
mod logits;
mod many;
mod plane;
mod potential;
mod quadratic;
mod span;
mod triple;

use crate::parameter::InvalidParameter;
use few_averages::Few;
use span::Span;

pub(crate) use lattice::Lattice;
pub use logits::Logits;
pub(crate) use plane::{PlaneAverages, largest_share};
pub use potential::PotentialTable;
pub(crate) use quadratic::{Levels, MOST_DIRECTIONS, Quadratic, QuadraticAverages, Quadratics, radial};
pub(crate) use span::{PointClasses, RowAverages};

/// Rounding forbids less than the first; with more than the second the error estimates mean nothing.
const TOLERANCES: std::ops::RangeInclusive<f64> = 1e-14..=1e-2;

/// Averages of `p = softmax(u)`; the vectors are reused from call to call.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SoftmaxAverages {
    /// `E p_j`; 0 for an absent class.
    pub mean: Vec<f64>,
    /// `E log sum_j e^(u_j)`.
    pub log_sum: f64,
    /// `E p_j p_k`, row-major `n * n`; empty when not asked for. Its row sums are `mean`.
    pub second: Vec<f64>,
    /// Up to four classes: a bound of the error of `mean` and `second`. Beyond: their largest standard error.
    pub error: f64,
    /// The same for `log_sum`.
    pub log_sum_error: f64,
}

/// Options of [`Cubature`].
#[derive(Debug, Clone, PartialEq)]
pub struct CubatureOptions {
    /// Absolute error of the deterministic averages, from 1e-14 to 1e-2; of `log_sum`, relative to the size of the logits.
    pub tolerance: f64,
    /// Lattice points of each shift, a power of two from 2 to 2^20.
    pub points: usize,
    /// Independent shifts of the lattice, at least 2.
    pub shifts: usize,
    /// Seed of the shifts: the averages are deterministic, smooth functions of the logits for a given seed.
    pub seed: u64,
    /// Whether the mean products `E p_j p_k` are wanted.
    pub second: bool,
}

impl Default for CubatureOptions {
    fn default() -> Self {
        Self { tolerance: 1e-12, points: 1 << 12, shifts: 8, seed: 1, second: true }
    }
}

/// The averaging method: see [`Cubature::softmax`].
#[derive(Debug, Clone)]
pub struct Cubature {
    tolerance: f64,
    second: bool,
    lattice: Lattice,
    folded: Lattice,
    span: Span,
}

impl Default for Cubature {
    fn default() -> Self {
        let options = CubatureOptions::default();
        Self::unchecked(&options)
    }
}

impl Cubature {
    /// The method with the given options.
    ///
    /// # Errors
    ///
    /// When the tolerance is outside 1e-14..=1e-2, the points are not a power of two in 2..=2^20 or the shifts are fewer than 2.
    pub fn new(options: &CubatureOptions) -> Result<Self, InvalidParameter> {
        if !TOLERANCES.contains(&options.tolerance) {
            return Err(InvalidParameter::new("tolerance", options.tolerance, "be from 1e-14 to 1e-2"));
        }
        if !options.points.is_power_of_two() || !(2..=1 << 20).contains(&options.points) {
            return Err(InvalidParameter::new("points", options.points, "be a power of two from 2 to 2^20"));
        }
        if options.shifts < 2 {
            return Err(InvalidParameter::new("shifts", options.shifts, "be at least 2"));
        }
        Ok(Self::unchecked(options))
    }

    fn unchecked(options: &CubatureOptions) -> Self {
        let (points, shifts, seed) = (options.points, options.shifts, options.seed);
        Self {
            tolerance: options.tolerance,
            second: options.second,
            lattice: Lattice::new(points, shifts, seed),
            folded: Lattice::folded(points, shifts, seed),
            span: Span::new(),
        }
    }

    /// Writes `E p_j`, `E log sum_j e^(u_j)` and `E p_j p_k` for `p = softmax(u)` into `out`.
    ///
    /// Source: theory section 3: responsibilities `<r_j>_i`, `<s_k>_i` of (2) and the logarithms of (3). One, two
    /// classes: closed form and kernels (6). More in a noise of one dimension: one integral. Three: with `w = u_3 - u_2`, `p_1 | w` averages to `L` and the rest follows,
    /// leaving one integral. Four: the same with two pairs, leaving two. Five and more: a lattice rule in the span of the
    /// loadings, or one integral when they are collinear.
    ///
    /// Domain: every [`Logits`], coinciding and collinear classes included. Errors are reported in `out`; up to four
    /// classes they are at the tolerance (1e-12 by default), beyond they are standard errors over
    /// the shifts, which fall like points^-2 or faster in four directions and hardly faster than 1/points in many.
    pub fn softmax(&self, logits: &Logits<'_>, out: &mut SoftmaxAverages) {
        let mut present = [0; 4];
        let mut count = 0;
        for (j, _) in logits.offsets.iter().enumerate().filter(|(_, a)| a.is_finite()) {
            if count < 4 {
                present[count] = j;
            }
            count += 1;
        }
        if count > 2 && logits.dimension == 1 {
            // One integral of exponentials costs less than one of kernels, let alone two.
            return self.many(logits, out);
        }
        let class = |i: usize| logits.class(present[i]);
        let few = match count {
            1 => Few { mean: [1.0, 0.0, 0.0, 0.0], log_sum: class(0).mean, ..Few::default() },
            2 => few::two([class(0), class(1)]),
            3 => few::three([class(0), class(1), class(2)], self.tolerance),
            4 => four::four([class(0), class(1), class(2), class(3)], self.tolerance),
            _ => return self.many(logits, out),
        };
        self.spread(&few, &present[..count], logits.offsets.len(), out);
    }

    /// Logarithm of the weight of a class beside others in an average below which the tolerance does not see it.
    pub(crate) fn floor(&self) -> f64 {
        libm::log(self.tolerance) - plane::SPARE
    }

    /// The softmax of `classes` averaged over all `N(m_i, spread I)`, `m_i` the rows of `centres`, by the trapezoid rule on
    /// one grid (theory section 3.7), with its means where they are wanted; `None` where another rule is better. What counts by a share
    /// is averaged to the tolerance over that; no logarithms of shares are shares of 1.
    #[inline(always)]
    pub(crate) fn plane(
        &self,
        classes: &PointClasses<'_>,
        (centres, log_shares): (&[f64], &[f64]),
        spread: f64,
        wants_means: bool,
    ) -> Option<PlaneAverages> {
        let wanted = plane::Wanted { means: wants_means, traces: self.second };
        plane::averages(classes, (centres, log_shares), spread, self.tolerance, wanted)
    }

    /// The softmax of `classes` averaged over all `N(m_i, spread I)`, `m_i` the rows of `centres`, by one rule in the span of the
    /// classes (theory section 3.6). `None` where it has none: up to four present classes, more than three dimensions, a number
    /// that is not finite.
    #[inline(always)]
    pub(crate) fn rows(&self, classes: &PointClasses<'_>, centres: &[f64], spread: f64) -> Option<RowAverages> {
        self.span.averages(classes, centres, spread, self.tolerance, self.second)
    }

    /// The softmax of `classes` averaged over all `N(m_i, spread I)`, `m_i` the rows of `centres`, at the same lattice points (theory
    /// section 3.9). `None` for up to four present classes, and where logits differ too much or a number is not finite.
    #[inline(always)]
    pub(crate) fn common_lattice(
        &self,
        classes: &PointClasses<'_>,
        centres: &[f64],
        spread: f64,
    ) -> Option<RowAverages> {
        let accuracy =
            common_lattice::Accuracy { tolerance: self.tolerance, floor: self.floor(), wants_trace: self.second };
        common_lattice::averages(classes, centres, spread, [&self.lattice, &self.folded], accuracy)
    }

    /// Puts the averages of the present classes in their places.
    fn spread(&self, few: &Few, present: &[usize], n: usize, out: &mut SoftmaxAverages) {
        out.mean.clear();
        out.mean.resize(n, 0.0);
        out.second.clear();
        (out.log_sum, out.error, out.log_sum_error) = (few.log_sum, few.error, few.log_sum_error);
        for (i, &j) in present.iter().enumerate() {
            out.mean[j] = few.mean[i];
        }
        if self.second {
            out.second.resize(n * n, 0.0);
            for (i, &j) in present.iter().enumerate() {
                for (l, &k) in present.iter().enumerate() {
                    out.second[j * n + k] = if i == l { 0.0 } else { few.cross[i][l] };
                }
                let others: f64 = few.cross[i].iter().sum();
                out.second[j * n + j] = few.mean[i] - others;
            }
        }
    }

    /// Five and more present classes.
    fn many(&self, logits: &Logits<'_>, out: &mut SoftmaxAverages) {
        let n = logits.offsets.len();
        let present: Vec<usize> = (0..n).filter(|&j| logits.offsets[j].is_finite()).collect();
        let means = present.iter().map(|&j| logits.offsets[j]).collect();
        let rows: Vec<&[f64]> = present.iter().map(|&j| logits.class(j).loading).collect();
        let reduced = many::Reduced::new(means, &rows);
        if reduced.rank <= 1 {
            many::on_a_line(&reduced, self.tolerance, self.second, out);
        } else {
            many::on_a_lattice(&reduced, &self.lattice, self.second, out);
        }
        if present.len() < n {
            out.scatter(&present, n);
        }
    }
}

impl SoftmaxAverages {
    /// Makes room for absent classes.
    fn scatter(&mut self, present: &[usize], n: usize) {
        let count = present.len();
        let (mean, second) = (std::mem::take(&mut self.mean), std::mem::take(&mut self.second));
        self.mean.resize(n, 0.0);
        self.second.resize(if second.is_empty() { 0 } else { n * n }, 0.0);
        for (i, &j) in present.iter().enumerate() {
            self.mean[j] = mean[i];
            for (l, &k) in present.iter().enumerate().filter(|_| !second.is_empty()) {
                self.second[j * n + k] = second[i * count + l];
            }
        }
    }
}
