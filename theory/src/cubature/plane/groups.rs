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

/// The groups of a scene; `None` where one grid of steps `whole` costs no more. `digits` as for [`steps`].
pub(super) fn groups(scene: &PlaneIntegrand, digits: f64, whole: [f64; 2]) -> Option<Vec<GaussianGroup>> {
    let members = linked(scene);
    if members.len() < 2 {
        return None;
    }
    let reach = scene.farthest_reach();
    let area = |side: [f64; 2]| (side[0] + 2.0 * reach) * (side[1] + 2.0 * reach);
    let areas: Vec<f64> = members.iter().map(|gaussians| area(extent(scene, gaussians))).collect();
    let all: Vec<usize> = (0..scene.centres.len()).collect();
    let united = area(extent(scene, &all)).min(areas.iter().sum());
    let most = GAIN * united / (whole[0] * whole[1]);
    let (mut found, mut cost) = (Vec::with_capacity(members.len()), 0.0);
    for (gaussians, area) in members.into_iter().zip(areas) {
        let scene = scene.part(&gaussians, digits);
        let steps = steps(&scene, digits);
        cost += area / (steps[0] * steps[1]) + EACH;
        if cost >= most || cost.is_nan() {
            return None;
        }
        found.push(GaussianGroup { gaussians, scene, steps });
    }
    Some(found)
}

/// The sides of the box about some Gaussians.
fn extent(scene: &PlaneIntegrand, gaussians: &[usize]) -> [f64; 2] {
    [0, 1].map(|axis| {
        let along = || gaussians.iter().map(|&i| scene.centres[i][axis]);
        along().fold(f64::NEG_INFINITY, f64::max) - along().fold(f64::INFINITY, f64::min)
    })
}

/// Gaussians linked by short distances, in the order of their first ones.
fn linked(scene: &PlaneIntegrand) -> Vec<Vec<usize>> {
    let n = scene.centres.len();
    let near = LINK * LINK * scene.spread;
    let mut group = vec![usize::MAX; n];
    let mut found: Vec<Vec<usize>> = Vec::new();
    for first in 0..n {
        if group[first] != usize::MAX {
            continue;
        }
        let (mut members, mut next) = (vec![first], 0);
        group[first] = found.len();
        while next < members.len() {
            let at = members[next];
            next += 1;
            for other in 0..n {
                if group[other] == usize::MAX && scene.apart(at, other) < near {
                    group[other] = found.len();
                    members.push(other);
                }
            }
        }
        members.sort_unstable();
        found.push(members);
    }
    found
}
