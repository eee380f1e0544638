//! What the theory of the family says of the target, with its validity.

use collapsar_theory::{FreePair, FreePairOptions};

use crate::bifurcation::critical_temperature;
use crate::config::FittedFamily;
use crate::results::{ModeRecord, ProductVerdict, Proof, Share, TargetRecord};
use crate::studies::diagnose::target::EQUAL_WIDTHS;
use crate::studies::{StudyError, number};

/// P_c from which a way out is looked for.
const OFTEN: f64 = 0.01;

/// Lines of advice.
pub(super) fn of(
    family: Option<FittedFamily>,
    target: Option<&TargetRecord>,
    modes: &[ModeRecord],
    found: &Share,
    product: Option<&ProductVerdict>,
) -> Result<Vec<String>, StudyError> {
    let Some(target) = target else { return Ok(Vec::new()) };
    let mut lines = Vec::new();
    match family {
        None => lines.push(
            "set `diagnose.family` to mixture, mean-field or flow for what its theory says of this target".to_owned(),
        ),
        Some(FittedFamily::Mixture) => mixture(target, modes, &mut lines)?,
        Some(FittedFamily::MeanField) => mean_field(target, product, &mut lines),
        Some(FittedFamily::Flow) => lines.push(
            "flows: the theory of mixtures does not carry over (over the 56 cells of `configs/realnvp-map.toml` its ranks have a \
             correlation of 0.12 with those of counted flows); on that map, 6 spreads apart, collapse is rarest from initial \
             temperatures of 5 to 9, above which the cooling rate ln(T0)/t0 decides and hotter starts need longer: count on your own \
             schedule, or on a small copy of the problem"
                .to_owned(),
        ),
    }
    if found.value.is_some_and(|p| p >= OFTEN) && !target.toml.is_empty() {
        let verb = if family == Some(FittedFamily::MeanField) { "mean-field" } else { "design" };
        lines.push(format!("the problem is written as a configuration: `collapsar {verb}` goes on from it"));
    }
    Ok(lines)
}

fn mixture(target: &TargetRecord, modes: &[ModeRecord], lines: &mut Vec<String>) -> Result<(), StudyError> {
    if modes.len() != 2 {
        lines.push(format!(
            "mixtures on {} modes: no closed formula; `collapsar design` counts on the problem that is written",
            modes.len()
        ));
        return Ok(());
    }
    let all: f64 = modes.iter().map(|mode| mode.weight).sum();
    let separation = 0.5 * target.separation;
    let pair = FreePair::new(FreePairOptions {
        separation,
        target_weight: modes[0].weight / all,
        ..FreePairOptions::default()
    })?;
    let fold = critical_temperature(&pair);
    let validity = if target.widths > EQUAL_WIDTHS {
        format!(
            "the theory is for modes of equal widths, these differ by a factor {} in variance: take it as a guide",
            number(target.widths)
        )
    } else {
        "exact for two components of weight 1/2 and fixed unit variance on two modes of equal widths".to_owned()
    };
    match fold {
        None => lines.push(format!(
            "mixtures: at a separation of {} spreads no collapsed state is stable, even without annealing ({validity})",
            number(target.separation)
        )),
        Some(fold) => lines.push(format!(
            "mixtures: collapsed states exist up to T = {} at a separation of {} spreads; anneal from above it, as slowly as \
             `design` says ({validity})",
            number(fold.temperature),
            number(target.separation)
        )),
    }
    Ok(())
}

fn mean_field(target: &TargetRecord, product: Option<&ProductVerdict>, lines: &mut Vec<String>) {
    lines.push(format!(
        "products: the line between the nearest modes is {} degrees off its nearest axis; along an axis a product holds both modes, \
         off it no schedule helps, a rotation does",
        number(target.angle)
    ));
    let Some(product) = product else { return };
    let verdict = match product.certificate.verdict {
        Proof::Unique => "one optimum, certified",
        Proof::Exact => "the target is a product",
        Proof::Collapsed => "collapsed, certified",
        Proof::NotCertified => "not certified",
    };
    let holds = if product.collapsed { "loses a mode" } else { "holds the modes" };
    let widths =
        if product.covariance == "own" { "" } else { " (both modes with their common variance of each coordinate)" };
    lines.push(format!(
        "products: the best product of the fitted target{widths} {holds} ({verdict}: {})",
        product.certificate.reason
    ));
}
