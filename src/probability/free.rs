//! The free pair: boundary Y_b(x, z) and the integral (14) of the start law over it.

use collapsar_theory::{FreeBasin, FreePair, InvalidParameter, Schedule, Verdict};

use crate::probability::bracket::{Bracket, Departure, bisect};
use crate::probability::budget::{GIVEN_UP, Spent};
use crate::probability::ending::{Ending, FollowedRun, Limits, ending};
use crate::probability::law::{chi_density, chi_range, two_sided};
use crate::probability::neighbours::Neighbours;
use crate::probability::quadrature::{HALVES, Integral, integrate, integrate_parallel};

/// The collapse boundary of the free pair under a schedule: a start (x, y, z) collapses iff |y| < Y_b(x, z).
#[derive(Debug, Clone)]
pub struct FreeBoundary<'a> {
    basin: FreeBasin,
    schedule: &'a Schedule,
    limits: Limits,
    spent: Spent,
}

impl<'a> FreeBoundary<'a> {
    /// The boundary of `pair` under `schedule`.
    pub fn new(pair: FreePair, schedule: &'a Schedule, limits: Limits) -> Result<Self, InvalidParameter> {
        Ok(Self { basin: FreeBasin::new(pair, schedule)?, schedule, limits, spent: Spent::default() })
    }

    /// What decides how a run ends.
    pub(crate) fn basin(&self) -> &FreeBasin {
        &self.basin
    }

    /// The abscissa at which the boundary touches 0: the wall between the basins of a single mean.
    pub fn wall(&self) -> f64 {
        self.basin.wall()
    }

    /// How the start (x, y, z) ends.
    pub fn ending(&self, start: [f64; 3]) -> Ending {
        self.follow(start).ending
    }

    fn follow(&self, start: [f64; 3]) -> FollowedRun<3> {
        let verdict = |t: f64, beta: f64, y: &[f64; 3]| {
            if self.basin.separated(y[0], y[1]) {
                Verdict::Recovered
            } else if self.basin.trapped(t, beta, y) {
                Verdict::Collapsed
            } else {
                Verdict::Open
            }
        };
        let rates = |beta: f64, y: &[f64; 3]| self.basin.flow().rates(beta, y);
        ending(self.schedule, &self.limits, start, &rates, &verdict, &|_| false, &self.spent)
    }

    /// Y_b(x, z), to `width`.
    pub fn locate(&self, x: f64, z: f64, width: f64) -> Bracket {
        self.locate_near(x, z, width, None, &mut None)
    }

    pub(crate) fn locate_near(
        &self,
        x: f64,
        z: f64,
        width: f64,
        guess: Option<(f64, f64)>,
        departure: &mut Option<Departure>,
    ) -> Bracket {
        let end = |y: f64| self.follow([x, y, z]).decision();
        // On |y| = |x - wall| one mean is on the wall: recovered.
        bisect(&end, (x - self.basin.wall()).abs(), width, guess, departure)
    }

    /// E_x\[2 Phi(Y_b(x, z)/s) - 1\] for x ~ N(0, s^2).
    fn average(&self, z: f64, s: f64, tolerance: f64) -> Integral {
        let symmetric = self.basin.flow().pair().bias() == 0.0;
        let side = |sign: f64| {
            let mut line = Neighbours::default();
            // x = wall + sign reach v^2: Y_b leaves the wall with a power that the square makes smooth.
            let reach = TAIL * s + self.wall().abs();
            let mut integrand = |v: f64| {
                if self.spent.is_over() {
                    return GIVEN_UP;
                }
                let x = self.wall() + sign * reach * v * v;
                let density = (-x * x / (2.0 * s * s)).exp() / (s * std::f64::consts::TAU.sqrt());
                let weight = density * 2.0 * reach * v;
                if weight < NEGLIGIBLE * tolerance {
                    return (weight / 2.0, weight / 2.0);
                }
                // A point of weight w and width h adds at most 0.8 w h/s: the rest of the tolerance is the quadrature's.
                let width = (0.5 * tolerance * s / (weight + LIGHT_POINT)).max(1e-10 * s).min(s);
                let bracket = line.locate(v, |guess, departure| self.locate_near(x, z, width, guess, departure));
                let (low, high) = (two_sided(bracket.low / s), two_sided(bracket.high / s));
                (weight * (low + high) / 2.0, weight * (high - low) / 2.0)
            };
            integrate(&mut integrand, &HALVES, tolerance.max(SMALLEST) / 2.0)
        };
        let right = side(1.0);
        if symmetric {
            return Integral { value: 2.0 * right.value, error: 2.0 * right.error, ..right };
        }
        let left = side(-1.0);
        Integral {
            value: right.value + left.value,
            error: right.error + left.error,
            evaluations: right.evaluations + left.evaluations,
        }
    }
}

/// Weight, in units of the tolerance, below which a probability between 0 and 1 is not looked for.
pub(crate) const NEGLIGIBLE: f64 = 1e-2;

/// Weight, against that of an even law, below which a line of an integral, and a point on the sphere, is located as if it were this
/// heavy.
pub(crate) const LIGHT: f64 = 1e-2;
/// The same of a point of the free pair.
const LIGHT_POINT: f64 = 1e-3;

/// Smallest tolerance of the quadrature: trajectories of local tolerance 1e-9 place the boundary to a few 1e-10.
const SMALLEST: f64 = 4e-9;

/// Standard deviations beyond which a Gaussian start is left out: 2 Phi(-7.5) = 6e-14.
const TAIL: f64 = 7.5;

/// P_c of theory (14) for means drawn from N(0, `scale`^2 I) in R^`dimension`: E over z0 ~ s chi_{d-1} and x0 ~ N(0, s^2)
/// of 2 Phi(Y_b/s) - 1, s = scale/sqrt(2). `tolerance` is absolute; the error returned holds the quadratures' estimates
/// and the widths of all brackets, undecided ones included. Exactly 0 where [`FreeBasin::has_wells`] does not hold. After
/// some minutes' worth of steps it is given up: value and error are not numbers.
pub fn free_probability(boundary: &FreeBoundary<'_>, dimension: usize, scale: f64, tolerance: f64) -> Integral {
    let s = scale * std::f64::consts::FRAC_1_SQRT_2;
    if !boundary.basin.has_wells() {
        return Integral::default();
    }
    boundary.spent.begin(tolerance);
    if dimension == 1 {
        return boundary.spent.judge(boundary.average(0.0, s, tolerance));
    }
    let freedom = (dimension - 1) as f64;
    let (low, high) = chi_range(freedom);
    let integrand = |radius: f64| {
        let density = chi_density(freedom, radius);
        let line = boundary.average(s * radius, s, tolerance / 4.0 / ((high - low) * density + LIGHT));
        (density * line.value, density * line.error)
    };
    let middle = freedom.sqrt().clamp(low, high);
    boundary.spent.judge(integrate_parallel(&integrand, &[low, middle, high], tolerance / 2.0))
}
