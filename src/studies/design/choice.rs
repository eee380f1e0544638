//! A family's best and the number of its fits, and the choice among families that fresh counts confirm.

use std::ops::RangeInclusive;

use crate::config::Route;
use crate::results::{Answer, Counted};
use crate::studies::design::frontier::{Best, Frontier};
use crate::studies::design::judge::Judge;
use crate::studies::{StudyError, Watch, number};

/// Fresh counts of what is found, at most: each that says no makes the fit longer.
const ROUNDS: u64 = 5;

/// A family's best, with how many fits of it are made.
pub(super) struct Choice {
    pub(super) best: Best,
    pub(super) restarts: u64,
    pub(super) attainable: bool,
    /// What every further fit costs beside its schedule.
    pub(super) relaxation: f64,
}

impl Choice {
    pub(super) fn total(&self) -> f64 {
        total(self.best.cost, self.restarts, self.relaxation)
    }

    /// P_c of all fits.
    pub(super) fn probability(&self) -> f64 {
        self.best.probability.powf(self.restarts as f64)
    }

    /// Whether this one is to be preferred: what is wanted at the least cost, else the least P_c.
    fn is_better_than(&self, other: &Self, wanted: bool) -> bool {
        match (self.attainable, other.attainable) {
            (true, false) => true,
            (false, true) => false,
            (true, true) if wanted => self.total() < other.total(),
            _ => self.probability() < other.probability(),
        }
    }
}

/// The time of `n` fits, theory (43): what each needs at T = 1 is left out once, as of a single one.
pub(super) fn total(cost: f64, n: u64, relaxation: f64) -> f64 {
    cost * n as f64 + relaxation * (n - 1) as f64
}

/// What is left for the schedule of each.
pub(super) fn each(total: f64, n: u64, relaxation: f64) -> f64 {
    (total - relaxation * (n - 1) as f64) / n as f64
}

/// The number of fits and the member that reach `wanted` in the least time of all.
pub(super) fn cheapest(
    frontier: &mut Frontier<'_>,
    wanted: f64,
    restarts: RangeInclusive<u64>,
    budget: Option<f64>,
) -> Result<Choice, StudyError> {
    let within = |total: f64| budget.is_none_or(|budget| total <= budget * (1.0 + 1e-9));
    let mut found: Option<Choice> = None;
    // The cost of n fits falls and then rises with n.
    let mut worse = 0;
    for n in restarts.clone() {
        let Some(best) = frontier.reach(wanted.powf(1.0 / n as f64))? else { continue };
        let choice = Choice { best, restarts: n, attainable: true, relaxation: frontier.relaxation() };
        if found.as_ref().is_none_or(|f| choice.total() < f.total()) {
            (found, worse) = (Some(choice), 0);
        } else {
            worse += 1;
        }
        if worse >= 2 {
            break;
        }
    }
    match found {
        Some(choice) if within(choice.total()) => Ok(choice),
        _ => {
            let most = total(frontier.longest(), *restarts.end(), frontier.relaxation());
            let choice = safest(frontier, restarts, budget.unwrap_or(most))?;
            let attainable = choice.attainable && choice.probability() <= wanted;
            Ok(Choice { attainable, ..choice })
        }
    }
}

/// The number of fits and the member of the least P_c within this time of all.
pub(super) fn safest(
    frontier: &mut Frontier<'_>,
    restarts: RangeInclusive<u64>,
    budget: f64,
) -> Result<Choice, StudyError> {
    let mut found: Option<Choice> = None;
    let mut worse = 0;
    for n in restarts.clone() {
        let duration = each(budget, n, frontier.relaxation());
        if duration <= 0.0 {
            break;
        }
        let best = match frontier.longest() {
            // Beyond the longest, and where longer was no help, what is known is the best that can be said.
            longest if duration >= longest && !frontier.known.is_empty() => frontier.safest(),
            longest => Some(frontier.best(duration.min(longest))?),
        };
        let Some(best) = best else { continue };
        // A rule that watches the fit takes the time that it takes.
        let attainable =
            !best.shape.watches_the_fit() || total(best.cost, n, frontier.relaxation()) <= budget * (1.0 + 1e-9);
        let choice = Choice { best, restarts: n, attainable, relaxation: frontier.relaxation() };
        if found.as_ref().is_none_or(|f| choice.probability() < f.probability()) {
            (found, worse) = (Some(choice), 0);
        } else {
            worse += 1;
        }
        if worse >= 2 {
            break;
        }
    }
    found.ok_or_else(|| StudyError::refused("design.restarts", restarts.start(), "leave each fit some time"))
}

/// The best choice that a fresh count confirms, its count, and what a reader should know if there is none. A family that
/// the count puts back gives way to the next.
pub(super) fn confirmed(
    choices: &mut [(Choice, Frontier<'_>)],
    wanted: Option<f64>,
    judge: &Judge<'_>,
    watch: &dyn Watch,
) -> Result<(usize, Counted, Option<String>), StudyError> {
    watch.say(&"counting it afresh");
    let mut counts: Vec<Option<Counted>> = vec![None; choices.len()];
    let mut unconfirmed = None;
    loop {
        let better =
            |a: usize, b: usize| if choices[b].0.is_better_than(&choices[a].0, wanted.is_some()) { b } else { a };
        let found = (1..choices.len()).fold(0, better);
        if let Some(fit) = counts[found] {
            return Ok((found, fit, unconfirmed.filter(|_| !choices[found].0.attainable)));
        }
        let (choice, frontier) = &mut choices[found];
        let asked = choice.attainable;
        let fit = confirm(choice, frontier, wanted, judge)?;
        if asked && !choice.attainable {
            unconfirmed = Some(format!("fresh counts stay above what is wanted: {} of a fit", number(fit.value)));
        }
        if [Route::Formula, Route::Refined].contains(&judge.route()) {
            // A formula is no judge of its own.
            choice.best.probability = fit.value;
        }
        counts[found] = Some(fit);
    }
}

/// A fresh count of a choice; where it says that P_c is above what is wanted, the fit is made longer and counted again.
fn confirm(
    choice: &mut Choice,
    frontier: &mut Frontier<'_>,
    wanted: Option<f64>,
    judge: &Judge<'_>,
) -> Result<Counted, StudyError> {
    let mut fit = counted(&judge.verify(&choice.best.member, 0)?);
    let Some(wanted) = wanted.filter(|_| choice.attainable) else { return Ok(fit) };
    let wanted = wanted.powf(1.0 / choice.restarts as f64);
    let mut asked = wanted;
    for round in 1..ROUNDS {
        if fit.low <= wanted {
            return Ok(fit);
        }
        // The search is off by this factor here.
        asked *= (wanted / fit.value).min(0.98);
        let Some(best) = frontier.reach(asked)? else { break };
        choice.best = best;
        fit = counted(&judge.verify(&choice.best.member, round)?);
    }
    choice.attainable = fit.low <= wanted;
    Ok(fit)
}

fn counted(answer: &Answer) -> Counted {
    let [value, low, high] = answer.interval();
    Counted { value, low, high, n: answer.estimate.map_or(0, |e| e.n) }
}
