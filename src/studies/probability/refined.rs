//! The sphere pair linearised: about the target's decision plane, formula (18); in the gap alone, formula (34), where the heat
//! ends in a jump.

use collapsar_theory::{EquatorFormula, Pair, TransverseFormula};

use crate::results::{Answer, Equation, FormulaDetail};
use crate::studies::StudyError;
use crate::studies::probability::CollapseProbability;
use crate::studies::probability::question::Said;

/// For the sphere pair, with any schedule, clock, metric and rule of the variance.
pub(super) fn ask(question: &CollapseProbability<'_>, notes: &mut Vec<String>) -> Result<Said, StudyError> {
    Ok(match question.pair_or_said() {
        Ok(Pair::Sphere(flow)) => {
            if let Some(why) = question.not_yet_cold(notes) {
                return Ok(Said::Nothing(why));
            }
            let (d, schedule) = (question.dimension() as f64, question.problem.schedule());
            let gap = TransverseFormula::new(flow)?;
            let (value, equation) = if gap.holds_for(schedule) {
                (gap.probability(d, schedule), Equation::Transverse)
            } else {
                (EquatorFormula::new(flow)?.probability(d, schedule), Equation::Equator)
            };
            Said::from(Answer::formula(value, true, FormulaDetail::new(equation)))
        }
        Ok(Pair::Free(_)) => {
            Said::Nothing(StudyError::refused("family.means", "\"free\"", "be \"sphere\" for formulas (18) and (34)"))
        }
        Err(said) => said,
    })
}
