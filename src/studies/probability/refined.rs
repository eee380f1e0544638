//! Formula (18) of the sphere pair: the flow linearised about the target's decision plane.

use collapsar_theory::{EquatorFormula, Pair};

use crate::results::{Answer, Equation, FormulaDetail};
use crate::studies::StudyError;
use crate::studies::probability::Question;
use crate::studies::probability::question::Said;

/// For the sphere pair, with any schedule, clock, metric and rule of the variance.
pub(super) fn ask(question: &Question<'_>, notes: &mut Vec<String>) -> Result<Said, StudyError> {
    Ok(match question.pair_or_said() {
        Ok(Pair::Sphere(flow)) => {
            if let Some(why) = question.not_yet_cold(notes) {
                return Ok(Said::Nothing(why));
            }
            let value =
                EquatorFormula::new(flow)?.probability(question.dimension() as f64, question.problem.schedule());
            Said::from(Answer::formula(value, true, FormulaDetail::new(Equation::Equator)))
        }
        Ok(Pair::Free(_)) => {
            Said::Nothing(StudyError::refused("family.means", "\"free\"", "be \"sphere\" for formula (18)"))
        }
        Err(said) => said,
    })
}
