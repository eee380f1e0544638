//! All equilibria of the sphere pair.

use std::f64::consts::{PI, TAU};

use collapsar_theory::{Flow, SmoothFlow, SpherePair, SphereVariance};

use super::constraint::admissible;
use super::enclosure::{Certified, Enclosure, SearchOptions, enclose};
use super::equilibria::{
    Equilibria, Equilibrium, EquilibriumKind, by_coordinates, check_temperature, clusters, eigenmodes, growing,
};
use super::forces::SphereForces;
use super::interval::Interval;
use super::misuse::ContinuationMisuse;

/// Rate, relative to the speed of the flow, above which a direction grows: many roundings of the Jacobian.
const GROWS: f64 = 1e-12;

/// Start of the period of both angles: not a place where an equilibrium would lie on the edge of the first boxes.
const OFFSET: f64 = -3.0;

/// Distance of angles below which two certified solutions are images of one state.
const SAME: f64 = 1e-10;

/// Difference of m_1 and m_2, and distance from the plane between the modes, that count as none.
const TOGETHER: f64 = 1e-10;

/// Every equilibrium of the sphere pair at a temperature, theory (8), with its stability.
///
/// At an equilibrium the tangential part of `tau(R m_i) e1/2 - f mu_j` vanishes on both spheres, with `f > 0`. If `e1`
/// were outside the plane of the means, both `tau` would vanish and the means be parallel. So every equilibrium lies in a
/// plane with the axis: with angles `theta_i` to it, `m_i = cos theta_i`, `s = cos(theta_1 - theta_2)`, and two equations
/// on the torus, which is searched with intervals. Solutions that differ by the reflection of the plane are one state.
///
/// # Errors
/// [`ContinuationMisuse::Option`] for a temperature that is not positive and finite, or a variance that is a state of its own.
pub fn sphere_equilibria(
    pair: &SpherePair,
    temperature: f64,
    options: &SearchOptions,
) -> Result<Equilibria, ContinuationMisuse> {
    check_temperature(temperature)?;
    check_variance(pair)?;
    let forces = SphereForces { pair, temperature };
    let domain = Interval::between(OFFSET, OFFSET + TAU);
    let found = enclose(&forces, [domain, domain], options);
    let distinct = distinct(&found.certified);
    let mut states: Vec<Equilibrium> = distinct.iter().map(|root| record(pair, temperature, root)).collect();
    name_antipodal(&mut states);
    states.sort_by(by_coordinates);
    let points = found.unresolved.iter().map(|cell| cell.map(Interval::middle)).collect();
    let unresolved: Vec<[f64; 3]> = clusters(points, 4.0 * options.least_width).into_iter().map(statistics).collect();
    let established = statement(&found, states.len(), unresolved.len());
    Ok(Equilibria { states, unresolved, boxes: found.boxes, established })
}

/// A variance that moves by itself belongs to another flow; at rest, in high dimension, it is slaved.
pub(super) fn check_variance(pair: &SpherePair) -> Result<(), ContinuationMisuse> {
    match pair.options().variance {
        SphereVariance::Lagging { dimension } => {
            let rule = "be absent: equilibria are those of a unit or slaved variance";
            Err(ContinuationMisuse::Option { name: "variance.dimension", value: dimension, rule })
        }
        _ => Ok(()),
    }
}

/// `(m_1, m_2, s)` of two angles.
fn statistics([first, second]: [f64; 2]) -> [f64; 3] {
    [first.cos(), second.cos(), (first - second).cos()]
}

/// One solution of each state: up to full turns of each angle and the reflection of both.
fn distinct(found: &[Certified]) -> Vec<Certified> {
    let turned = |angle: f64| (angle - TAU * (angle / TAU).round()).abs();
    let same =
        |a: [f64; 2], b: [f64; 2]| [1.0, -1.0].iter().any(|sign| (0..2).all(|i| turned(a[i] - sign * b[i]) < SAME));
    let mut kept: Vec<Certified> = Vec::new();
    for root in found {
        if !kept.iter().any(|other| same(root.point(), other.point())) {
            kept.push(*root);
        }
    }
    kept
}

/// The multiple of a right angle that the proof allows an angle to be, if any: symmetric states are there exactly.
fn exact(root: &Certified) -> [f64; 2] {
    [0, 1].map(|i| {
        let quarter = (root.tight[i].middle() / (0.5 * PI)).round() * (0.5 * PI);
        let near = root.tight[i].widened(1e-15 * PI);
        if near.contains(quarter) { quarter } else { root.tight[i].middle() }
    })
}

fn record(pair: &SpherePair, temperature: f64, root: &Certified) -> Equilibrium {
    let beta = 1.0 / temperature;
    let coordinates = statistics(exact(root)).map(|c| if c.abs() < 1e-16 { 0.0 } else { c });
    let error = root.tight[0].width() + root.tight[1].width() + f64::EPSILON;
    let mut rate = [0.0; 3];
    pair.field(beta, &coordinates, &mut rate);
    let mut rows = [0.0; 9];
    pair.jacobian(beta, &coordinates, &mut rows);
    let modes = eigenmodes(&rows, |direction| admissible(coordinates, direction));
    let unstable = growing(&modes, GROWS * pair.speed(beta) * beta);
    Equilibrium {
        kind: kind(pair, coordinates, unstable),
        residual: rate.iter().fold(0.0, |most: f64, value| most.max(value.abs())),
        coordinates,
        uncertainty: [error; 3],
        modes,
        unstable,
    }
}

fn kind(pair: &SpherePair, [m1, m2, s]: [f64; 3], unstable: usize) -> EquilibriumKind {
    let radius = pair.options().radius;
    let plane = -pair.bias() / (radius * radius);
    let together = (m1 - m2).abs() < TOGETHER;
    match unstable {
        0 if (m1 > plane) == (m2 > plane) => EquilibriumKind::Collapsed,
        0 => EquilibriumKind::Recovered,
        _ if together && (m1 - plane).abs() < TOGETHER && 1.0 - s < TOGETHER => EquilibriumKind::Origin,
        _ => EquilibriumKind::Saddle,
    }
}

/// Among the unstable states symmetric under exchange, with `s < 0`, the one furthest apart is the antipodal one.
fn name_antipodal(states: &mut [Equilibrium]) {
    let candidates = states.iter_mut().filter(|state| {
        let [m1, m2, s] = state.coordinates;
        state.kind == EquilibriumKind::Saddle && (m1 - m2).abs() < TOGETHER && s < 0.0
    });
    let furthest = candidates.min_by(|a, b| a.coordinates[2].total_cmp(&b.coordinates[2]));
    if let Some(state) = furthest {
        state.kind = EquilibriumKind::Antipodal;
    }
}

fn statement(found: &Enclosure, states: usize, clusters: usize) -> String {
    let open = match clusters {
        0 => "none is left open".to_owned(),
        n => format!("{n} places, of {} boxes, are left open (degenerate equilibria)", found.unresolved.len()),
    };
    format!(
        "all equilibria: every one lies in a plane with the axis; {} interval boxes cover the torus of both angles, {} of \
         them hold exactly one solution each, {open}, the rest hold none; up to turns and the reflection of the plane \
         these are {states} states",
        found.boxes,
        found.certified.len(),
    )
}
