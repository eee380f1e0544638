//! Evenly spaced field lines of a planar field, for a picture of its direction.

use std::collections::VecDeque;

use collapsar_theory::numerics::runge_kutta;

/// Steps of a line over one spacing: the classical Runge-Kutta error of a step is far below what can be seen.
const STEPS: f64 = 8.0;
/// A line ends where another one is nearer than this share of the spacing.
const NEAREST: f64 = 0.5;
/// Lines shorter than this many spacings are dropped.
const SHORTEST: f64 = 1.5;
/// A line ends where the cosine between two steps, or the length of one over that meant, is smaller.
const STRAIGHT: f64 = 0.9;
/// Places at which a line is begun, for each cell of the spacing, before the sheet is left as it is.
const SEEDS: usize = 100;
/// Longest line in units of the window.
const LONGEST: f64 = 4.0;

type PlanePoint = [f64; 2];
/// Direction of a field at (x, y); its length means nothing.
type DirectionField<'a> = &'a dyn Fn(f64, f64) -> [f64; 2];

/// Lines along `field` in the window `x` by `y`, about `spacing` apart in units of the window's sides, each in the
/// direction of the field (Jobard and Lefer 1997: every line seeds its neighbours).
pub fn field_lines(field: DirectionField<'_>, x: [f64; 2], y: [f64; 2], spacing: f64) -> Vec<Vec<[f64; 2]>> {
    let (width, height) = (x[1] - x[0], y[1] - y[0]);
    let unit = |p: PlanePoint| {
        let [a, b] = field(x[0] + width * p[0], y[0] + height * p[1]);
        let direction = [a / width, b / height];
        let length = direction[0].hypot(direction[1]);
        (length > 0.0 && length.is_finite()).then(|| direction.map(|v| v / length))
    };
    let mut sheet = DrawnLines { spacing, lines: Vec::new() };
    let cells = (1.0 / spacing).ceil() as usize;
    let lattice = (0..cells * cells).map(|i| [(i % cells) as f64, (i / cells) as f64].map(|v| (v + 0.5) * spacing));
    let mut seeds: VecDeque<PlanePoint> = VecDeque::from([[0.5 + 0.13 * spacing, 0.5 + 0.29 * spacing]]);
    seeds.extend(lattice);
    // Where a field turns too sharply for lines, short ones would seed short ones for ever.
    for _ in 0..SEEDS * cells * cells {
        let Some(seed) = seeds.pop_front() else { break };
        if !inside(seed) || sheet.nearest(seed) < spacing {
            continue;
        }
        let line = sheet.line(&unit, seed);
        for p in line.iter().step_by(STEPS as usize) {
            let Some([a, b]) = unit(*p) else { continue };
            seeds.push_front([p[0] - 1.01 * spacing * b, p[1] + 1.01 * spacing * a]);
            seeds.push_front([p[0] + 1.01 * spacing * b, p[1] - 1.01 * spacing * a]);
        }
        if line.len() as f64 > SHORTEST * STEPS {
            sheet.lines.push(line);
        }
    }
    let place = |p: &PlanePoint| [x[0] + width * p[0], y[0] + height * p[1]];
    sheet.lines.iter().map(|line| line.iter().map(place).collect()).collect()
}

fn inside(p: PlanePoint) -> bool {
    p.iter().all(|v| (0.0..=1.0).contains(v))
}

/// The lines so far, in the unit square.
struct DrawnLines {
    spacing: f64,
    lines: Vec<Vec<PlanePoint>>,
}

type Unit<'a> = &'a dyn Fn(PlanePoint) -> Option<PlanePoint>;

impl DrawnLines {
    fn nearest(&self, p: PlanePoint) -> f64 {
        let distances = self.lines.iter().flatten().map(|q| (p[0] - q[0]).hypot(p[1] - q[1]));
        distances.fold(f64::INFINITY, f64::min)
    }

    /// The line through `seed`, both ways.
    fn line(&self, unit: Unit<'_>, seed: PlanePoint) -> Vec<PlanePoint> {
        let mut line = self.half(unit, seed, -1.0);
        line.reverse();
        line.push(seed);
        line.extend(self.half(unit, seed, 1.0));
        line
    }

    /// From `seed` to the rim, to rest or to another line.
    fn half(&self, unit: Unit<'_>, seed: PlanePoint, sign: f64) -> Vec<PlanePoint> {
        let step = sign * self.spacing / STEPS;
        let (mut line, mut p) = (Vec::new(), seed);
        for _ in 0..(LONGEST * STEPS / self.spacing) as usize {
            let Some((next, along)) = step_along(unit, p, step) else { break };
            // At a point of rest the direction turns round within a step, and the step falls short.
            let short = (next[0] - p[0]).hypot(next[1] - p[1]) < STRAIGHT * step.abs();
            let turned = unit(next).is_none_or(|v| v[0] * along[0] + v[1] * along[1] < STRAIGHT);
            if short || turned || !inside(next) || self.nearest(next) < NEAREST * self.spacing {
                break;
            }
            line.push(next);
            p = next;
        }
        line
    }
}

/// A step along the lines and the direction at its start; nothing where one of its stages has none.
fn step_along(unit: Unit<'_>, p: PlanePoint, h: f64) -> Option<(PlanePoint, PlanePoint)> {
    let mut first = None;
    let next = runge_kutta(p, h, |part, p| {
        let along = unit(p);
        if part == 0 {
            first = along;
        }
        along.unwrap_or([f64::NAN; 2])
    });
    first.filter(|_| next.iter().all(|x| x.is_finite())).map(|along| (next, along))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_saddle_are_hyperbolas_kept_apart() {
        let lines = field_lines(&|x, y| [x, -y], [-2.0, 2.0], [-1.0, 1.0], 0.1);
        assert!((10..80).contains(&lines.len()), "{} lines", lines.len());
        for line in &lines {
            // x y is constant along a line; a step of 1/80 of the window leaves 1e-6 of it.
            let products: Vec<f64> = line.iter().map(|[x, y]| x * y).collect();
            assert!(products.iter().all(|p| (p - products[0]).abs() < 1e-5), "{products:?}");
            assert!(line.windows(2).all(|w| w[1][0].abs() >= w[0][0].abs() - 1e-12), "along the field");
            assert!(line.iter().all(|[x, y]| x.abs() <= 2.0 && y.abs() <= 1.0), "{line:?}");
        }
        let scaled = |[x, y]: &PlanePoint| [x / 4.0, y / 2.0];
        for (i, a) in lines.iter().enumerate() {
            for p in lines[..i].iter().flatten().map(scaled) {
                let gap = |q: PlanePoint| (p[0] - q[0]).hypot(p[1] - q[1]);
                assert!(a.iter().map(scaled).all(|q| gap(q) >= 0.0499), "two lines touch");
            }
        }
    }

    #[test]
    fn a_field_at_rest_has_no_lines() {
        assert!(field_lines(&|_, _| [0.0, 0.0], [0.0, 1.0], [0.0, 1.0], 0.2).is_empty());
    }
}
