//! What products of densities of one coordinate can hold of the target that the modes make.

use crate::config::Document;
use crate::results::{ModeRecord, ProductVerdict, RunRecord};
use crate::studies::diagnose::problem::products;
use crate::studies::diagnose::target::seen;
use crate::studies::watch::UntilCancelled;
use crate::studies::{MeanField, Study, StudyError, Watch};
use crate::trajectory::Mechanism;

/// Coordinates beyond which fits are sampled, and their cost: modes^2 x coordinates, some ten seconds for each 250.
const PLANE: usize = 2;
const MOST_COST: usize = 1000;
/// A loss by the family, not by the run.
const FAMILY: &str = "product-family";

/// What `mean-field` says of the problem that is written, without a rotation, or why it says nothing.
pub(super) fn of(modes: &[ModeRecord], watch: &dyn Watch) -> Result<Result<ProductVerdict, String>, StudyError> {
    let text = match products(modes) {
        Ok(text) => text,
        Err(reason) => return Ok(Err(reason)),
    };
    let seen = seen(modes);
    let own = seen.iter().all(|k| !modes[*k].covariance.is_empty());
    let d = modes[seen[0]].mean.len();
    if own && d > PLANE && seen.len().pow(2) * d > MOST_COST {
        return Ok(Err(format!(
            "{} modes in {d} dimensions take minutes: `collapsar mean-field` judges the problem that is written",
            seen.len()
        )));
    }
    let text: String = text.lines().take_while(|line| *line != "[rotation]").map(|line| format!("{line}\n")).collect();
    let document = Document::parse("the fitted target", &text, &[])?;
    let fitted = MeanField::resolve(&document).map_err(StudyError::from);
    match fitted.and_then(|run| MeanField::compute(run, &UntilCancelled(watch))) {
        Ok(fitted) => {
            let found = fitted.record();
            Ok(Ok(ProductVerdict {
                route: found.route,
                covariance: if own { "own" } else { "common" },
                collapsed: found.collapsed,
                // Counted from 1 there, among the modes that were seen.
                lost: found.lost.iter().map(|k| seen[k - 1]).collect(),
                certificate: found.certificate.clone(),
            }))
        }
        Err(StudyError::Cancelled) => Err(StudyError::Cancelled),
        Err(error) => Ok(Err(error.to_string())),
    }
}

/// The mechanism of runs of products: the family, where its best fit loses a mode too; else nothing that is known. The rule of
/// mixtures stays for traces of several components. Returns what speaks against it: runs that hold what no product holds.
pub(super) fn explain(runs: &mut [RunRecord], product: &ProductVerdict) -> Option<String> {
    let whole = runs.iter().filter(|run| run.certain && run.lost_modes.is_empty()).count();
    let contradicted = whole > 0 && !product.lost.is_empty();
    for run in runs {
        if run
            .mechanism
            .is_some_and(|name| name != Mechanism::TooFewComponents.name() && name != Mechanism::None.name())
        {
            continue;
        }
        run.mechanism = match (run.lost_modes.is_empty(), product.collapsed && !contradicted) {
            (true, _) => Some(Mechanism::None.name()),
            (false, true) => Some(FAMILY),
            (false, false) => None,
        };
    }
    contradicted.then(|| {
        format!(
            "{whole} runs hold all modes, the best product of the given coordinates does not: they are no such products, in another frame \
             perhaps, and the family does not explain the losses"
        )
    })
}
