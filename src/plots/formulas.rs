//! The formulas that a route took, by their equations.

use crate::results::{Equation, Source, SweepPoint};

/// The equations that a route took at some points; nothing if it took none.
pub(crate) fn formula_name<'a>(points: impl Iterator<Item = &'a SweepPoint>, source: Source) -> Option<String> {
    let Source::Route(route) = source else { return None };
    let mut taken: Vec<Equation> = Vec::new();
    for detail in points.filter_map(|point| point.routes.get(route)?.formula_detail()) {
        if !taken.contains(&detail.equation) {
            taken.push(detail.equation);
        }
    }
    match taken.as_slice() {
        [] => None,
        [one] => Some(format!("formula {one}")),
        several => Some(format!("formulas {}", several.iter().map(Equation::to_string).collect::<Vec<_>>().join(", "))),
    }
}
