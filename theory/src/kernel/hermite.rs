//! Piecewise quintic Hermite interpolation on a uniform grid.

/// Cells at which refinement stops whatever the error: 2^14, 400 kB.
const MAX_CELLS: usize = 1 << 14;

/// Interpolant that matches a function and its first two derivatives at uniform nodes.
#[derive(Debug, Clone)]
pub(crate) struct Quintic {
    low: f64,
    per_step: f64,
    cells: usize,
    /// Value, step times slope, half of step squared times curvature.
    nodes: Vec<[f64; 3]>,
}

impl Quintic {
    /// The interpolant of `f = (value, slope, curvature)` on `[low, high]` with the fewest cells, among powers of two
    /// times 16, whose value is within `tolerance` and slope within `tolerance * slope_unit` at three points of every cell.
    pub(crate) fn fit(low: f64, high: f64, tolerance: f64, slope_unit: f64, f: impl Fn(f64) -> [f64; 3]) -> Self {
        let mut cells = 16;
        loop {
            let table = Self::new(low, high, cells, &f);
            if cells >= MAX_CELLS || table.is_within(tolerance, slope_unit, &f) {
                return table;
            }
            cells *= 2;
        }
    }

    fn new(low: f64, high: f64, cells: usize, f: &impl Fn(f64) -> [f64; 3]) -> Self {
        let step = (high - low) / cells as f64;
        let nodes = (0..=cells)
            .map(|i| {
                let [value, slope, curvature] = f(low + step * i as f64);
                [value, step * slope, 0.5 * step * step * curvature]
            })
            .collect();
        Self { low, per_step: 1.0 / step, cells, nodes }
    }

    /// Whether value and slope (in its unit) err by at most `tolerance` at the fractions 1/4 and 3/4, where the quintic's slope
    /// errs most, and 1/2, where its value does. Cells are tried from the middle of the range on, where the kernels bend.
    fn is_within(&self, tolerance: f64, slope_unit: f64, f: &impl Fn(f64) -> [f64; 3]) -> bool {
        (0..self.cells).map(|i| (i + self.cells / 2) % self.cells).all(|i| {
            [0.25, 0.5, 0.75].iter().all(|fraction| {
                let x = self.low + (i as f64 + fraction) / self.per_step;
                let (truth, (value, slope)) = (f(x), self.at(x));
                (truth[0] - value).abs() <= tolerance && (truth[1] - slope).abs() <= tolerance * slope_unit
            })
        })
    }

    /// Value and slope; the caller keeps `x` in the range (outside, the end cells are extrapolated).
    #[inline(always)]
    pub(crate) fn at(&self, x: f64) -> (f64, f64) {
        let place = (x - self.low) * self.per_step;
        // A cast saturates and sends NaN to zero, so the index is always valid.
        let i = (place as usize).min(self.cells - 1);
        let t = place - i as f64;
        let ([f0, d0, c0], [f1, d1, c1]) = (self.nodes[i], self.nodes[i + 1]);
        let rise = f1 - f0 - d0 - c0;
        let turn = d1 - d0 - 2.0 * c0;
        let bend = c1 - c0;
        let k3 = 10.0 * rise - 4.0 * turn + bend;
        let k4 = -15.0 * rise + 7.0 * turn - 2.0 * bend;
        let k5 = 6.0 * rise - 3.0 * turn + bend;
        let value = f0 + t * (d0 + t * (c0 + t * (k3 + t * (k4 + t * k5))));
        let slope = d0 + t * (2.0 * c0 + t * (3.0 * k3 + t * (4.0 * k4 + t * 5.0 * k5)));
        (value, slope * self.per_step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quintics_are_reproduced() {
        let f = |x: f64| [x.powi(5) - x, 5.0 * x.powi(4) - 1.0, 20.0 * x.powi(3)];
        let table = Quintic::new(-1.0, 2.0, 3, &f);
        for i in 0..=30 {
            let x = -1.0 + 0.1 * f64::from(i);
            let (value, slope) = table.at(x);
            // Magnitudes up to 80, some tens of operations.
            assert!((value - f(x)[0]).abs() < 1e-12 && (slope - f(x)[1]).abs() < 1e-12, "{x}");
        }
    }

    #[test]
    fn value_error_falls_with_the_sixth_power_of_the_step() {
        let f = |x: f64| [x.sin(), x.cos(), -x.sin()];
        let worst = |cells| {
            let table = Quintic::new(0.0, 6.0, cells, &f);
            (0..600).map(|i| (table.at(f64::from(i) * 0.01).0 - (f64::from(i) * 0.01).sin()).abs()).fold(0.0, f64::max)
        };
        let order = (worst(8) / worst(16)).log2();
        assert!((order - 6.0).abs() < 0.3, "{order}");
    }
}
