//! Certificates against products drawn at random: whatever is proved about optima holds for every product measure with so low an F.

use std::f64::consts::{LN_2, SQRT_2, TAU};

use collapsar_theory::{
    GaussianMixture, HalfSpaces, MeanField, MeanFieldOptions, MeanFieldPair, MeanFieldStart, axis_bound,
    binary_divergence, minority_bound,
};

/// Targets, and products drawn for each.
const TARGETS: usize = 100;
const PRODUCTS: usize = 100;
/// Step and reach of the quadrature: the poles of log cosh at i pi/(2 a_j), a_j <= 3.5, cost e^(-pi^2/(a_j dx)) at most.
const STEP: f64 = 0.15;
const REACH: f64 = 11.0;
/// Rounding and quadrature.
const ERROR: f64 = 1e-8;

/// Steele, Lea and Flood's SplitMix64.
struct Draws(u64);

impl Draws {
    fn uniform(&mut self, low: f64, high: f64) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        low + (high - low) * (((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64)
    }

    /// About both modes of a coordinate, with the share `plus` near +a or any.
    fn law(&mut self, a: f64, plus: Option<f64>) -> Law {
        let plus = plus.unwrap_or_else(|| self.uniform(0.0, 1.0));
        let mut part = |weight, mean: f64| [weight, mean + self.uniform(-0.3, 0.3), self.uniform(0.7, 1.3)];
        Law([part(plus, a), part(1.0 - plus, -a)])
    }
}

fn nodes() -> impl Iterator<Item = f64> {
    let most = (REACH / STEP) as i32;
    (-most..=most).map(|n| STEP * f64::from(n))
}

/// Two Gaussians: weight, mean and deviation of each.
struct Law([[f64; 3]; 2]);

impl Law {
    /// The masses of the nodes that have any.
    fn masses(&self) -> Vec<(f64, f64)> {
        let part = |x: f64, [w, mean, s]: [f64; 3]| w * (-0.5 * ((x - mean) / s).powi(2)).exp() / (s * TAU.sqrt());
        let mass = |x: f64| STEP * self.0.iter().map(|p| part(x, *p)).sum::<f64>();
        nodes().map(|x| (x, mass(x))).filter(|(_, m)| *m > 1e-13).collect()
    }

    /// KL(q_j||N(0,1)).
    fn relative(&self) -> f64 {
        let term = |(x, m): (f64, f64)| m * ((m / STEP).ln() + 0.5 * x * x + 0.5 * TAU.ln());
        self.masses().into_iter().map(term).sum()
    }

    /// P(X > c).
    fn above(&self, c: f64) -> f64 {
        self.0.iter().map(|[w, mean, s]| 0.5 * w * libm::erfc((c - mean) / (s * SQRT_2))).sum()
    }
}

/// KL(q||pi) of q_1 x q_2 for w N(a, I) + (1-w) N(-a, I): (M2), the average of log cosh over the plane.
fn divergence([q, r]: [&Law; 2], pair: &MeanFieldPair, a: [f64; 2]) -> f64 {
    let bias = pair.bias();
    let log_cosh = |t: f64| t.abs() + (-2.0 * t.abs()).exp().ln_1p() - LN_2;
    let others = r.masses();
    let along = |x: f64| others.iter().map(|(y, m)| m * log_cosh(a[0] * x + a[1] * y + bias)).sum::<f64>();
    let mean: f64 = q.masses().iter().map(|(x, m)| m * along(*x)).sum();
    q.relative() + r.relative() + 0.5 * (a[0] * a[0] + a[1] * a[1]) + log_cosh(bias) - mean
}

/// Ten thousand products on a hundred pairs of equal and unequal weights. (M33) with a product's own KL as L speaks of that product
/// too; and none is below the least KL where that is certified, nor below (M26).
#[test]
fn random_products_contradict_no_certificate() {
    let mut draws = Draws(33);
    let (mut spoken, mut known, mut tight) = (0, 0, f64::INFINITY);
    for _ in 0..TARGETS {
        let a = [draws.uniform(0.8, 3.5), draws.uniform(0.8, 3.5)];
        let weight = if draws.uniform(0.0, 1.0) < 0.5 { 0.5 } else { draws.uniform(0.2, 0.8) };
        let pair = MeanFieldPair::along(&a).unwrap().with_weight(weight).unwrap();
        let minus = a.map(|x| -x).to_vec();
        let unit = vec![vec![1.0, 0.0], vec![0.0, 1.0]];
        let target =
            GaussianMixture::new(vec![weight, 1.0 - weight], vec![a.to_vec(), minus], vec![unit.clone(), unit])
                .unwrap();
        let spaces = HalfSpaces::best(&target).unwrap();
        let field = MeanField::new(pair.clone(), MeanFieldOptions::default()).unwrap();
        let best = [MeanFieldStart::Plus, MeanFieldStart::Minus].map(|s| field.solve(s).unwrap().observables.objective);
        let best = best[0].min(best[1]);
        let certified = weight == 0.5 && field.certify().unwrap().known;
        known += usize::from(certified);
        let axis = axis_bound(&pair).unwrap();
        for _ in 0..PRODUCTS {
            // Half of the products lean to one mode in both coordinates.
            let lean = (draws.uniform(0.0, 1.0) < 0.5).then(|| draws.uniform(0.0, 0.15));
            let lean = lean.map(|p| if draws.uniform(0.0, 1.0) < 0.5 { p } else { 1.0 - p });
            let laws = [draws.law(a[0], lean), draws.law(a[1], lean)];
            let found = divergence([&laws[0], &laws[1]], &pair, a);
            let what = format!("a = {a:?}, w = {weight}: KL {found}");
            assert!(found >= axis - ERROR, "{what} below the bound {axis}");
            assert!(!certified || found >= best - ERROR, "{what} below the optimum {best}");
            tight = tight.min(found - best);
            let [i, j] = spaces.coordinates;
            let p = laws[i].above(spaces.thresholds[0]);
            let above = laws[j].above(spaces.thresholds[1]);
            let r = if spaces.aligned { above } else { 1.0 - above };
            let apart = binary_divergence(p * (1.0 - r) + r * (1.0 - p), spaces.off);
            assert!(found >= apart - ERROR, "{what} below {apart}, what its half spaces say");
            if let Some(most) = minority_bound(spaces.off, found).unwrap() {
                spoken += 1;
                let (least, largest) = (p.min(r), p.max(r));
                assert!(
                    largest <= most + ERROR || least >= 1.0 - most - ERROR,
                    "{what}: q(A) {p}, q(B) {r}, t* {most}"
                );
            }
        }
    }
    println!("{spoken} spoken of, {known} optima certified, nearest {tight}");
    assert!(spoken > 1000 && known > 10, "{spoken} {known}");
}
