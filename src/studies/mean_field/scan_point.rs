//! One point of a scan.

use collapsar_theory::{
    MeanField, MeanFieldObservables, MeanFieldOptions, MeanFieldPair, MeanFieldStart, UnequalMeanField, UnequalPair,
};

use crate::studies::StudyError;
use crate::studies::mean_field::pair::SAME;

/// What a point of a scan says.
pub(super) struct ScanPoint {
    /// The lowest F.
    pub(super) objective: f64,
    /// The share that the optimum keeps of the mode that it serves less.
    pub(super) kept: f64,
    pub(super) optima: u64,
    /// F of a second fit.
    pub(super) other: Option<f64>,
}

impl ScanPoint {
    /// Of modes of equal widths. `mirrored`: of equal weights one ascent says both; `symmetric`: a second optimum's place is
    /// taken by the even product, once it is a saddle.
    pub(super) fn equal(pair: MeanFieldPair, mirrored: bool, symmetric: bool) -> Result<Self, StudyError> {
        let weight = pair.weight();
        let field = MeanField::new(pair, MeanFieldOptions::default())?;
        let limit = |start: MeanFieldStart| -> Result<MeanFieldObservables, StudyError> {
            // An ascent that sweeps do not end is as good as its last sweep.
            Ok(match field.limit(start)? {
                Some(found) => found,
                None => field.solve(start)?.observables,
            })
        };
        let plus = limit(MeanFieldStart::Plus)?;
        if weight == 0.5 && mirrored {
            // The fit from the other component is the mirror image.
            let optima = if plus.theta.abs() > SAME { 2 } else { 1 };
            let even = optima == 2 && symmetric;
            let even = even.then(|| field.limit(MeanFieldStart::Even)).transpose()?.flatten();
            return Ok(Self {
                objective: plus.objective,
                kept: kept(plus.theta, weight),
                optima,
                other: even.map(|even| even.objective),
            });
        }
        let minus = limit(MeanFieldStart::Minus)?;
        Ok(Self::of([(plus.objective, plus.theta), (minus.objective, minus.theta)], weight))
    }

    /// Of modes of unequal widths.
    pub(super) fn unequal(pair: UnequalPair) -> Self {
        let weight = pair.weight();
        let field = UnequalMeanField::new(pair);
        let [plus, minus] = [field.from_plus(), field.from_minus()].map(|found| (found.objective, found.theta));
        Self::of([plus, minus], weight)
    }

    /// Of the fits from the two components, by F and theta.
    fn of([plus, minus]: [(f64, f64); 2], weight: f64) -> Self {
        let (best, other) = if plus.0 <= minus.0 { (plus, minus) } else { (minus, plus) };
        let optima = if (plus.1 - minus.1).abs() > SAME { 2 } else { 1 };
        Self { objective: best.0, kept: kept(best.1, weight), optima, other: (optima == 2).then_some(other.0) }
    }
}

/// The share that is kept of the mode that is served less.
fn kept(theta: f64, weight: f64) -> f64 {
    (0.5 * (1.0 + theta) / weight).min(0.5 * (1.0 - theta) / (1.0 - weight))
}
