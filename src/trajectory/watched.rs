//! Cooling that watches the fit: the schedule of one run of the closed flow, which is known once the run is.

use collapsar_theory::{
    AdaptiveRule, FitComponent, InvalidParameter, Part, Problem, Schedule, ShapedProblem, TemperedFit, TemperedModes,
    Tempering, VarianceRule,
};

use crate::integrate::{StepResult, Stepper, Tolerances, vectors};
use crate::trajectory::closed::Closed;

/// A rule with what it looks at: a fit by isotropic Gaussians of a mixture of Gaussians, where the variance of log p and the
/// effective sample size are closed but for averages in the directions in which the modes differ, theory 16.4.
#[derive(Debug, Clone)]
pub struct Watched {
    rule: AdaptiveRule,
    target: WatchedTarget,
}

/// The target.
#[derive(Debug, Clone)]
enum WatchedTarget {
    /// Two opposite modes of covariance I: one direction.
    Pair { separation: f64, weight: f64, dimension: usize },
    /// Any others, in the frame of the flow.
    Modes(Box<TemperedModes>),
}

/// A run down to T = 1, or as far as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Cooled {
    /// Time and beta of each change, the first at 0.
    pub changes: Vec<(f64, f64)>,
    /// The time of `state`: when beta became 1, if it did.
    pub time: f64,
    /// The state there.
    pub state: Vec<f64>,
    /// How it ended.
    pub end: CoolingEnd,
}

/// How cooling ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CoolingEnd {
    /// beta = 1.
    Cold,
    /// The last time came first, or the most changes or steps.
    Limited,
    /// The integrator could not go on.
    Failed,
}

/// Limits of a run.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoolingLimits {
    /// Tolerances of a step.
    pub tolerances: Tolerances,
    /// The last time.
    pub end: f64,
    /// Most steps.
    pub max_steps: usize,
}

/// Most changes of beta.
pub const MOST_CHANGES: usize = 100_000;
/// Most numbers of a state.
const LARGEST: usize = 256;

impl Watched {
    /// The rule for a problem of two opposite modes of covariance I.
    ///
    /// Errors: another target; modes tempered one by one, a size that is corrected for q, which is no closed average.
    pub fn pair(rule: AdaptiveRule, problem: &Problem) -> Result<Self, InvalidParameter> {
        check(&rule, problem)?;
        let Some((separation, weight)) = problem.target().as_pair() else {
            let rule = "be two opposite modes for the statistics of a pair";
            return Err(InvalidParameter::new("means", "another target", rule).of(Part::Target));
        };
        Ok(Self { rule, target: WatchedTarget::Pair { separation, weight, dimension: problem.dimension() } })
    }

    /// The rule for any modes of covariance I, with coordinates `modes` (P x `width`, row by row) in the frame of the flow.
    ///
    /// Errors: those of [`Watched::pair`] but for the target; `modes` is not P x `width`.
    pub fn modes(rule: AdaptiveRule, problem: &Problem, modes: &[f64], width: usize) -> Result<Self, InvalidParameter> {
        if problem.target().as_pair().is_some() {
            return Self::pair(rule, problem);
        }
        check(&rule, problem)?;
        let modes = TemperedModes::new(modes, width, problem.target().weights(), None, problem.dimension())?;
        Ok(Self { rule, target: WatchedTarget::Modes(Box::new(modes)) })
    }

    /// The same where modes have covariances and components variances of their own.
    ///
    /// Errors: those of [`Watched::modes`]; components of full covariances.
    pub fn shaped(
        rule: AdaptiveRule,
        problem: &ShapedProblem,
        modes: &[f64],
        width: usize,
    ) -> Result<Self, InvalidParameter> {
        let plain = problem.problem();
        check(&rule, plain)?;
        if plain.family().rules().variance == VarianceRule::Full {
            let rule = "be isotropic under a schedule that watches the fit";
            return Err(InvalidParameter::new("covariance", "full", rule).of(Part::Family));
        }
        let (weights, covariances) = (plain.target().weights(), Some(problem.covariances()));
        let modes = TemperedModes::new(modes, width, weights, covariances, plain.dimension())?;
        Ok(Self { rule, target: WatchedTarget::Modes(Box::new(modes)) })
    }

    /// The rule.
    pub fn rule(&self) -> &AdaptiveRule {
        &self.rule
    }

    /// What the rule looks at of a pair's fit of a common variance; nothing of a state that is no fit any more.
    pub(crate) fn fit_of_pair(&self, variance: f64, components: Vec<FitComponent>) -> Option<TemperedFit> {
        match self.target {
            WatchedTarget::Pair { separation, weight, dimension } => {
                TemperedFit::new(separation, weight, variance, dimension, components).ok()
            }
            WatchedTarget::Modes(_) => None,
        }
    }

    fn fit(&self, flow: &impl Closed, beta: f64, state: &[f64]) -> Option<TemperedFit> {
        let (weights, (means, variances)) = (flow.weights(beta, state), flow.laws(beta, state));
        let (separation, axis) = match &self.target {
            WatchedTarget::Pair { separation, .. } => (separation, &flow.modes()[..flow.width()]),
            WatchedTarget::Modes(modes) => return TemperedFit::of(modes, &weights, &means, &variances).ok(),
        };
        let components = means.chunks(flow.width()).zip(weights).map(|(mean, weight)| {
            let along = mean.iter().zip(axis).map(|(m, a)| m * a).sum::<f64>() / separation;
            let square = mean.iter().map(|m| m * m).sum::<f64>();
            FitComponent { weight, along, across: (square - along * along).max(0.0) }
        });
        self.fit_of_pair(variances[0], components.collect())
    }

    /// Follows a run of at most 256 statistics from `start` until beta = 1.
    pub fn cool(&self, flow: &impl Closed, start: &[f64], limits: &CoolingLimits) -> Cooled {
        match start.len() {
            0..=4 => self.of_mixture::<4>(flow, start, limits),
            5..=6 => self.of_mixture::<6>(flow, start, limits),
            7..=10 => self.of_mixture::<10>(flow, start, limits),
            11..=32 => self.of_mixture::<32>(flow, start, limits),
            // Larger ones are refused where runs are made.
            _ => self.of_mixture::<LARGEST>(flow, start, limits),
        }
    }

    fn of_mixture<const N: usize>(&self, flow: &impl Closed, start: &[f64], limits: &CoolingLimits) -> Cooled {
        let n = start.len();
        let mut y = [0.0; N];
        y[..n].copy_from_slice(start);
        let mut rates = |beta: f64, y: &[f64; N], rate: &mut [f64; N]| {
            vectors::field(flow, beta, &y[..n], &mut rate[..n]);
        };
        let fit = |beta: f64, y: &[f64; N]| self.fit(flow, beta, &y[..n]);
        self.follow((y, n), limits, &mut rates, &fit)
    }

    /// Follows a run of `n` numbers under given rates at constant beta.
    pub(crate) fn follow<const N: usize>(
        &self,
        (mut y, n): ([f64; N], usize),
        limits: &CoolingLimits,
        rates: &mut impl FnMut(f64, &[f64; N], &mut [f64; N]),
        fit: &impl Fn(f64, &[f64; N]) -> Option<TemperedFit>,
    ) -> Cooled {
        let mut beta = 1.0 / self.rule.initial_temperature();
        let (mut time, mut steps) = (0.0, 0);
        let mut changes = vec![(0.0, beta)];
        let mut stepper: Option<Stepper<N>> = None;
        let end = loop {
            if beta >= 1.0 {
                break CoolingEnd::Cold;
            }
            if time >= limits.end || changes.len() > MOST_CHANGES || steps >= limits.max_steps {
                break CoolingEnd::Limited;
            }
            let to = (self.rule.interval() * changes.len() as f64).min(limits.end);
            let mut f = |_: f64, y: &[f64; N], rate: &mut [f64; N]| rates(beta, y, rate);
            match &mut stepper {
                None => stepper = Some(Stepper::with_padding(&mut f, time, y, limits.tolerances, to, n)),
                Some(stepper) => stepper.restart(&mut f, to),
            }
            let Some(stepper) = &mut stepper else { break CoolingEnd::Failed };
            let mut failed = false;
            while stepper.time() < to && steps < limits.max_steps && !failed {
                steps += 1;
                failed = stepper.step(&mut f, to) != StepResult::Accepted;
            }
            (time, y) = (stepper.time(), *stepper.state());
            if failed {
                break CoolingEnd::Failed;
            }
            if time < to || time >= limits.end {
                break CoolingEnd::Limited;
            }
            // A state that is no fit any more changes nothing; its run fails by itself.
            beta = fit(beta, &y).map_or(beta, |fit| self.rule.next_beta(beta, &fit));
            changes.push((time, beta));
        };
        Cooled { changes, time, state: y[..n].to_vec(), end }
    }
}

impl Cooled {
    /// beta where the run ended.
    pub fn beta(&self) -> f64 {
        self.changes.last().map_or(1.0, |change| change.1)
    }

    /// The schedule that the run had, as a table with a jump at each change.
    ///
    /// # Errors
    /// None: the temperatures of a rule are those of a schedule.
    pub fn schedule(&self) -> Result<Schedule, InvalidParameter> {
        let (mut times, mut temperatures) = (Vec::new(), Vec::new());
        for (i, &(time, beta)) in self.changes.iter().enumerate() {
            if i > 0 {
                times.push(time);
                temperatures.push(1.0 / self.changes[i - 1].1);
            }
            times.push(time);
            temperatures.push(1.0 / beta);
        }
        Schedule::table(times, temperatures)
    }
}

/// Refuses what has no closed averages.
fn check(rule: &AdaptiveRule, problem: &Problem) -> Result<(), InvalidParameter> {
    if problem.family().rules().tempering != Tempering::Density {
        let rule = "be \"density\" under a schedule that watches the fit";
        return Err(InvalidParameter::new("tempering", "\"modes\"", rule).of(Part::Family));
    }
    if rule.corrected() == Some(true) {
        let rule = "be false for the closed flow, where no samples are drawn: E_q[(p^β/q)^2] is not closed";
        return Err(InvalidParameter::new("corrected", true, rule));
    }
    Ok(())
}

/// The schedule that a rule gives the run of a flow from a state.
///
/// # Errors
/// A rule that does not reach T = 1 within the limits; more than 256 statistics.
pub fn realise(
    watched: &Watched,
    flow: &impl Closed,
    state: &[f64],
    limits: &CoolingLimits,
) -> Result<Cooled, InvalidParameter> {
    if state.len() > LARGEST {
        let rule = format!("leave at most {LARGEST} statistics under a schedule that watches the fit");
        return Err(InvalidParameter::new("weights", format!("{} statistics", state.len()), rule).of(Part::Family));
    }
    let cooled = watched.cool(flow, state, limits);
    if cooled.end != CoolingEnd::Cold {
        let rule = format!(
            "reach T = 1 here: after {} changes, at t = {}, it is at T = {}",
            cooled.changes.len() - 1,
            cooled.time,
            1.0 / cooled.beta()
        );
        let (name, value) = watched.rule.tau().map_or(("kappa", watched.rule.kappa()), |tau| ("tau", Some(tau)));
        return Err(InvalidParameter::new(name, value.unwrap_or(f64::NAN), rule));
    }
    Ok(cooled)
}
