//! The law of S = sum_j a_j X_j through characteristic functions, and the sums that leave a coordinate out.

use super::complex::{Complex, ONE};
use super::lattice::{Axis, Sides};
use super::marginal::Marginal;
use super::waves::Waves;

/// Waves whose weight in every sum is below this are left out: a hundredth of rounding against terms of order one.
const NEGLIGIBLE: f64 = 1e-18;
/// Waves kept beyond the last that counts: so many, and one in so many.
const MARGIN: usize = 4;

/// Characteristic functions of the groups at the first frequencies, and their products.
#[derive(Debug, Clone)]
pub(super) struct Law {
    powers: Vec<Powers>,
    /// prod of all.
    pub(super) total: Vec<Complex>,
    /// Products of the groups before g and after g.
    before: Vec<Vec<Complex>>,
    after: Vec<Vec<Complex>>,
}

/// psi^n, psi^(n-1) and psi^(n-2) of a group of n coordinates; the last is 0 for n = 1, where nothing is left to change.
#[derive(Debug, Clone)]
struct Powers {
    count: f64,
    all: Vec<Complex>,
    but_one: Vec<Complex>,
    but_two: Vec<Complex>,
}

impl Powers {
    fn new(excess: &[Complex], count: usize) -> Self {
        let to = |n: usize| excess.iter().map(|e| e.one_plus_to(n)).collect::<Vec<_>>();
        let but_two = if count > 1 { to(count - 2) } else { vec![Complex::default(); excess.len()] };
        let times = |below: &[Complex]| below.iter().zip(excess).map(|(p, e)| *p * (ONE + *e)).collect::<Vec<_>>();
        let but_one = if count > 1 { times(&but_two) } else { vec![ONE; excess.len()] };
        Self { count: count as f64, all: times(&but_one), but_one, but_two }
    }
}

impl Law {
    /// The law of S under these marginals, at the first `used` frequencies or, where these do not suffice, at more.
    pub(super) fn new(axes: &[Axis], marginals: &[Marginal], waves: &Waves, used: usize) -> Self {
        let mut used = used.min(waves.omega.len());
        loop {
            let (law, needed) = Self::at(axes, marginals, waves, used);
            if needed < used || used == waves.omega.len() {
                return law;
            }
            used = (2 * used).min(waves.omega.len());
        }
    }

    /// The law at `used` frequencies, and how many are needed.
    fn at(axes: &[Axis], marginals: &[Marginal], waves: &Waves, used: usize) -> (Self, usize) {
        let mut powers = Vec::with_capacity(axes.len());
        // The two smallest moduli of a frequency and the product of the others: a bound for every sum that leaves out
        // two coordinates.
        let mut bounds = vec![(1.0f64, 1.0f64, 1.0f64); used];
        for (axis, marginal) in axes.iter().zip(marginals) {
            let excess = axis.transform(&marginal.mass, used);
            for (bound, e) in bounds.iter_mut().zip(&excess) {
                let modulus = (ONE + *e).square().sqrt().min(1.0);
                (0..axis.term.count.min(2)).for_each(|_| insert(bound, modulus));
                bound.2 *= modulus.powf(axis.term.count.saturating_sub(2) as f64);
            }
            powers.push(Powers::new(&excess, axis.term.count));
        }
        let counts = |m: &usize| waves.weight[*m] * bounds[*m].2 > NEGLIGIBLE;
        let last = (0..used).rev().find(counts).map_or(0, |m| m + 1);
        let needed = last + MARGIN + last / MARGIN;
        let kept = needed.min(used);
        for power in &mut powers {
            power.all.truncate(kept);
            power.but_one.truncate(kept);
            power.but_two.truncate(kept);
        }
        (Self::of(powers, kept), needed)
    }

    fn of(powers: Vec<Powers>, kept: usize) -> Self {
        let times = |a: &[Complex], b: &[Complex]| a.iter().zip(b).map(|(a, b)| *a * *b).collect::<Vec<_>>();
        let mut before = vec![vec![ONE; kept]];
        for power in &powers {
            before.push(times(&before[before.len() - 1], &power.all));
        }
        let total = before.pop().unwrap_or_default();
        let mut after = vec![vec![ONE; kept]];
        for power in powers[1..].iter().rev() {
            after.push(times(&after[after.len() - 1], &power.all));
        }
        after.reverse();
        Self { powers, total, before, after }
    }

    /// How many frequencies count.
    pub(super) fn used(&self) -> usize {
        self.total.len()
    }

    /// The characteristic function of S_-j + h for j in group `g`.
    pub(super) fn without(&self, g: usize, waves: &Waves) -> Vec<Complex> {
        let (before, own, after) = (&self.before[g], &self.powers[g].but_one, &self.after[g]);
        (0..self.used()).map(|m| before[m] * own[m] * after[m] * waves.phase[m]).collect()
    }

    /// The first-order change of that function when every coordinate's psi_g changes by `changes`\[g\]: products of
    /// (value, derivative) pairs from both ends, without a division, since psi may vanish.
    pub(super) fn changes(&self, changes: &[Vec<Complex>], waves: &Waves) -> Vec<Vec<Complex>> {
        let used = self.used();
        let groups = self.powers.len();
        let grow = |(v, d): (Complex, Complex), power: &Powers, change: Complex, m: usize| {
            let slope = power.but_one[m].scale(power.count) * change;
            (v * power.all[m], d * power.all[m] + v * slope)
        };
        let mut result = vec![vec![Complex::default(); used]; groups];
        for m in 0..used {
            let mut ahead = (ONE, Complex::default());
            for g in 0..groups {
                // Derivative of what stands before g; the value is known.
                result[g][m] = ahead.1 * self.after[g][m];
                ahead = grow(ahead, &self.powers[g], changes[g][m], m);
            }
            let mut behind = (ONE, Complex::default());
            for g in (0..groups).rev() {
                let power = &self.powers[g];
                let inner = power.but_two[m].scale(power.count - 1.0) * changes[g][m];
                let outside = result[g][m] + self.before[g][m] * behind.1;
                let own = inner * self.before[g][m] * self.after[g][m];
                result[g][m] = (outside * power.but_one[m] + own) * waves.phase[m];
                behind = grow(behind, power, changes[g][m], m);
            }
        }
        result
    }

    /// The change of E e^(i om (S_-ij + h)) psi_j for one other coordinate j of the same group `g` alone.
    pub(super) fn change_within(&self, g: usize, change: &[Complex], waves: &Waves) -> Vec<Complex> {
        let power = &self.powers[g];
        let outer = |m: usize| self.before[g][m] * self.after[g][m] * waves.phase[m];
        (0..self.used()).map(|m| power.but_two[m] * change[m] * outer(m)).collect()
    }
}

/// Adds a factor to (smallest, second smallest, product of the others).
fn insert(bound: &mut (f64, f64, f64), modulus: f64) {
    let mut value = modulus;
    if value < bound.0 {
        (bound.0, value) = (value, bound.0);
    }
    if value < bound.1 {
        (bound.1, value) = (value, bound.1);
    }
    bound.2 *= value;
}

/// The change of psi at the first `used` frequencies when a marginal q becomes q (1 + f - E f).
///
/// The mean is taken out here: rounding brings constants into f, and they must not couple.
pub(super) fn change_of(axis: &Axis, marginal: &Marginal, f: &Sides, used: usize) -> Vec<Complex> {
    let mean = marginal.mean_of(f);
    axis.transform(&marginal.mass.with(f, |p, f| p * (f - mean)), used)
}
