//! Where the collapse boundary of the free pair leaves the origin: the connection constant of theory (13).

use collapsar_theory::{FreeBasin, FreePair, InvalidParameter, Schedule, SmoothFlow, boundary_exponent};

use crate::integrate::{StepResult, Stepper, Tolerances};
use crate::probability::ending::Limits;
use crate::probability::free::FreeBoundary;

/// The connection constant of theory (13) with its estimated error.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Connection {
    /// C: the boundary leaves the origin as x = C y^alpha'.
    pub constant: f64,
    /// alpha' = (c-1)/(c-1+T).
    pub exponent: f64,
    /// |C - its value before the last extrapolation|.
    pub error: f64,
}

/// The abscissae from which C is extrapolated: C(x) = x/Y_b(x)^alpha' = C + O(x^2).
const NEAR: [f64; 3] = [0.04, 0.02, 0.01];
/// Where the boundary is looked for first, and how closely: a start there passes the saddle.
const START: f64 = 0.3;
const START_WIDTH: f64 = 1e-6;
/// How exactly that start is followed: it only has to come near.
const ROUGH: Tolerances = Tolerances { relative: 1e-6, absolute: 1e-12 };
/// How exactly the boundary is followed. Below this the tables' own error of 1e-11 would be what the step control sees.
const FINE: Tolerances = Tolerances { relative: 1e-10, absolute: 1e-10 };
/// How exactly brackets are followed, and their relative width, where there is no saddle to begin from.
const BRACKETING: Tolerances = Tolerances { relative: 1e-10, absolute: 1e-17 };
const NEAR_WIDTH: f64 = 1e-11;
/// Where the boundary leaves the saddle: its bend there is the square of this, and shrinks on the way.
const OFF: f64 = 1e-5;
/// Newton's steps, and the step, relative to rho, after which there is no more to gain.
const NEWTON_STEPS: usize = 30;
const CONVERGED: f64 = 1e-13;
/// Times and steps in which everything is over.
const PATIENCE: f64 = 1e4;
const MOST_STEPS: usize = 100_000;

/// C and alpha' of theory (13) for equal target weights at constant `temperature` T. On z = 0 the boundary is the stable manifold of
/// a saddle: it is followed back from there, to three small x, and C is extrapolated twice in x^2. `None` where c <= 1 or where no
/// start near the origin collapses at this temperature.
pub fn connection(pair: FreePair, temperature: f64) -> Result<Option<Connection>, InvalidParameter> {
    let schedule = Schedule::constant(temperature)?;
    let Some(exponent) = boundary_exponent(pair.options().separation, temperature) else { return Ok(None) };
    let boundary = FreeBoundary::new(pair, &schedule, Limits { tolerances: ROUGH, ..Limits::default() })?;
    let rough = boundary.locate(START, 0.0, START_WIDTH * START);
    if rough.low == 0.0 || rough.undecided {
        return Ok(None);
    }
    let plane = PlanarFlow { basin: boundary.basin(), beta: 1.0 / temperature };
    let heights = plane.passed([START, rough.middle()]).and_then(|near| plane.saddle(near));
    let heights = match heights.and_then(|saddle| plane.manifold(saddle)) {
        Some(heights) => heights,
        None => match bracketed(pair, &schedule)? {
            Some(heights) => heights,
            None => return Ok(None),
        },
    };
    let at = |i: usize| NEAR[i] / heights[i].powf(exponent);
    let [a, b, c] = [at(0), at(1), at(2)];
    let (first, second) = ((4.0 * b - a) / 3.0, (4.0 * c - b) / 3.0);
    let constant = (16.0 * second - first) / 15.0;
    Ok(Some(Connection { constant, exponent, error: (constant - second).abs() }))
}

/// Y_b at the abscissae [`NEAR`] by brackets, at a hundred times the cost: where the modes are so far apart that no run is seen to slow
/// down at the saddle.
fn bracketed(pair: FreePair, schedule: &Schedule) -> Result<Option<[f64; NEAR.len()]>, InvalidParameter> {
    let limits = Limits { tolerances: BRACKETING, ..Limits::default() };
    let boundary = FreeBoundary::new(pair, schedule, limits)?;
    let mut heights = [0.0; NEAR.len()];
    for (height, x) in heights.iter_mut().zip(NEAR) {
        let rough = boundary.locate(x, 0.0, START_WIDTH * x);
        if rough.low == 0.0 || rough.undecided {
            return Ok(None);
        }
        let guess = Some((rough.middle(), rough.width()));
        *height = boundary.locate_near(x, 0.0, NEAR_WIDTH * rough.middle(), guess, &mut None).middle();
    }
    Ok(Some(heights))
}

/// The flow in the plane z = 0 at one temperature.
struct PlanarFlow<'a> {
    basin: &'a FreeBasin,
    beta: f64,
}

/// A state of rest with one direction out of it and one into it.
struct Saddle {
    place: [f64; 2],
    /// Into it, of length 1, away from the wall.
    stable: [f64; 2],
}

impl PlanarFlow<'_> {
    fn rate(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let [dx, dy, _] = self.basin.flow().rates(self.beta, &[x, y, 0.0]);
        [dx, dy]
    }

    fn jacobian(&self, [x, y]: [f64; 2]) -> [[f64; 2]; 2] {
        let mut all = [0.0; 9];
        self.basin.flow().pair().jacobian(self.beta, &[x, y, 0.0], &mut all);
        [[all[0], all[1]], [all[3], all[4]]]
    }

    /// The slowest state on the way from `start`, which ends where it is decided.
    fn passed(&self, start: [f64; 2]) -> Option<[f64; 2]> {
        let mut f = |_: f64, state: &[f64; 2], rate: &mut [f64; 2]| *rate = self.rate(*state);
        let mut stepper = Stepper::new(&mut f, 0.0, start, ROUGH, PATIENCE);
        let mut slowest = (f64::INFINITY, start);
        for _ in 0..MOST_STEPS {
            if stepper.time() >= PATIENCE || stepper.step(&mut f, PATIENCE) != StepResult::Accepted {
                return None;
            }
            let [x, y] = *stepper.state();
            if self.basin.separated(x, y) || self.basin.trapped(stepper.time(), self.beta, &[x, y, 0.0]) {
                return Some(slowest.1);
            }
            let [dx, dy] = *stepper.rate();
            let speed = dx.hypot(dy);
            if speed < slowest.0 {
                slowest = (speed, [x, y]);
            }
        }
        None
    }

    /// The saddle near a state.
    fn saddle(&self, near: [f64; 2]) -> Option<Saddle> {
        let mut place = near;
        let scale = self.basin.flow().pair().options().separation;
        for _ in 0..NEWTON_STEPS {
            let [[a, b], [c, d]] = self.jacobian(place);
            let [dx, dy] = self.rate(place);
            let determinant = a * d - b * c;
            let step = [(d * dx - b * dy) / determinant, (a * dy - c * dx) / determinant];
            place = [place[0] - step[0], place[1] - step[1]];
            if step[0].hypot(step[1]) <= CONVERGED * scale {
                return self.directed(place);
            }
        }
        None
    }

    /// The saddle at a state of rest; none if it is none, or on an axis.
    fn directed(&self, place: [f64; 2]) -> Option<Saddle> {
        let [[a, b], [c, d]] = self.jacobian(place);
        let (half, determinant) = ((a + d) / 2.0, a * d - b * c);
        if !(determinant < 0.0 && place[0] > NEAR[0] && place[1] > 0.0) {
            return None;
        }
        let falling = half - (half * half - determinant).sqrt();
        // Of the two rows of (J - lambda) v = 0 the one that says more.
        let (first, second) = ([b, falling - a], [falling - d, c]);
        let length = |v: [f64; 2]| v[0].hypot(v[1]);
        let v = if length(first) >= length(second) { first } else { second };
        let norm = -length(v) * v[0].signum();
        Some(Saddle { place, stable: [v[0] / norm, v[1] / norm] })
    }

    /// Y_b at the abscissae [`NEAR`], backwards from the saddle.
    fn manifold(&self, saddle: Saddle) -> Option<[f64; NEAR.len()]> {
        let off = OFF * saddle.place[0];
        let start = [0, 1].map(|i| (saddle.place[i] + off * saddle.stable[i]).ln());
        let slopes = |[u, v]: [f64; 2]| {
            let [x, y] = [u.exp(), v.exp()];
            let [dx, dy] = self.rate([x, y]);
            [dx / x, dy / y]
        };
        // In time until x falls for good, then in log x.
        let mut back = |_: f64, state: &[f64; 2], rate: &mut [f64; 2]| *rate = slopes(*state).map(|slope| -slope);
        let mut stepper = Stepper::new(&mut back, 0.0, start, FINE, PATIENCE);
        let first = 1.5 * NEAR[0];
        for _ in 0..MOST_STEPS {
            if stepper.state()[0] <= first.ln() {
                break;
            }
            if stepper.time() >= PATIENCE || stepper.step(&mut back, PATIENCE) != StepResult::Accepted {
                return None;
            }
        }
        let [u, v] = *stepper.state();
        let mut along = |fallen: f64, state: &[f64; 1], rate: &mut [f64; 1]| {
            let [du, dv] = slopes([-fallen, state[0]]);
            *rate = [-dv / du];
        };
        let last = -NEAR[NEAR.len() - 1].ln();
        let mut stepper = Stepper::new(&mut along, -u, [v], FINE, last);
        let mut heights = [0.0; NEAR.len()];
        for (height, x) in heights.iter_mut().zip(NEAR) {
            while stepper.time() < -x.ln() {
                if stepper.step(&mut along, -x.ln()) != StepResult::Accepted {
                    return None;
                }
            }
            *height = stepper.state()[0].exp();
        }
        heights.iter().all(|y| *y > 0.0 && y.is_finite()).then_some(heights)
    }
}
