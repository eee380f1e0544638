//! A probability in words.

use crate::config::{CollapseRun, ProductCriterion, Route};
use crate::montecarlo::{Cooling, Estimate, HorizonEstimate, MechanismShare};
use crate::results::{Answer, Detail, FormulaDetail, ProbabilityRecord, ScheduleAdvice};
use crate::studies::number;
use crate::studies::probability::{FLOW, PRODUCT};

/// What a person wants to know first.
pub(super) fn summary(record: &ProbabilityRecord) -> String {
    let mut lines = vec![match record.pair {
        "mixture" => "probability of losing a mode, mixture".to_owned(),
        PRODUCT => product(record),
        FLOW => "probability of losing a mode, normalizing flow".to_owned(),
        pair => format!("probability of collapse, {pair} pair"),
    }];
    lines.extend(record.routes.by_route.iter().flat_map(|(route, answer)| lines_of(*route, answer)));
    lines.extend(record.routes.notes.iter().map(|note| format!("note        {note}")));
    lines.join("\n") + "\n"
}

fn product(record: &ProbabilityRecord) -> String {
    let minority =
        matches!(&record.config, CollapseRun::Product(run) if run.family.criterion == ProductCriterion::Minority);
    let event = if minority { "the heaviest mode" } else { "a mode" };
    format!("probability of losing {event}, product measure")
}

fn lines_of(route: Route, answer: &Answer) -> Vec<String> {
    let mut lines = of_detail(route, answer);
    if let Some(Cooling { mean, least, most, warm }) = answer.cooling {
        let time = |t: Option<f64>| t.map_or("-".to_owned(), number);
        let warm = if warm > 0 { format!(", {warm} never") } else { String::new() };
        lines.push(format!("            T = 1 at t = {}, {} to {}{warm}", time(mean), time(least), time(most)));
    }
    lines
}

fn of_detail(route: Route, answer: &Answer) -> Vec<String> {
    let heading = format!("{:<11} ", if route == Route::MonteCarlo { "monte carlo" } else { route.name() });
    let value = answer.value;
    match &answer.detail {
        Detail::Quadrature { .. } => vec![format!("{heading}{value:.9} +- {:.1e}", answer.error.unwrap_or(0.0))],
        Detail::Formula(detail) => {
            let doubt = if answer.valid { "" } else { "  (outside its regime)" };
            let mut lines = vec![format!("{heading}{value:.9} by {}{doubt}", detail.equation)];
            lines.extend(beside(detail));
            lines
        }
        Detail::Count(detail) => {
            let mut lines = Vec::new();
            let limit = answer.estimate.as_ref().map_or_else(String::new, |e| counted(&heading, e, 9));
            lines.extend(match &detail.at_horizon {
                None => vec![limit],
                Some(HorizonEstimate { time, estimate }) if answer.estimate.as_ref() == Some(estimate) => {
                    vec![format!("{limit}, at t = {} and in the limit", number(*time))]
                }
                Some(HorizonEstimate { time, estimate }) => {
                    let earlier = format!("{}, at t = {}", counted(&heading, estimate, 9), number(*time));
                    vec![earlier, limit + ", in the limit"]
                }
            });
            for (k, lost) in detail.lost_by_mode.iter().flatten().enumerate().filter(|_| detail.followed.is_some()) {
                lines.push(format!("            lost mode {}: {lost} runs", k + 1));
            }
            for MechanismShare { mechanism, count, low, high } in detail.mechanisms.iter().flatten() {
                if *count > 0 {
                    lines.push(format!("            {mechanism}: {count} runs, [{low:.6}, {high:.6}]"));
                }
            }
            lines
        }
        Detail::Descent { batch, step, steps } => {
            vec![format!("{}, batch {batch}, {steps} steps of {step}", estimate(&heading, answer))]
        }
        Detail::Training { steps, .. } => {
            let lost_a_mode = answer.lost_a_mode().unwrap_or(0);
            vec![format!("{}, lost a mode {lost_a_mode}, {steps} steps", estimate(&heading, answer))]
        }
    }
}

/// The count of an answer.
fn estimate(heading: &str, answer: &Answer) -> String {
    answer.estimate.as_ref().map_or_else(|| format!("{heading}{}", answer.value), |e| counted(heading, e, 6))
}

/// Value, runs, interval, and the runs without a verdict: with those, what they allow instead of the value.
fn counted(heading: &str, e: &Estimate, digits: usize) -> String {
    let (level, shown) = (number(100.0 * e.level), digits.min(6));
    let (least, most) = e.extremes();
    let value = if e.open() > 0 { format!("{least:.shown$} to {most:.shown$}") } else { format!("{least:.digits$}") };
    format!(
        "{heading}{value} of {} runs, {level}% interval [{:.shown$}, {:.shown$}], undecided {}",
        e.n,
        e.low,
        e.high,
        e.open()
    )
}

/// What a formula says beside its value.
fn beside(detail: &FormulaDetail) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(relaxed) = detail.relaxed {
        lines.push(format!("            {relaxed:.9} with the gain by relaxation"));
    }
    if let Some(advice) = detail.advice {
        let time = |t: Option<f64>| t.map_or("no duration".to_owned(), |t| format!("t0 = {}", number(t)));
        let words = |name: &str, s: ScheduleAdvice| {
            let hot = number(s.initial_temperature);
            format!("{name} T0 = {hot}: {} by (10), {} by (18)", time(s.duration), time(s.refined_duration))
        };
        lines.push(format!("for P_c     {} geometrically, by plain gradient descent", number(advice.wanted)));
        lines.push(words("            from", advice.here));
        lines.extend(advice.cheapest.map(|s| words("            cheapest from", s)));
    }
    lines
}
