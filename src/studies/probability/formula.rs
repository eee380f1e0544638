//! The sharp formulas: (10) of the sphere pair, (15) of the free pair, (22) of a weight that starves.

use collapsar_theory::{
    Clock, EquatorFormula, FreePair, Metric, Pair, Rules, SharpFormula, SmallStart, SpherePair, StartLaw, Starvation,
    WeightRule,
};

use crate::probability::{connection, small_start_probability};
use crate::results::{Answer, Equation, FormulaDetail};
use crate::studies::StudyError;
use crate::studies::probability::CollapseProbability;
use crate::studies::probability::advice::advice;
use crate::studies::probability::question::Said;

/// The formula of the problem.
pub(super) fn ask(question: &CollapseProbability<'_>, notes: &mut Vec<String>) -> Result<Said, StudyError> {
    if let Some(law) = starvation_law(question) {
        notes.push("formula (22) is the probability that a weight vanishes, not that of losing a mode".to_owned());
        let horizon = question.config.stop.horizon.unwrap_or(f64::INFINITY);
        let value = law.probability(question.problem.schedule(), horizon);
        return Ok(Said::from(Answer::formula(value, true, FormulaDetail::new(Equation::Starvation))));
    }
    if question.pair().is_some()
        && let Some(why) = question.not_yet_cold(notes)
    {
        return Ok(Said::Nothing(why));
    }
    let said = match question.pair_or_said() {
        Ok(Pair::Free(flow)) => small_start(question, flow)?,
        Ok(Pair::Sphere(flow)) => sharp(question, flow, notes)?,
        Err(said) => said,
    };
    // What was asked for and cannot be had is an error, not a note.
    if let Some(wanted) = question.config.formula.wanted {
        let advised = matches!(&said, Said::Answer(a) if a.formula_detail().is_some_and(|d| d.advice.is_some()));
        if !advised {
            let rule = "be absent: only formula (10) gives a schedule for a wanted probability, and it is for the sphere \
                        pair with the free-energy clock, the Euclidean metric and a variance of 1/beta or trained from T0";
            return Err(StudyError::refused("formula.wanted", wanted, rule));
        }
    }
    if let Said::Answer(answer) = &said
        && let Some(detail) = answer.formula_detail().filter(|_| !answer.valid)
    {
        notes.push(format!("formula {} is used outside the regime where it holds", detail.equation));
    }
    Ok(said)
}

/// (10), or (18) where (10) is not derived.
fn sharp(question: &CollapseProbability<'_>, flow: SpherePair, notes: &mut Vec<String>) -> Result<Said, StudyError> {
    let (options, schedule) = (flow.options(), question.problem.schedule());
    let d = question.dimension() as f64;
    if !question.has_sharp_formula(&flow) {
        notes.push(
            "formula (10) is for the free-energy clock, the Euclidean metric and a variance of 1/beta or trained from T0: \
             (18) in its place"
                .to_owned(),
        );
        let value = EquatorFormula::new(flow)?.probability(d, schedule);
        return Ok(Said::from(Answer::formula(value, true, FormulaDetail::new(Equation::Equator))));
    }
    let asked = &question.config.formula;
    let formula = SharpFormula::new(options.radius, options.target_weight, asked.alpha)?;
    let valid = formula.holds_for(schedule);
    let detail = FormulaDetail {
        relaxed: Some(formula.relaxed_probability(d, schedule)),
        advice: asked.wanted.map(|wanted| advice(&formula, flow, d, schedule, wanted)).transpose()?,
        alpha: Some(formula.alpha()),
        ..FormulaDetail::new(Equation::Sharp)
    };
    Ok(Said::from(Answer::formula(formula.probability(d, schedule), valid, detail)))
}

/// (15).
fn small_start(question: &CollapseProbability<'_>, flow: FreePair) -> Result<Said, StudyError> {
    let options = flow.options();
    let refused = |name: &str, value: String, rule: &str| Ok(Said::Nothing(StudyError::refused(name, value, rule)));
    if options.clock != Clock::Kl {
        return refused("family.clock", "\"free-energy\"".to_owned(), "be \"kl\" for formula (15)");
    }
    if options.metric != Metric::Euclidean {
        return refused("family.metric", "\"natural\"".to_owned(), "be \"euclidean\" for formula (15)");
    }
    if flow.bias() != 0.0 {
        let weights = format!("{:?}", question.problem.target().weights());
        return refused("target.weights", weights, "be equal for formula (15)");
    }
    if let Some(why) = question.law_has_lost_its_digits() {
        return Ok(Said::Nothing(why));
    }
    let Some(found) = connection(flow, 1.0)? else {
        let rule = "be large enough for a collapse boundary at T = 1, which formula (15) starts from";
        return refused("target.separation", options.separation.to_string(), rule);
    };
    let formula = SmallStart::new(options.separation, found.constant)?;
    let (d, scale, schedule) = (question.dimension(), question.scale(), question.problem.schedule());
    let average = small_start_probability(&formula, schedule, d, scale, question.config.exact.tolerance);
    // A quadrature of certainty may come out above 1 by its tolerance.
    let value = average.value.min(1.0);
    let s = scale * std::f64::consts::FRAC_1_SQRT_2;
    let valid = formula.holds_for(s, d as f64, schedule) && schedule.final_temperature() == 1.0;
    let detail =
        FormulaDetail { connection_constant: Some(found.constant), ..FormulaDetail::new(Equation::SmallStart) };
    Ok(Said::from(Answer::formula(value, valid, detail)))
}

/// The law behind formula (22), if it is about this problem and the modes are near enough to be neglected.
fn starvation_law(question: &CollapseProbability<'_>) -> Option<Starvation> {
    let family = question.problem.family();
    let rules = Rules { weights: WeightRule::FisherRao, ..Rules::FREE };
    let equal = matches!(family.weights(), [a, b] if a == b);
    if !equal
        || question.shaped.is_some()
        || family.rules() != rules
        || !matches!(question.law, StartLaw::Gaussian { .. })
    {
        return None;
    }
    let law = Starvation::new(question.scale(), question.dimension()).ok()?;
    let square = |mode: &Vec<f64>| mode.iter().map(|x| x * x).sum::<f64>();
    let farthest = question.problem.target().modes().iter().map(square).fold(0.0, f64::max);
    (law.threshold() > farthest).then_some(law)
}
