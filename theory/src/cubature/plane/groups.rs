//! Gaussians that lie apart, each group of them with a grid of its own: one steep place does not refine the whole plane.

use super::scene::PlaneIntegrand;
use super::step::steps;

/// Standard deviations within which two Gaussians are of one group.
const LINK: f64 = 3.0;
/// Groups are taken where their nodes are fewer than this share of those of one grid.
const GAIN: f64 = 0.7;
/// Nodes that a group costs beside its own: its factors and lists.
const EACH: f64 = 100.0;

/// Gaussians with the classes that they see and the steps that these ask for.
pub(super) struct GaussianGroup {
    pub(super) gaussians: Vec<usize>,
    pub(super) scene: PlaneIntegrand,
    pub(super) steps: [f64; 2],
}

/// The groups of those Gaussians of a scene that are listed, or all of them as one where that costs no more. `sights` says what
/// each Gaussian of the scene sees, Gaussian x class; `digits` as for [`steps`].
pub(super) fn groups(scene: &PlaneIntegrand, listed: &[usize], sights: &[bool], digits: f64) -> Vec<GaussianGroup> {
    let group = |gaussians: Vec<usize>| {
        let scene = scene.part(&gaussians, sights);
        let steps = steps(&scene, digits);
        GaussianGroup { gaussians, scene, steps }
    };
    let members = linked(scene, listed);
    if members.len() < 2 {
        return vec![group(listed.to_vec())];
    }
    let reach = listed.iter().fold(0.0, |m: f64, &i| m.max(scene.reaches[i]));
    let area = |gaussians: &[usize]| {
        let side = extent(scene, gaussians);
        (side[0] + 2.0 * reach) * (side[1] + 2.0 * reach)
    };
    let areas: Vec<f64> = members.iter().map(|gaussians| area(gaussians)).collect();
    let united = area(listed).min(areas.iter().sum());
    let found: Vec<GaussianGroup> = members.into_iter().map(group).collect();
    let cell = |group: &GaussianGroup| group.steps[0] * group.steps[1];
    let cost: f64 = found.iter().zip(areas).map(|(group, area)| area / cell(group) + EACH).sum();
    // The whole is at least as fine as its parts.
    let finest = found.iter().map(cell).fold(f64::INFINITY, f64::min);
    if cost < GAIN * united / finest {
        return found;
    }
    let whole = group(listed.to_vec());
    if cost < GAIN * united / cell(&whole) { found } else { vec![whole] }
}

/// The sides of the box about some Gaussians.
fn extent(scene: &PlaneIntegrand, gaussians: &[usize]) -> [f64; 2] {
    [0, 1].map(|axis| {
        let along = || gaussians.iter().map(|&i| scene.centres[i][axis]);
        along().fold(f64::NEG_INFINITY, f64::max) - along().fold(f64::INFINITY, f64::min)
    })
}

/// Those of the Gaussians listed that are linked by short distances, in the order of their first ones.
fn linked(scene: &PlaneIntegrand, listed: &[usize]) -> Vec<Vec<usize>> {
    let near = LINK * LINK * scene.spread;
    let mut free = listed.to_vec();
    let mut found = Vec::new();
    while let Some(&first) = free.first() {
        let (mut members, mut next) = (vec![first], 0);
        free.remove(0);
        while next < members.len() {
            let at = members[next];
            next += 1;
            free.retain(|&other| {
                let apart = scene.apart(at, other) >= near;
                if !apart {
                    members.push(other);
                }
                apart
            });
        }
        members.sort_unstable();
        found.push(members);
    }
    found
}
