//! Whether a schedule is too cold, too hot or too fast for the sphere pair, theory 16.2, and whether heat leads to the wrong
//! mode, theory 16.5: measured along the schedule.

use collapsar_theory::{
    InvalidParameter, Pair, Schedule, SharpFormula, SpherePair, SphereVariance, Tempering, TemperingDrift, Turnpike,
    tempered_weights,
};

use crate::config::ProblemConfig;
use crate::results::DriftRecord;
use crate::studies::number;
use crate::studies::probability::CollapseProbability;

/// P_c that is wanted where nothing is said.
const USUAL: f64 = 0.01;
/// Times at which a schedule is looked at.
const LOOKS: usize = 400;
/// Values of beta at which weights are drawn, less one.
const DRAWN: usize = 100;
/// A share of the hot time that is worth a word.
const MUCH: f64 = 0.2;
/// var/T at which the variance lags.
const LAGS: f64 = 1.1;

/// What a schedule does with its time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct HeatUse {
    /// T_c.
    pub(crate) critical: f64,
    /// The best constant temperature.
    pub(crate) best: Turnpike,
    /// The highest temperature.
    highest: f64,
    /// Time above T_c.
    hot: f64,
    /// Time above T* at which gaps grow at less than half the best rate.
    idle: f64,
    /// The exponent of that growth while it is hot, the means at rest.
    growth: f64,
    /// var/T where T falls through T_c, of a variance that lags.
    lag: Option<f64>,
    /// The exponent that the wanted P_c takes.
    needed: f64,
    wanted: f64,
}

impl HeatUse {
    /// Measures a schedule that answers a question about a mixture under plain descent; nothing where no temperature is the best: for a pair
    /// that is free, equal odds, a variance that does not follow the temperature.
    ///
    /// # Errors
    /// Those of the turnpike.
    pub(crate) fn of(
        question: &CollapseProbability<'_>,
        schedule: &Schedule,
        wanted: Option<f64>,
    ) -> Result<Option<Self>, InvalidParameter> {
        match question.pair() {
            Some(Pair::Sphere(pair))
                if question.adam().is_none() && !question.is_of_flows() && schedule.final_temperature() == 1.0 =>
            {
                Self::new(&pair, question.dimension() as f64, schedule, wanted)
            }
            _ => Ok(None),
        }
    }

    fn new(
        pair: &SpherePair,
        dimension: f64,
        schedule: &Schedule,
        wanted: Option<f64>,
    ) -> Result<Option<Self>, InvalidParameter> {
        let options = pair.options();
        // With equal odds both means rest on the plane: any gap is enough, and no growth is needed.
        if options.variance == SphereVariance::Unit || options.target_weight == 0.5 {
            return Ok(None);
        }
        let best = Turnpike::new(pair)?;
        let formula = SharpFormula::new(options.radius, options.target_weight, None)?;
        let wanted = wanted.unwrap_or(USUAL);
        let end = schedule.settling_time(Schedule::SETTLED);
        let critical = 1.0 / formula.critical_beta();
        let mut found = Self {
            critical,
            best,
            highest: schedule.initial_temperature(),
            hot: 0.0,
            idle: 0.0,
            growth: 0.0,
            lag: None,
            needed: best.growth(dimension, wanted),
            wanted,
        };
        let step = end / LOOKS as f64;
        let (mut variance, mut before) = (pair.initial_variance(schedule.initial_temperature()), f64::INFINITY);
        for look in 0..LOOKS {
            let beta = schedule.beta((look as f64 + 0.5) * step);
            let temperature = 1.0 / beta;
            // The variance of theory (5) at d = infinity: exact where beta is constant.
            let clock = options.clock.factor(beta);
            variance = temperature + (variance - temperature) * (-clock * beta * step).exp();
            found.highest = found.highest.max(temperature);
            if temperature > critical {
                let rate = Turnpike::at(pair, temperature).rate;
                found.hot += step;
                found.growth += rate * step;
                found.idle += if temperature > best.temperature && rate < best.rate / 2.0 { step } else { 0.0 };
            } else if before > critical && before < 2.0 * temperature {
                // A jump is no passage.
                found.lag = Some(variance / temperature);
            }
            before = temperature;
        }
        if !matches!(options.variance, SphereVariance::Lagging { .. }) {
            found.lag = None;
        }
        Ok(Some(found))
    }

    /// What is wrong with the schedule, a line each.
    pub(crate) fn remarks(&self) -> Vec<String> {
        let (critical, best) = (number(self.critical), &self.best);
        let mut lines = Vec::new();
        if self.highest <= self.critical {
            lines.push(format!(
                "too cold: T is {} at most, and the means part above T_c = {critical} only, fastest at T* = {}",
                number(self.highest),
                number(best.temperature)
            ));
            return lines;
        }
        if self.idle > MUCH * self.hot {
            lines.push(format!(
                "too hot: {} of the {} units of time above T_c = {critical} are so far above T* = {} that gaps grow at less than \
                 half the rate there",
                number(self.idle),
                number(self.hot),
                number(best.temperature)
            ));
        }
        if self.growth < self.needed {
            lines.push(format!(
                "too fast for P_c = {}: gaps grow about e^{:.1}-fold while it is hot, and e^{:.1} is needed: {} units of time at T* = {}",
                number(self.wanted),
                self.growth,
                self.needed,
                number(self.needed / best.rate),
                number(best.temperature)
            ));
        }
        if let Some(lag) = self.lag.filter(|&lag| lag > LAGS) {
            lines.push(format!("the variance lags: it is {lag:.2} T when T passes T_c = {critical}"));
        }
        lines
    }
}

/// The highest temperature of the schedule, and log det Sigma_k; nothing where no weight moves: it is never hot, there is one
/// mode, or each is tempered for itself.
fn tempered(problem: &ProblemConfig) -> Result<Option<(f64, Vec<f64>)>, InvalidParameter> {
    let schedule = problem.schedule.schedule()?;
    let end = schedule.settling_time(Schedule::SETTLED);
    let times = (0..LOOKS).map(|look| end * look as f64 / LOOKS as f64);
    let hottest = times.map(|t| schedule.temperature(t)).fold(1.0, f64::max);
    let weights = &problem.target.weights;
    if hottest == 1.0 || weights.len() < 2 || problem.family.tempering == Tempering::Modes {
        return Ok(None);
    }
    let volumes = problem.shaped()?.map_or_else(|| vec![0.0; weights.len()], |shaped| shaped.log_determinants());
    Ok(Some((hottest, volumes)))
}

/// The weights of the modes along the schedule where they have shapes, theory (40).
///
/// # Errors
/// What the problem refuses.
pub(crate) fn drift_record(problem: &ProblemConfig) -> Result<Option<DriftRecord>, InvalidParameter> {
    let Some((hottest, volumes)) = tempered(problem)?.filter(|_| problem.target.covariances.is_some()) else {
        return Ok(None);
    };
    let cold = 1.0 / hottest;
    let beta: Vec<f64> = (0..=DRAWN).map(|i| cold + (1.0 - cold) * i as f64 / DRAWN as f64).collect();
    let weights = beta.iter().map(|&beta| tempered_weights(&problem.target.weights, &volumes, beta)).collect();
    Ok(Some(DriftRecord { beta, weights }))
}

/// What tempering does to the weights of the target's modes under its schedule, a line each.
///
/// # Errors
/// What the problem refuses.
pub(crate) fn drift(problem: &ProblemConfig) -> Result<Vec<String>, InvalidParameter> {
    let Some((hottest, volumes)) = tempered(problem)? else { return Ok(Vec::new()) };
    let weights = &problem.target.weights;
    let drift = TemperingDrift::new(weights, &volumes, hottest);
    let heaviest = drift.heaviest.map(|(mode, hot)| {
        format!(
            "above T = {} mode {} of the tempered target is the heaviest, which it is not at T = 1: while it is hot the mass goes there",
            number(hot),
            mode + 1
        )
    });
    let halved = drift.halved.iter().map(|(mode, hot)| {
        format!("above T = {} mode {} of the tempered target has less than half of its weight", number(*hot), mode + 1)
    });
    Ok(heaviest.into_iter().chain(halved).collect())
}
