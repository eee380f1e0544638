//! The dip of a sample: its distance to the nearest unimodal law (J. A. Hartigan and P. M. Hartigan, Annals of Statistics 13,
//! 70, 1985).

/// D = min over unimodal laws F of sup |F_n - F|, of values in ascending order: between 1/(2n) and 1/4; 0 for none.
///
/// The modal interval shrinks to where the concave majorant and the convex minorant of F_n are furthest apart, until what
/// lies outside costs more than what lies within.
pub fn dip(sorted: &[f64]) -> f64 {
    let n = sorted.len();
    if n == 0 {
        return 0.0;
    }
    let (mut low, mut high) = (0, n - 1);
    // In units of 1/(2n).
    let mut dip = 1.0f64;
    while low < high && sorted[low] < sorted[high] {
        let minorant = hull(sorted, low, high, false);
        let majorant = hull(sorted, low, high, true);
        let (gap, from, to) = widest(sorted, &minorant, &majorant);
        if gap <= dip {
            break;
        }
        let below = excess(sorted, &minorant, low, from, false);
        let above = excess(sorted, &majorant, to, high, true);
        dip = dip.max(below).max(above);
        if (from, to) == (low, high) {
            break;
        }
        (low, high) = (from, to);
    }
    dip / (2 * n) as f64
}

/// Quantiles of sqrt(n) D for uniform values, 2 10^5 samples each: n, and the values passed with the probabilities of [`TAILS`].
#[rustfmt::skip]
const QUANTILES: [(f64, [f64; 12]); 9] = [
    (10.0, [0.3093, 0.3762, 0.4132, 0.4417, 0.4762, 0.5049, 0.5292, 0.5562, 0.5706, 0.5868, 0.6050, 0.6181]),
    (20.0, [0.3281, 0.3951, 0.4347, 0.4700, 0.5114, 0.5396, 0.5652, 0.5982, 0.6211, 0.6417, 0.6674, 0.6856]),
    (40.0, [0.3421, 0.4116, 0.4538, 0.4906, 0.5351, 0.5660, 0.5935, 0.6294, 0.6556, 0.6798, 0.7056, 0.7275]),
    (80.0, [0.3520, 0.4237, 0.4677, 0.5074, 0.5533, 0.5861, 0.6164, 0.6551, 0.6811, 0.7068, 0.7419, 0.7596]),
    (160.0, [0.3594, 0.4329, 0.4781, 0.5187, 0.5653, 0.5988, 0.6316, 0.6715, 0.6939, 0.7248, 0.7635, 0.7863]),
    (320.0, [0.3652, 0.4404, 0.4856, 0.5259, 0.5746, 0.6088, 0.6404, 0.6831, 0.7123, 0.7359, 0.7658, 0.7997]),
    (640.0, [0.3693, 0.4441, 0.4901, 0.5313, 0.5814, 0.6164, 0.6475, 0.6870, 0.7188, 0.7464, 0.7764, 0.8030]),
    (1280.0, [0.3721, 0.4480, 0.4949, 0.5366, 0.5863, 0.6218, 0.6563, 0.6976, 0.7275, 0.7542, 0.7885, 0.8120]),
    (2560.0, [0.3746, 0.4508, 0.4973, 0.5382, 0.5888, 0.6244, 0.6573, 0.7032, 0.7285, 0.7562, 0.8010, 0.8203]),
];
const TAILS: [f64; 12] = [0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 5e-3, 2e-3, 1e-3, 5e-4, 2e-4, 1e-4];

/// The probability that n uniform values have a dip of at least `dip`: the largest for any unimodal law, asymptotically. To 5%
/// of itself down to 10^-4, and from there on by the slope of ln p in n D^2.
pub fn significance(dip: f64, n: usize) -> f64 {
    let n = n as f64;
    if n < 4.0 {
        return 1.0;
    }
    let row = |at: usize| QUANTILES[at].1;
    let (first, last) = (QUANTILES[0].0, QUANTILES[QUANTILES.len() - 1].0);
    // The quantiles approach their limit as 1/sqrt(n).
    let inside = n.clamp(first, last);
    let above = QUANTILES.iter().position(|(m, _)| *m >= inside).unwrap_or(QUANTILES.len() - 1).max(1);
    let (low, high) = (QUANTILES[above - 1].0.sqrt().recip(), QUANTILES[above].0.sqrt().recip());
    let share = (low - inside.sqrt().recip()) / (low - high);
    let squares: Vec<f64> = row(above - 1).iter().zip(row(above)).map(|(a, b)| (a + share * (b - a)).powi(2)).collect();
    let square = n * dip * dip;
    if square <= squares[0] {
        return 1.0 - 0.5 * square / squares[0];
    }
    let right = squares.partition_point(|s| *s < square).clamp(1, TAILS.len() - 1);
    let slope = (TAILS[right] / TAILS[right - 1]).ln() / (squares[right] - squares[right - 1]);
    TAILS[right - 1] * (slope * (square - squares[right - 1])).exp()
}

/// The places where the hull of (x_i, i) from `low` to `high` touches: the concave majorant, or the convex minorant.
fn hull(x: &[f64], low: usize, high: usize, majorant: bool) -> Vec<usize> {
    let sign = if majorant { -1.0 } else { 1.0 };
    let mut touch: Vec<usize> = Vec::new();
    for i in low..=high {
        while let [.., a, b] = touch[..] {
            // (b - a)/(x_b - x_a) against (i - b)/(x_i - x_b), without division: equal values make steep pieces.
            let turn = (b - a) as f64 * (x[i] - x[b]) - (i - b) as f64 * (x[b] - x[a]);
            if sign * turn < 0.0 {
                break;
            }
            touch.pop();
        }
        touch.push(i);
    }
    touch
}

/// The height of a hull over x, by linear interpolation of the ranks.
fn height(x: &[f64], touch: &[usize], at: usize) -> f64 {
    let right = touch.partition_point(|i| *i < at);
    if touch[right] == at {
        return at as f64;
    }
    let (a, b) = (touch[right - 1], touch[right]);
    let share = if x[b] > x[a] { (x[at] - x[a]) / (x[b] - x[a]) } else { 1.0 };
    a as f64 + share * (b - a) as f64
}

/// Where the two are furthest apart, in units of 1/(2n) of a dip, and the modal interval there: from the last touch of the
/// minorant to the first of the majorant.
fn widest(x: &[f64], minorant: &[usize], majorant: &[usize]) -> (f64, usize, usize) {
    let mut best = (0.0, minorant[0], majorant[majorant.len() - 1]);
    for &at in minorant {
        let gap = height(x, majorant, at) - at as f64 + 1.0;
        if gap > best.0 {
            best = (gap, at, majorant[majorant.partition_point(|i| *i < at)]);
        }
    }
    for &at in majorant {
        let gap = at as f64 - height(x, minorant, at) + 1.0;
        if gap > best.0 {
            best = (gap, minorant[minorant.partition_point(|i| *i <= at) - 1], at);
        }
    }
    best
}

/// sup |F_n - hull| between two touches, twice over the jumps of F_n.
fn excess(x: &[f64], touch: &[usize], from: usize, to: usize, majorant: bool) -> f64 {
    let distance = |at: usize| {
        let hull = height(x, touch, at);
        // F_n jumps from rank at - 1 to rank at: the far side counts.
        if majorant { hull - at as f64 + 1.0 } else { at as f64 - hull + 1.0 }
    };
    (from..=to).map(distance).fold(1.0, f64::max)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;
    use rand::RngExt;

    /// The least d at which a unimodal law lies within d of F_n, by bisection: convex up to a mode, concave from there, a jump
    /// at the mode alone.
    fn brute(x: &[f64]) -> f64 {
        let n = x.len();
        // l_i <= F(x_i) <= u_i; a convex F exists if no l lies above a chord of two u.
        let convex = |x: &[f64], l: &[f64], u: &[f64]| {
            (0..x.len()).all(|i| {
                (i + 1..x.len()).all(|k| {
                    (i + 1..k).all(|j| {
                        let chord = u[i] + (u[k] - u[i]) * (x[j] - x[i]) / (x[k] - x[i]);
                        l[j] <= chord + 1e-12
                    })
                })
            })
        };
        let feasible = |d: f64| {
            (0..n).any(|mode| {
                let l: Vec<f64> = (0..n).map(|i| (i + 1) as f64 / n as f64 - d).collect();
                let u: Vec<f64> = (0..n).map(|i| i as f64 / n as f64 + d).collect();
                // The jump: before it F is below u, after it above l.
                let (mut left_l, mut right_u) = (l.clone(), u.clone());
                left_l[mode] = f64::NEG_INFINITY;
                right_u[mode] = f64::INFINITY;
                let flip = |v: &[f64]| -> Vec<f64> { v[mode..].iter().rev().map(|v| -v).collect() };
                // The least value that the convex part may have at the mode, by lines from a u over a later l.
                let least = |x: &[f64], l: &[f64], u: &[f64]| {
                    let last = x.len() - 1;
                    let line = |i: usize, j: usize| u[i] + (l[j] - u[i]) * (x[last] - x[i]) / (x[j] - x[i]);
                    let lines = (0..last).flat_map(|j| (0..j).map(move |i| (i, j))).map(|(i, j)| line(i, j));
                    lines.chain(l[..last].iter().copied()).fold(f64::NEG_INFINITY, f64::max)
                };
                let left = least(&x[..=mode], &left_l[..=mode], &u[..=mode]).max(0.0);
                let right = -least(&flip(x), &flip(&right_u), &flip(&l)).max(-1.0);
                left <= right + 1e-12
                    && (0..n).all(|i| i == mode || l[i] <= u[i] + 1e-12)
                    && convex(&x[..=mode], &left_l[..=mode], &u[..=mode])
                    && convex(&flip(x), &flip(&right_u), &flip(&l))
            })
        };
        let (mut low, mut high) = (0.0, 0.5);
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if feasible(middle) { high = middle } else { low = middle }
        }
        high
    }

    #[test]
    fn it_is_the_distance_to_the_unimodal_laws() {
        for seed in 0..200 {
            let mut rng = stream(7, seed);
            let n = 4 + (seed % 9) as usize;
            let mut x: Vec<f64> =
                (0..n).map(|i| rng.random::<f64>() + if i % 2 == 0 { 0.0 } else { (seed % 4) as f64 }).collect();
            x.sort_by(f64::total_cmp);
            let (fast, slow) = (dip(&x), brute(&x));
            assert!((fast - slow).abs() < 1e-9, "{seed}: {fast} {slow} {x:?}");
        }
    }

    #[test]
    fn uniform_values_pass_as_often_as_it_is_said() {
        for n in [12usize, 60, 500] {
            let mut counts = [0usize; 3];
            let levels = [0.3, 0.05, 0.01];
            let runs = 4000;
            for run in 0..runs {
                let mut rng = stream(11, run);
                let mut x: Vec<f64> = (0..n).map(|_| rng.random::<f64>()).collect();
                x.sort_by(f64::total_cmp);
                let p = significance(dip(&x), n);
                levels.iter().zip(&mut counts).for_each(|(level, count)| *count += usize::from(p < *level));
            }
            for (level, count) in levels.into_iter().zip(counts) {
                let error = 4.0 * (level * (1.0 - level) / runs as f64).sqrt();
                assert!((count as f64 / runs as f64 - level).abs() < error + 0.05 * level, "{n} {level} {count}");
            }
        }
        assert!(significance(0.1, 1000) < 1e-12 && significance(0.01, 100) > 0.9);
    }

    #[test]
    fn known_values() {
        assert_eq!(dip(&[]), 0.0);
        assert_eq!(dip(&[3.0]), 0.5);
        assert_eq!(dip(&[1.0; 10]), 0.05);
        // Evenly spaced: 1/(2n). Two atoms: 1/4.
        let even: Vec<f64> = (0..50).map(f64::from).collect();
        assert!((dip(&even) - 0.01).abs() < 1e-15);
        let atoms: Vec<f64> = (0..100).map(|i| if i < 50 { 0.0 } else { 1.0 }).collect();
        assert!((dip(&atoms) - 0.25).abs() < 0.006);
    }
}
