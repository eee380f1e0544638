//! Annealing schedules T(t) = 1/beta(t), with the primitive B(t) of beta in closed form.

use crate::parameter::{InvalidParameter, positive};

/// The shape of a schedule; see [`Schedule`] for the formulas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScheduleKind {
    /// ln beta linear in time, the paper's choice.
    Geometric,
    /// T0 until the duration, then 1 (the paper's "step").
    Quench,
    /// T0 for ever.
    Constant,
    /// T - 1 decays at a constant rate.
    Exponential,
    /// T linear in time.
    LinearTemperature,
    /// beta linear in time.
    LinearBeta,
    /// T a power of a linear function of time.
    Power,
    /// T interpolated in a table.
    Table,
}

impl ScheduleKind {
    /// Every kind, in the order of the documentation.
    pub const ALL: [Self; 8] = [
        Self::Geometric,
        Self::Quench,
        Self::Constant,
        Self::Exponential,
        Self::LinearTemperature,
        Self::LinearBeta,
        Self::Power,
        Self::Table,
    ];

    /// The kind's name in configurations and records.
    pub fn name(self) -> &'static str {
        match self {
            Self::Geometric => "geometric",
            Self::Quench => "quench",
            Self::Constant => "constant",
            Self::Exponential => "exponential",
            Self::LinearTemperature => "linear-temperature",
            Self::LinearBeta => "linear-beta",
            Self::Power => "power",
            Self::Table => "table",
        }
    }
}

/// An annealing schedule: temperature T(t) >= 1, beta = 1/T and B(t) = int_0^t beta, all in closed form
/// (theory section 1).
///
/// | kind | for t < t0 | after |
/// |---|---|---|
/// | geometric | beta = beta_i^(1 - t/t0), beta_i = 1/T0 | 1 |
/// | quench | T = T0 | 1 |
/// | constant | T = T0 | T0 |
/// | exponential | T = 1 + (T0 - 1) exp(-kappa t), for all t | |
/// | linear-temperature | T = T0 + (1 - T0) t/t0 | 1 |
/// | linear-beta | beta = beta_i + (1 - beta_i) t/t0 | 1 |
/// | power | beta = (b + (1 - b) t/t0)^p, b = beta_i^(1/p): T = T0 (1 + t/tau)^(-p) that reaches 1 at t0 | 1 |
/// | table | T linear between the points, the first value before them | the last value |
///
/// The power law contains the others: p = -1 is linear in T, p = 1 linear in beta, p -> infinity geometric.
/// A schedule that jumps (quench) is right-continuous; [`Schedule::beta_in_piece`] gives the limit from the left.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    shape: Shape,
}

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Constant { t_hot: f64 },
    Quench { t_hot: f64, duration: f64 },
    Geometric { t_hot: f64, duration: f64 },
    Exponential { t_hot: f64, rate: f64 },
    LinearTemperature { t_hot: f64, duration: f64 },
    LinearBeta { t_hot: f64, duration: f64 },
    Power { t_hot: f64, duration: f64, exponent: f64 },
    Table { times: Vec<f64>, temperatures: Vec<f64> },
}

/// Largest initial temperature: beyond it beta underflows against 1 in every formula.
const MAX_TEMPERATURE: f64 = 1e12;

fn hot(name: &str, temperature: f64) -> Result<f64, InvalidParameter> {
    if (1.0..=MAX_TEMPERATURE).contains(&temperature) {
        Ok(temperature)
    } else {
        Err(InvalidParameter::new(name, temperature, "be at least 1 and at most 1e12"))
    }
}

impl Schedule {
    /// beta = min(beta_i^(1 - t/t0), 1): rate ln(T0)/t0.
    pub fn geometric(initial_temperature: f64, duration: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        Ok(Self { shape: Shape::Geometric { t_hot, duration: positive("duration", duration)? } })
    }

    /// T0 until `duration`, then 1.
    pub fn quench(initial_temperature: f64, duration: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        Ok(Self { shape: Shape::Quench { t_hot, duration: positive("duration", duration)? } })
    }

    /// T0 for ever.
    pub fn constant(temperature: f64) -> Result<Self, InvalidParameter> {
        Ok(Self { shape: Shape::Constant { t_hot: hot("initial_temperature", temperature)? } })
    }

    /// T = 1 + (T0 - 1) exp(-kappa t).
    pub fn exponential(initial_temperature: f64, rate: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        Ok(Self { shape: Shape::Exponential { t_hot, rate: positive("rate", rate)? } })
    }

    /// T linear in time, 1 from `duration` on.
    pub fn linear_temperature(initial_temperature: f64, duration: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        Ok(Self { shape: Shape::LinearTemperature { t_hot, duration: positive("duration", duration)? } })
    }

    /// beta linear in time, 1 from `duration` on.
    pub fn linear_beta(initial_temperature: f64, duration: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        Ok(Self { shape: Shape::LinearBeta { t_hot, duration: positive("duration", duration)? } })
    }

    /// T = T0 (1 + t/tau)^(-p) with tau such that T = 1 at `duration`, and 1 from there on; `exponent` p is
    /// any finite number but 0 (negative exponents cool faster at the end than at the start).
    pub fn power(initial_temperature: f64, duration: f64, exponent: f64) -> Result<Self, InvalidParameter> {
        let t_hot = hot("initial_temperature", initial_temperature)?;
        // beta_i^(1/p) must stay a normal number.
        if !exponent.is_finite() || exponent.abs() < 0.1 {
            return Err(InvalidParameter::new("exponent", exponent, "be finite and at least 0.1 in absolute value"));
        }
        Ok(Self { shape: Shape::Power { t_hot, duration: positive("duration", duration)?, exponent } })
    }

    /// T linear between the points (times\[i\], temperatures\[i\]); constant before the first and after the last.
    pub fn table(times: Vec<f64>, temperatures: Vec<f64>) -> Result<Self, InvalidParameter> {
        if times.is_empty() {
            return Err(InvalidParameter::new("times", "[]", "hold at least one time"));
        }
        if times.len() != temperatures.len() {
            let rule = format!("hold as many values as `times`, {}", times.len());
            return Err(InvalidParameter::new("temperatures", format!("{temperatures:?}"), rule));
        }
        for &t in &temperatures {
            hot("temperatures", t)?;
        }
        let rising = times.windows(2).all(|w| w[0] < w[1]);
        if !(rising && times[0] >= 0.0 && times[times.len() - 1].is_finite()) {
            let rule = "be finite, not negative and strictly increasing";
            return Err(InvalidParameter::new("times", format!("{times:?}"), rule));
        }
        Ok(Self { shape: Shape::Table { times, temperatures } })
    }

    /// The shape of the schedule.
    pub fn kind(&self) -> ScheduleKind {
        match &self.shape {
            Shape::Constant { .. } => ScheduleKind::Constant,
            Shape::Quench { .. } => ScheduleKind::Quench,
            Shape::Geometric { .. } => ScheduleKind::Geometric,
            Shape::Exponential { .. } => ScheduleKind::Exponential,
            Shape::LinearTemperature { .. } => ScheduleKind::LinearTemperature,
            Shape::LinearBeta { .. } => ScheduleKind::LinearBeta,
            Shape::Power { .. } => ScheduleKind::Power,
            Shape::Table { .. } => ScheduleKind::Table,
        }
    }

    /// T(0).
    pub fn initial_temperature(&self) -> f64 {
        match &self.shape {
            Shape::Constant { t_hot }
            | Shape::Quench { t_hot, .. }
            | Shape::Geometric { t_hot, .. }
            | Shape::Exponential { t_hot, .. }
            | Shape::LinearTemperature { t_hot, .. }
            | Shape::LinearBeta { t_hot, .. }
            | Shape::Power { t_hot, .. } => *t_hot,
            Shape::Table { temperatures, .. } => temperatures[0],
        }
    }

    /// The limit of T(t): 1 but for constant schedules and tables.
    pub fn final_temperature(&self) -> f64 {
        match &self.shape {
            Shape::Constant { t_hot } => *t_hot,
            Shape::Table { temperatures, .. } => temperatures[temperatures.len() - 1],
            _ => 1.0,
        }
    }

    /// The duration t0 where the kind has one.
    pub fn duration(&self) -> Option<f64> {
        match &self.shape {
            Shape::Quench { duration, .. }
            | Shape::Geometric { duration, .. }
            | Shape::LinearTemperature { duration, .. }
            | Shape::LinearBeta { duration, .. }
            | Shape::Power { duration, .. } => Some(*duration),
            _ => None,
        }
    }

    /// The rate kappa of an exponential schedule.
    pub fn rate(&self) -> Option<f64> {
        match &self.shape {
            Shape::Exponential { rate, .. } => Some(*rate),
            _ => None,
        }
    }

    /// The times t > 0 at which beta(t) is not smooth, in increasing order: an integrator must stop on each.
    pub fn breakpoints(&self) -> Vec<f64> {
        match &self.shape {
            Shape::Constant { .. } | Shape::Exponential { .. } => Vec::new(),
            Shape::Table { times, .. } => times.iter().copied().filter(|&t| t > 0.0).collect(),
            _ => self.duration().into_iter().collect(),
        }
    }

    /// The time after which |T(t) - T(infinity)| <= `tolerance`.
    pub fn settling_time(&self, tolerance: f64) -> f64 {
        match &self.shape {
            Shape::Exponential { t_hot, rate } => ((t_hot - 1.0) / tolerance).max(1.0).ln() / rate,
            _ => self.breakpoints().last().copied().unwrap_or(0.0),
        }
    }

    /// T(t) for t >= 0.
    pub fn temperature(&self, t: f64) -> f64 {
        match &self.shape {
            Shape::Exponential { t_hot, rate } => 1.0 + (t_hot - 1.0) * (-rate * t).exp(),
            Shape::LinearTemperature { t_hot, duration } if t < *duration => t_hot + (1.0 - t_hot) * t / duration,
            Shape::Table { times, temperatures } => table_temperature(times, temperatures, t),
            _ => 1.0 / self.beta(t),
        }
    }

    /// beta(t) = 1/T(t) for t >= 0, continuous from the right.
    pub fn beta(&self, t: f64) -> f64 {
        match self.duration() {
            Some(duration) if t >= duration => 1.0,
            _ => self.hot_beta(t),
        }
    }

    /// beta(t) in piece number `piece` (0 before the first of [`Schedule::breakpoints`], 1 after it, ...), extended
    /// to the piece's closed interval: what an integrator needs when it stops on a breakpoint.
    pub fn beta_in_piece(&self, piece: usize, t: f64) -> f64 {
        match self.duration() {
            Some(duration) if piece == 0 => self.hot_beta(t.min(duration)),
            Some(_) => 1.0,
            None => self.hot_beta(t),
        }
    }

    /// The formula of the hot stage, without the end at t0.
    fn hot_beta(&self, t: f64) -> f64 {
        match &self.shape {
            Shape::Constant { t_hot } | Shape::Quench { t_hot, .. } => 1.0 / t_hot,
            Shape::Geometric { t_hot, duration } => (-t_hot.ln() * (1.0 - t / duration)).exp(),
            Shape::Exponential { t_hot, rate } => 1.0 / (1.0 + (t_hot - 1.0) * (-rate * t).exp()),
            Shape::LinearTemperature { t_hot, duration } => 1.0 / (t_hot + (1.0 - t_hot) * t / duration),
            Shape::LinearBeta { t_hot, duration } => (1.0 + (t_hot - 1.0) * t / duration) / t_hot,
            Shape::Power { t_hot, duration, exponent } => power_base(*t_hot, *exponent, t / duration).powf(*exponent),
            Shape::Table { times, temperatures } => 1.0 / table_temperature(times, temperatures, t),
        }
    }

    /// B(t) = int_0^t beta(s) ds for t >= 0, to relative rounding (no cancellation at high temperature).
    pub fn beta_integral(&self, t: f64) -> f64 {
        match self.duration() {
            Some(duration) if t > duration => self.hot_beta_integral(duration) + (t - duration),
            _ => self.hot_beta_integral(t),
        }
    }

    fn hot_beta_integral(&self, t: f64) -> f64 {
        match &self.shape {
            Shape::Constant { t_hot } | Shape::Quench { t_hot, .. } => t / t_hot,
            Shape::Geometric { t_hot, duration } => t / t_hot * expm1_over(t_hot.ln() * t / duration),
            // ln1p(expm1(kappa t)/T0)/kappa, rearranged where expm1 would overflow.
            // T(t)/T0 >= 1e-12: the plain logarithm is accurate beside t > 30/kappa.
            Shape::Exponential { t_hot, rate } if rate * t > 30.0 => t + (self.temperature(t) / t_hot).ln() / rate,
            Shape::Exponential { t_hot, rate } => ((rate * t).exp_m1() / t_hot).ln_1p() / rate,
            Shape::LinearTemperature { t_hot, duration } => {
                t / t_hot * log1p_over(-(t_hot - 1.0) / t_hot * t / duration)
            }
            Shape::LinearBeta { t_hot, duration } => t / t_hot * (1.0 + (t_hot - 1.0) * t / (2.0 * duration)),
            Shape::Power { t_hot, duration, exponent } => power_integral(*t_hot, *duration, *exponent, t),
            Shape::Table { times, temperatures } => table_integral(times, temperatures, t),
        }
    }

    /// The t >= 0 with B(t) = `value` (>= 0), in closed form.
    pub fn inverse_beta_integral(&self, value: f64) -> f64 {
        if let Some(duration) = self.duration() {
            let hot_end = self.hot_beta_integral(duration);
            if value >= hot_end {
                return duration + (value - hot_end);
            }
        }
        match &self.shape {
            Shape::Constant { t_hot } | Shape::Quench { t_hot, .. } => value * t_hot,
            Shape::Geometric { t_hot, duration } => value * t_hot * log1p_over(value * t_hot * t_hot.ln() / duration),
            Shape::Exponential { t_hot, rate } if rate * value > 30.0 => {
                value + (t_hot + (1.0 - t_hot) * (-rate * value).exp()).ln() / rate
            }
            Shape::Exponential { t_hot, rate } => (t_hot * (rate * value).exp_m1()).ln_1p() / rate,
            Shape::LinearTemperature { t_hot, duration } => {
                value * t_hot * expm1_over(-(t_hot - 1.0) * value / duration)
            }
            Shape::LinearBeta { t_hot, duration } => {
                let scaled = value * t_hot;
                2.0 * scaled / (1.0 + (1.0 + 2.0 * (t_hot - 1.0) * scaled / duration).sqrt())
            }
            Shape::Power { t_hot, duration, exponent } => power_inverse(*t_hot, *duration, *exponent, value),
            Shape::Table { times, temperatures } => table_inverse(times, temperatures, value),
        }
    }
}

/// (e^x - 1)/x, with its limit at 0.
fn expm1_over(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { x.exp_m1() / x }
}

/// ln(1 + x)/x, with its limit at 0.
fn log1p_over(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { x.ln_1p() / x }
}

/// b + (1 - b) x with b = T0^(-1/p).
fn power_base(t_hot: f64, exponent: f64, x: f64) -> f64 {
    let log_b = -t_hot.ln() / exponent;
    log_b.exp() - log_b.exp_m1() * x
}

/// B(t) of the power law: b^(p+1) expm1((p+1) ln(y/b))/(p+1) t0/(1-b), y = b + (1-b) t/t0.
fn power_integral(t_hot: f64, duration: f64, exponent: f64, t: f64) -> f64 {
    let log_b = -t_hot.ln() / exponent;
    let slope = -log_b.exp_m1() / log_b.exp();
    let grown = (slope * t / duration).ln_1p();
    // t/T0 times the mean of (y/b)^p over [0, t].
    t / t_hot * expm1_over((exponent + 1.0) * grown) / log1p_inverse(slope * t / duration, grown)
}

/// x/ln(1+x) given both.
fn log1p_inverse(x: f64, log1p: f64) -> f64 {
    if log1p == 0.0 { 1.0 } else { x / log1p }
}

fn power_inverse(t_hot: f64, duration: f64, exponent: f64, value: f64) -> f64 {
    let log_b = -t_hot.ln() / exponent;
    let slope = -log_b.exp_m1() / log_b.exp();
    if slope == 0.0 {
        return value * t_hot;
    }
    let scaled = value * t_hot * slope / duration;
    let grown = scaled * log1p_over((exponent + 1.0) * scaled);
    duration / slope * grown.exp_m1()
}

fn table_temperature(times: &[f64], temperatures: &[f64], t: f64) -> f64 {
    let after = times.partition_point(|&time| time <= t);
    match after {
        0 => temperatures[0],
        n if n == times.len() => temperatures[n - 1],
        n => {
            let x = (t - times[n - 1]) / (times[n] - times[n - 1]);
            temperatures[n - 1] + (temperatures[n] - temperatures[n - 1]) * x
        }
    }
}

/// The segments of a table as (start, length, T at start, T at end); the last one has infinite length.
fn table_segments<'a>(times: &'a [f64], temperatures: &'a [f64]) -> impl Iterator<Item = (f64, f64, f64, f64)> + 'a {
    let last = times.len() - 1;
    let before = (0.0, times[0], temperatures[0], temperatures[0]);
    let inner = (0..last).map(|i| (times[i], times[i + 1] - times[i], temperatures[i], temperatures[i + 1]));
    let after = (times[last], f64::INFINITY, temperatures[last], temperatures[last]);
    std::iter::once(before).chain(inner).chain(std::iter::once(after))
}

fn table_integral(times: &[f64], temperatures: &[f64], t: f64) -> f64 {
    let mut total = 0.0;
    for (start, length, t_a, t_b) in table_segments(times, temperatures) {
        if t <= start {
            break;
        }
        let elapsed = (t - start).min(length);
        let slope = if length.is_finite() && length > 0.0 { (t_b - t_a) / (t_a * length) } else { 0.0 };
        total += elapsed / t_a * log1p_over(slope * elapsed);
    }
    total
}

fn table_inverse(times: &[f64], temperatures: &[f64], value: f64) -> f64 {
    let mut rest = value;
    for (start, length, t_a, t_b) in table_segments(times, temperatures) {
        let slope = if length.is_finite() && length > 0.0 { (t_b - t_a) / (t_a * length) } else { 0.0 };
        let whole = if length.is_finite() { length / t_a * log1p_over(slope * length) } else { f64::INFINITY };
        if rest <= whole {
            return start + rest * t_a * expm1_over(slope * t_a * rest);
        }
        rest -= whole;
    }
    f64::INFINITY
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(t_hot: f64) -> Vec<Schedule> {
        vec![
            Schedule::geometric(t_hot, 7.0).unwrap(),
            Schedule::quench(t_hot, 7.0).unwrap(),
            Schedule::constant(t_hot).unwrap(),
            Schedule::exponential(t_hot, 0.3).unwrap(),
            Schedule::linear_temperature(t_hot, 7.0).unwrap(),
            Schedule::linear_beta(t_hot, 7.0).unwrap(),
            Schedule::power(t_hot, 7.0, 2.0).unwrap(),
            Schedule::power(t_hot, 7.0, -1.5).unwrap(),
            Schedule::table(vec![1.0, 3.0, 7.0], vec![t_hot, 2.0, 1.0]).unwrap(),
            Schedule::table(vec![0.0], vec![t_hot]).unwrap(),
        ]
    }

    /// Composite Simpson on each smooth piece: the independent route to B.
    fn simpson(schedule: &Schedule, t: f64) -> f64 {
        let mut edges = vec![0.0];
        edges.extend(schedule.breakpoints().into_iter().filter(|&b| b < t));
        edges.push(t);
        let n = 4000;
        edges
            .windows(2)
            .enumerate()
            .map(|(piece, w)| {
                let h = (w[1] - w[0]) / n as f64;
                let f = |i: usize| schedule.beta_in_piece(piece, w[0] + h * i as f64);
                let inner: f64 = (1..n).map(|i| f(i) * if i % 2 == 1 { 4.0 } else { 2.0 }).sum();
                h / 3.0 * (f(0) + inner + f(n))
            })
            .sum()
    }

    #[test]
    fn primitive_is_the_integral_of_beta() {
        for t_hot in [1.0, 1.0 + 1e-9, 4.0, 90.0] {
            for schedule in all(t_hot) {
                for t in [0.0, 1e-3, 0.8, 3.0, 6.9, 7.0, 20.0] {
                    let (closed, numeric) = (schedule.beta_integral(t), simpson(&schedule, t));
                    // Simpson with 4000 cells is good to 1e-10 on these smooth pieces.
                    assert!((closed - numeric).abs() <= 1e-9 * (1.0 + numeric), "{schedule:?} {t}: {closed} {numeric}");
                }
            }
        }
    }

    #[test]
    fn inverse_undoes_the_primitive_even_when_hot() {
        for t_hot in [1.0, 1.5, 90.0, 1e6] {
            for schedule in all(t_hot) {
                for t in [0.0, 1e-6, 0.01, 2.0, 6.5, 7.5, 50.0, 500.0] {
                    let back = schedule.inverse_beta_integral(schedule.beta_integral(t));
                    // Rounding of B is amplified by T when the last stage is as hot as 1e6.
                    assert!((back - t).abs() <= 1e-9 * (1.0 + t), "{schedule:?} {t}: {back}");
                }
            }
        }
    }

    #[test]
    fn ends_and_pieces() {
        for schedule in all(90.0) {
            assert!((schedule.temperature(0.0) - schedule.initial_temperature()).abs() < 1e-12 * 90.0);
            assert!((schedule.temperature(1e4) - schedule.final_temperature()).abs() < 1e-12);
            let settled = schedule.temperature(schedule.settling_time(1e-6));
            assert!((settled - schedule.final_temperature()).abs() < 1.01e-6, "{schedule:?}");
            for t in [0.3, 5.0, 9.0] {
                assert!((schedule.beta(t) * schedule.temperature(t) - 1.0).abs() < 1e-14);
            }
        }
        let quench = Schedule::quench(5.0, 2.0).unwrap();
        assert_eq!((quench.beta_in_piece(0, 2.0), quench.beta_in_piece(1, 2.0), quench.beta(2.0)), (0.2, 1.0, 1.0));
    }

    #[test]
    fn power_law_contains_the_linear_and_geometric_laws() {
        let (linear_t, linear_b) =
            (Schedule::linear_temperature(9.0, 3.0).unwrap(), Schedule::linear_beta(9.0, 3.0).unwrap());
        let geometric = Schedule::geometric(9.0, 3.0).unwrap();
        for t in [0.0, 0.7, 2.9] {
            let power = |p: f64| Schedule::power(9.0, 3.0, p).unwrap().beta(t);
            assert!((power(-1.0) - linear_t.beta(t)).abs() < 1e-14);
            assert!((power(1.0) - linear_b.beta(t)).abs() < 1e-14);
            // First correction in 1/p.
            assert!((power(1e7) - geometric.beta(t)).abs() < 1e-6);
        }
    }

    #[test]
    fn refusals_name_value_and_rule() {
        let error = Schedule::geometric(0.5, 1.0).unwrap_err();
        assert_eq!(error.to_string(), "`initial_temperature` is 0.5: it must be at least 1 and at most 1e12");
        assert!(Schedule::geometric(f64::NAN, 1.0).is_err());
        assert_eq!(Schedule::quench(2.0, 0.0).unwrap_err().name(), "duration");
        assert_eq!(Schedule::power(2.0, 1.0, 0.0).unwrap_err().name(), "exponent");
        assert_eq!(Schedule::table(vec![], vec![]).unwrap_err().name(), "times");
        assert_eq!(Schedule::table(vec![0.0, 0.0], vec![2.0, 1.0]).unwrap_err().name(), "times");
        assert_eq!(Schedule::table(vec![0.0], vec![2.0, 1.0]).unwrap_err().name(), "temperatures");
        assert_eq!(Schedule::exponential(2.0, f64::INFINITY).unwrap_err().name(), "rate");
    }
}
