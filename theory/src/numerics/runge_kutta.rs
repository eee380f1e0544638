//! The classical Runge-Kutta step.

/// y(t + h) by one step of order 4 of y' = f; `rate` is told its time as 0 (t), 1 (t + h/2), 1 again and 2 (t + h).
pub fn runge_kutta<const N: usize>(y: [f64; N], h: f64, mut rate: impl FnMut(usize, [f64; N]) -> [f64; N]) -> [f64; N] {
    let moved = |by: f64, k: &[f64; N]| std::array::from_fn(|n| y[n] + by * k[n]);
    let k1 = rate(0, y);
    let k2 = rate(1, moved(0.5 * h, &k1));
    let k3 = rate(1, moved(0.5 * h, &k2));
    let k4 = rate(2, moved(h, &k3));
    std::array::from_fn(|n| y[n] + h / 6.0 * (k1[n] + 2.0 * k2[n] + 2.0 * k3[n] + k4[n]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_four() {
        // A turn about the origin whose speed grows: the angle at t is t^2/2.
        let error = |steps: usize| {
            let h = 1.0 / steps as f64;
            let turn = |y, i: usize| {
                let t = |part: usize| h * (i as f64 + 0.5 * part as f64);
                runge_kutta(y, h, |part, [a, b]| [-t(part) * b, t(part) * a])
            };
            let [a, b] = (0..steps).fold([1.0, 0.0], turn);
            (a - 0.5f64.cos()).hypot(b - 0.5f64.sin())
        };
        assert!(((error(16) / error(32)).log2() - 4.0).abs() < 0.2 && error(32) < 1e-7);
    }
}
