//! Cooling that watches the fit: the schedule of one run of the closed flow, which is known once the run is.

use collapsar_theory::{
    AdaptiveRule, Family, FitComponent, InvalidParameter, MixtureFlow, Part, Problem, Schedule, Target, TemperedFit,
    Tempering,
};

use crate::integrate::{StepResult, Stepper, Tolerances, vectors};

/// A rule with what it looks at: a fit by isotropic Gaussians of a target of two opposite modes, where the variance of log p and
/// the effective sample size are closed but for integrals along one axis, theory 16.4.
#[derive(Debug, Clone)]
pub struct Watched {
    rule: AdaptiveRule,
    separation: f64,
    weight: f64,
    dimension: usize,
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
    /// The rule for a target and a family in dimension `dimension`.
    ///
    /// Errors: a target of other than two opposite modes, modes tempered one by one, a size that is corrected for q, which is no
    /// closed average.
    pub fn new(
        rule: AdaptiveRule,
        target: &Target,
        family: &Family,
        dimension: usize,
    ) -> Result<Self, InvalidParameter> {
        let Some((separation, weight)) = target.as_pair() else {
            let rule =
                "be two opposite modes under a schedule that watches the fit, whose averages are closed for them";
            return Err(InvalidParameter::new("means", "another target", rule).of(Part::Target));
        };
        if family.rules().tempering != Tempering::Density {
            let rule = "be \"density\" under a schedule that watches the fit";
            return Err(InvalidParameter::new("tempering", "\"modes\"", rule).of(Part::Family));
        }
        if rule.corrected() == Some(true) {
            let rule = "be false for the closed flow, where no samples are drawn: E_q[(p^β/q)^2] is not closed";
            return Err(InvalidParameter::new("corrected", true, rule));
        }
        Ok(Self { rule, separation, weight, dimension })
    }

    /// The rule.
    pub fn rule(&self) -> &AdaptiveRule {
        &self.rule
    }

    /// What the rule looks at of a fit of a common variance; nothing of a state that is no fit any more.
    pub(crate) fn fit(&self, variance: f64, components: Vec<FitComponent>) -> Option<TemperedFit> {
        TemperedFit::new(self.separation, self.weight, variance, self.dimension, components).ok()
    }

    fn fit_of(&self, flow: &MixtureFlow, beta: f64, state: &[f64]) -> Option<TemperedFit> {
        let plain = flow.unpack(beta, state);
        let (width, axis) = (flow.width(), &flow.modes()[..flow.width()]);
        let components = plain.means.chunks(width).zip(plain.weights()).map(|(mean, weight)| {
            let along = mean.iter().zip(axis).map(|(m, a)| m * a).sum::<f64>() / self.separation;
            let square = mean.iter().map(|m| m * m).sum::<f64>();
            FitComponent { weight, along, across: (square - along * along).max(0.0) }
        });
        self.fit(plain.variance, components.collect())
    }

    /// Follows a run of at most 256 statistics from `start` until beta = 1.
    pub fn cool(&self, flow: &MixtureFlow, start: &[f64], limits: &CoolingLimits) -> Cooled {
        match start.len() {
            0..=4 => self.of_mixture::<4>(flow, start, limits),
            5..=6 => self.of_mixture::<6>(flow, start, limits),
            7..=10 => self.of_mixture::<10>(flow, start, limits),
            11..=32 => self.of_mixture::<32>(flow, start, limits),
            // Larger ones are refused where runs are made.
            _ => self.of_mixture::<LARGEST>(flow, start, limits),
        }
    }

    fn of_mixture<const N: usize>(&self, flow: &MixtureFlow, start: &[f64], limits: &CoolingLimits) -> Cooled {
        let n = start.len();
        let mut y = [0.0; N];
        y[..n].copy_from_slice(start);
        let mut rates = |beta: f64, y: &[f64; N], rate: &mut [f64; N]| {
            vectors::field(flow, beta, &y[..n], &mut rate[..n]);
        };
        let fit = |beta: f64, y: &[f64; N]| self.fit_of(flow, beta, &y[..n]);
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

/// The schedule that a rule gives the run of a problem from given means, in a frame where the modes have these coordinates.
///
/// # Errors
/// Those of [`Watched::new`]; a rule that does not reach T = 1 within the limits.
pub fn realise(
    rule: AdaptiveRule,
    problem: &Problem,
    flow: &MixtureFlow,
    state: &[f64],
    limits: &CoolingLimits,
) -> Result<Cooled, InvalidParameter> {
    let watched = Watched::new(rule, problem.target(), problem.family(), problem.dimension())?;
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
