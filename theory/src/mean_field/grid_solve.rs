//! Stationary points on a tensor grid of D coordinates: coordinate ascent, then Newton, and what they are.

use std::array::from_fn;

use super::krylov::{Space, extremes, solve};
use super::newton::{ACCEPTED, GAIN, LINEAR, NEAR, NEWTON_STEPS, RETRY, SWEEPS, TRY};
use super::plane::centred;
use super::status::MeanFieldStatus;

/// A saddle is accepted from an ascent only when it came so close: else the ascent is passing by.
pub(super) const ON_SADDLE: f64 = 1e-9;
/// Tolerance of lambda_max.
const SPECTRUM: f64 = 1e-13;
/// Powers of I + T that point along the unstable direction, and the size of the first step along it.
const POWERS: usize = 200;
const KICK: f64 = 0.3;

/// Numbers at the nodes of each coordinate.
pub(super) type AtNodes<const D: usize> = [Vec<f64>; D];

/// Coordinate ascent on a grid.
pub(super) trait GridField<const D: usize> {
    /// The marginals.
    type State: Clone;
    /// Averages of log pi under a state that its image and T share.
    type Averages;
    /// Densities at the edges, relative to the peak, beyond which the grid is too small.
    const CUT: f64;

    /// The nodes of coordinate `j`.
    fn nodes(&self, j: usize) -> &[f64];
    /// log q_j at the nodes.
    fn logs(state: &Self::State) -> &AtNodes<D>;
    /// q_j times the step.
    fn masses(state: &Self::State) -> &AtNodes<D>;
    /// Whether the state is kept even.
    fn is_even(state: &Self::State) -> bool;
    /// The state of these logarithms up to constants, even where `state` is.
    fn beside(&self, state: &Self::State, logs: AtNodes<D>) -> Self::State;
    /// What [`GridField::image`] and [`GridField::changes`] need.
    fn averages(&self, state: &Self::State) -> Self::Averages;
    /// Every q_j given the others.
    fn image(&self, state: &Self::State, averages: &Self::Averages) -> Self::State;
    /// By how much beta E log pi given x_j changes with the masses of the other coordinates, one at a time.
    fn changes(&self, averages: &Self::Averages, masses: &AtNodes<D>) -> AtNodes<D>;
    /// Every q_j in turn, given the others as they now stand.
    fn swept(&self, state: &Self::State) -> Self::State;

    /// How far `state` is from stationary: log of the image minus log of the state, centred, and its size.
    ///
    /// The size is (sum_j E r_j^2)^(1/2), r_j of normalised densities, under the mean of the state's law and the image's: the
    /// state's alone would not see a mode about to be found, where it has no mass yet.
    fn residual(&self, state: &Self::State, averages: &Self::Averages) -> (AtNodes<D>, f64) {
        let image = self.image(state, averages);
        let mut square = 0.0;
        let gap = from_fn(|j| {
            let apart = Self::logs(&image)[j].iter().zip(&Self::logs(state)[j]);
            let gap: Vec<f64> = apart.map(|(new, old)| new - old).collect();
            let (now, then) = (&Self::masses(state)[j], &Self::masses(&image)[j]);
            let mass = now.iter().zip(then).map(|(p, q)| 0.5 * (p + q));
            square += mass.zip(&gap).map(|(p, r)| p * r * r).sum::<f64>();
            centred(now, gap)
        });
        (gap, square.sqrt())
    }
}

/// Perturbations q_j (1 + eta_j) of a state, with T of mean field (M5)-(M6): (T eta)_j = beta E\[sum of the other eta, log pi\]
/// given x_j, centred.
struct Perturbations<'a, F: GridField<D>, const D: usize> {
    field: &'a F,
    state: &'a F::State,
    averages: &'a F::Averages,
    /// Whether [`Space::apply`] is I - T, or T.
    hessian: bool,
}

impl<F: GridField<D>, const D: usize> Space for Perturbations<'_, F, D> {
    type Vector = AtNodes<D>;

    fn inner(&self, v: &Self::Vector, w: &Self::Vector) -> f64 {
        let mass = F::masses(self.state);
        let of = |j: usize| mass[j].iter().zip(v[j].iter().zip(&w[j])).map(|(p, (v, w))| p * v * w);
        (0..D).map(|j| of(j).sum::<f64>()).sum()
    }

    fn add(&self, v: &Self::Vector, s: f64, w: &Self::Vector) -> Self::Vector {
        from_fn(|j| v[j].iter().zip(&w[j]).map(|(v, w)| v + s * w).collect())
    }

    fn apply(&self, v: &Self::Vector) -> Self::Vector {
        let mass = F::masses(self.state);
        let change = from_fn(|j| mass[j].iter().zip(&v[j]).map(|(p, eta)| p * eta).collect());
        let mut changes = self.field.changes(self.averages, &change);
        let image = from_fn(|j| centred(&mass[j], std::mem::take(&mut changes[j])));
        if self.hessian { self.add(v, -1.0, &image) } else { image }
    }
}

/// A perturbation with something of every shape.
fn generic<F: GridField<D>, const D: usize>(field: &F, state: &F::State) -> AtNodes<D> {
    from_fn(|j| {
        let scale = 1.0 + 0.2 * j as f64;
        let at = |x: &f64| {
            let x = scale * x;
            libm::sin(0.3 * x) + 0.5 * libm::cos(0.7 * x + 0.4) + libm::sin(1.3 * x)
        };
        centred(&F::masses(state)[j], field.nodes(j).iter().map(at).collect())
    })
}

/// What a state is.
pub(super) struct Evidence {
    /// lambda_max(T).
    pub(super) coupling: f64,
    /// The size of [`GridField::residual`].
    pub(super) residual: f64,
    /// The largest share of the peak density at an edge.
    pub(super) edge: f64,
    /// Whether it is a stationary point, and of which kind.
    pub(super) status: MeanFieldStatus,
}

/// Whether `state` is stationary and stable: also to perturbations that are not even, where it is.
pub(super) fn evidence<F: GridField<D>, const D: usize>(field: &F, state: &F::State) -> Evidence {
    let averages = field.averages(state);
    let (_, residual) = field.residual(state, &averages);
    let space = Perturbations { field, state, averages: &averages, hessian: false };
    let (_, coupling) = extremes(&space, &generic(field, state), SPECTRUM);
    let edge = |logs: &Vec<f64>| {
        let top = logs.iter().fold(f64::NEG_INFINITY, |m: f64, l| m.max(*l));
        libm::exp(logs[0].max(logs[logs.len() - 1]) - top)
    };
    let edge = F::logs(state).iter().map(edge).fold(0.0, f64::max);
    let status = if !(residual <= ACCEPTED && edge <= F::CUT) {
        MeanFieldStatus::NotConverged
    } else if coupling < 1.0 {
        MeanFieldStatus::Stable
    } else {
        MeanFieldStatus::Unstable
    };
    Evidence { coupling, residual, edge, status }
}

/// Where coordinate ascent ends from `state`, as `describe` makes it of a state and the number of sweeps; a solution whose
/// `status` is unstable only where the ascent ends on it, or is kept even.
pub(super) fn ascend<F: GridField<D>, S, const D: usize>(
    field: &F,
    state: &F::State,
    describe: impl Fn(F::State, usize) -> S,
    status: impl Fn(&S) -> MeanFieldStatus,
) -> S {
    let mut state = state.clone();
    let mut attempt_from = TRY;
    for sweeps in 0..SWEEPS {
        let (_, size) = field.residual(&state, &field.averages(&state));
        if size <= attempt_from {
            attempt_from *= RETRY;
            if let Some(found) = newton(field, &state) {
                let solution = describe(found, sweeps);
                if status(&solution) != MeanFieldStatus::Unstable || F::is_even(&state) || size <= ON_SADDLE {
                    return solution;
                }
            }
        }
        if size <= ACCEPTED {
            return describe(state, sweeps);
        }
        state = field.swept(&state);
    }
    describe(state, SWEEPS)
}

/// Newton's method from close by; `None` where it leaves the neighbourhood.
fn newton<F: GridField<D>, const D: usize>(field: &F, from: &F::State) -> Option<F::State> {
    let mut state = from.clone();
    let mut averages = field.averages(&state);
    let (mut residual, mut size) = field.residual(&state, &averages);
    for _ in 0..NEWTON_STEPS {
        if size == 0.0 {
            break;
        }
        let space = Perturbations { field, state: &state, averages: &averages, hessian: true };
        let (eta, _) = solve(&space, &residual, LINEAR);
        if space.norm(&eta) > NEAR {
            return None;
        }
        let next = field.beside(&state, space.add(F::logs(&state), 1.0, &eta));
        let next_averages = field.averages(&next);
        let (next_residual, next_size) = field.residual(&next, &next_averages);
        let gained = next_size < GAIN * size;
        if next_size < size {
            (state, averages, residual, size) = (next, next_averages, next_residual, next_size);
        }
        if !gained {
            break;
        }
    }
    (size <= ACCEPTED).then_some(state)
}

/// The eigenvector of lambda_max(T) at a saddle, of norm 1.
pub(super) fn unstable_direction<F: GridField<D>, const D: usize>(field: &F, saddle: &F::State) -> AtNodes<D> {
    let averages = field.averages(saddle);
    let space = Perturbations { field, state: saddle, averages: &averages, hessian: false };
    let mut eta = generic(field, saddle);
    for _ in 0..POWERS {
        // T may have the eigenvalue -lambda too: I + T prefers the positive one.
        let next = space.add(&eta, 1.0, &space.apply(&eta));
        let norm = space.norm(&next);
        eta = next.map(|of| of.into_iter().map(|x| x / norm).collect());
    }
    eta
}

/// A state on the side of `saddle` that `sign` times `direction` shows.
pub(super) fn beside_saddle<F: GridField<D>, const D: usize>(
    field: &F,
    saddle: &F::State,
    direction: &AtNodes<D>,
    sign: f64,
) -> F::State {
    // In the tails a direction is large and means nothing.
    let logs = from_fn(|j| {
        let moved = F::logs(saddle)[j].iter().zip(&direction[j]);
        moved.map(|(l, e)| l + (KICK * sign * e).clamp(-1.0, 1.0)).collect()
    });
    field.beside(saddle, logs)
}
