//! The minimum of a function of one variable over an interval.

/// Cells of the first scan: the walls' profiles have at most two minima, much wider than this.
const CELLS: usize = 128;
/// Golden sections after it: 0.618^60 of a cell is below rounding.
const SECTIONS: usize = 60;

/// The least point of `f` on [low, high] and the value there: a scan, then golden sections around its least point.
pub(crate) fn minimum(low: f64, high: f64, f: impl Fn(f64) -> f64) -> (f64, f64) {
    let width = (high - low) / CELLS as f64;
    let at = |i: usize| low + width * i as f64;
    let (mut best, mut index) = (f64::INFINITY, 0);
    for i in 0..=CELLS {
        let value = f(at(i));
        if value < best {
            (best, index) = (value, i);
        }
    }
    let ratio = (5f64.sqrt() - 1.0) / 2.0;
    let (mut a, mut b) = (at(index.saturating_sub(1)), at((index + 1).min(CELLS)));
    let (mut c, mut d) = (b - ratio * (b - a), a + ratio * (b - a));
    let (mut fc, mut fd) = (f(c), f(d));
    for _ in 0..SECTIONS {
        if fc < fd {
            (b, d, fd) = (d, c, fc);
            c = b - ratio * (b - a);
            fc = f(c);
        } else {
            (a, c, fc) = (c, d, fd);
            d = a + ratio * (b - a);
            fd = f(d);
        }
    }
    let ends = [(at(index), best), (c, fc), (d, fd)];
    ends.into_iter().fold((low, f64::INFINITY), |least, end| if end.1 < least.1 { end } else { least })
}
