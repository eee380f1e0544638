//! All equilibria of the free pair.

use collapsar_theory::numerics::bisect;
use collapsar_theory::{Flow, FreePair, SmoothFlow, repulsion};

use super::enclosure::{Certified, Enclosure, SearchOptions, enclose};
use super::equilibria::{
    Admissible, Equilibria, Equilibrium, EquilibriumKind, by_coordinates, check_temperature, clusters, eigenmodes,
    growing,
};
use super::forces::FreeForces;
use super::interval::Interval;
use super::misuse::ContinuationMisuse;
use super::profile::Profile;

/// Rate, relative to `beta`, above which a direction grows: many roundings of the Jacobian.
const GROWS: f64 = 1e-13;

/// Relative distance from equality of the means at which two of them count as one.
const TOGETHER: f64 = 1e-12;

/// Every equilibrium of the free pair at a temperature, theory (11), with its stability.
///
/// **In the plane z = 0.** With `phi(m) = m - rho tau(m)` and `K(delta) = T delta r(delta^2)`, `delta = m_1 - m_2`, they
/// solve `phi(m_1) = K`, `phi(m_2) = -K`. The sum gives `|m_1 + m_2| <= 2 rho`; the difference gives
/// `delta (1 - 2 T r(delta^2)) = rho (tau(m_1) - tau(m_2)) <= 2 rho` for `delta >= 0`, whose left side, wherever it is
/// positive, rises: `delta` is at most the root of equality. The box `|m_i| <= rho + delta/2` is searched with intervals.
///
/// **Off the plane**, `z > 0` needs `2 r(q) = beta`, which has one root `q` for `T > 1` and none for `T <= 1`. Then
/// `tau(x+y) = tau(x-y)`, so `y = 0` because `tau` rises, and `phi(x) = 0`: one or three roots, `z = sqrt(q)/2`.
///
/// # Errors
/// [`ContinuationMisuse::Option`] for a temperature that is not positive and finite.
pub fn free_equilibria(
    pair: &FreePair,
    temperature: f64,
    options: &SearchOptions,
) -> Result<Equilibria, ContinuationMisuse> {
    check_temperature(temperature)?;
    let reach = reach(pair, temperature);
    let domain = Interval::between(-reach, reach);
    let found = enclose(&FreeForces { pair, temperature }, [domain, domain], options);
    let profile = Profile::new(pair);
    let record = |coordinates, uncertainty| record(pair, &profile, temperature, coordinates, uncertainty);
    let in_plane = found.certified.iter().map(|root| in_plane(&profile, pair.bias() == 0.0, root));
    let mut states: Vec<Equilibrium> = in_plane.map(|(state, error)| record(state, error)).collect();
    let off = off_plane(&profile, temperature);
    let error = 4.0 * f64::EPSILON * reach;
    states.extend(off.iter().map(|&state| record(state, [error, 0.0, error])));
    states.sort_by(by_coordinates);
    let unresolved = middles(&found, options);
    let established = statement(reach, &found, off.len(), unresolved.len());
    Ok(Equilibria { states, unresolved, boxes: found.boxes, established })
}

/// The bound on `|m_i|` of [`free_equilibria`].
fn reach(pair: &FreePair, temperature: f64) -> f64 {
    let rho = pair.options().separation;
    let excess = |delta: f64| delta * (1.0 - 2.0 * temperature * repulsion(delta * delta)) - 2.0 * rho;
    let mut outer = 2.0 * rho + 1.0;
    while excess(outer) <= 0.0 {
        outer *= 2.0;
    }
    let widest = bisect(0.0, outer, excess).unwrap_or(outer);
    // A little more: the bound is met only by rounding.
    (rho + 0.5 * widest) * (1.0 + 1e-9)
}

/// `(x, y, 0)` of a certified solution in `(m_1, m_2)`.
///
/// Means together to within the proof are together: the diagonal holds the roots of `phi`, one for each. With equal target
/// weights the mirror image of a solution is one, so that `x = 0` to within the proof is zero.
fn in_plane(profile: &Profile, symmetric: bool, root: &Certified) -> ([f64; 3], [f64; 3]) {
    let [m1, m2] = root.point();
    let error = root.tight.iter().map(|u| 0.5 * u.width() + f64::EPSILON * u.magnitude()).sum::<f64>();
    let (mut x, mut y) = (0.5 * (m1 + m2), 0.5 * (m1 - m2));
    if 2.0 * y.abs() <= error {
        y = 0.0;
        x = profile.roots.iter().copied().find(|r| (r - x).abs() <= error).unwrap_or(x);
    }
    if symmetric && x.abs() <= error {
        x = 0.0;
    }
    ([x, y, 0.0], [error, error, 0.0])
}

fn off_plane(profile: &Profile, temperature: f64) -> Vec<[f64; 3]> {
    // r(0) = 1/2 and r falls to nothing: the root exists exactly for T > 1.
    let q = bisect(0.0, 6000.0, |q| 0.5 / temperature - repulsion(q)).filter(|_| temperature > 1.0);
    let Some(q) = q else { return Vec::new() };
    let z = 0.5 * q.sqrt();
    let wall = profile.wall();
    let roots = profile.roots.iter().map(|&x| if (x - wall).abs() < TOGETHER { wall } else { x });
    roots.map(|x| [x, 0.0, z]).collect()
}

fn record(
    pair: &FreePair,
    profile: &Profile,
    temperature: f64,
    coordinates: [f64; 3],
    uncertainty: [f64; 3],
) -> Equilibrium {
    let beta = 1.0 / temperature;
    let mut rate = [0.0; 3];
    pair.field(beta, &coordinates, &mut rate);
    let mut rows = [0.0; 9];
    pair.jacobian(beta, &coordinates, &mut rows);
    let modes = eigenmodes(&rows, |_| Admissible::Both);
    let unstable = growing(&modes, GROWS * pair.speed(beta) * beta.max(1.0));
    Equilibrium {
        kind: kind(profile, coordinates, uncertainty, unstable),
        residual: rate.iter().fold(0.0, |most: f64, value| most.max(value.abs())),
        coordinates,
        uncertainty,
        modes,
        unstable,
    }
}

fn kind(profile: &Profile, [x, y, z]: [f64; 3], uncertainty: [f64; 3], unstable: usize) -> EquilibriumKind {
    let wall = profile.wall();
    let on_wall = (x - wall).abs() <= 2.0 * uncertainty[0] + TOGETHER;
    if y == 0.0 && z == 0.0 && on_wall && unstable > 0 {
        return EquilibriumKind::Origin;
    }
    match unstable {
        0 if y.abs() >= (x - wall).abs() => EquilibriumKind::Recovered,
        0 => EquilibriumKind::Collapsed,
        _ if z > 0.0 && !on_wall => EquilibriumKind::Metastable,
        _ => EquilibriumKind::Saddle,
    }
}

fn middles(found: &Enclosure, options: &SearchOptions) -> Vec<[f64; 3]> {
    let points = found.unresolved.iter().map(|cell| cell.map(Interval::middle)).collect();
    let middles = clusters(points, 4.0 * options.least_width).into_iter();
    middles.map(|[m1, m2]| [0.5 * (m1 + m2), 0.5 * (m1 - m2), 0.0]).collect()
}

fn statement(reach: f64, found: &Enclosure, off: usize, clusters: usize) -> String {
    let open = match clusters {
        0 => "none is left open".to_owned(),
        n => format!("{n} places, of {} boxes, are left open (degenerate equilibria)", found.unresolved.len()),
    };
    format!(
        "all equilibria: on z = 0 every one has |m_1|, |m_2| <= {reach:.6}; {} interval boxes cover that square, {} of \
         them hold exactly one equilibrium each, {open}, the rest hold none; off z = 0 the equations reduce to monotone \
         pieces, with exactly {off} solutions",
        found.boxes,
        found.certified.len(),
    )
}
