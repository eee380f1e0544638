//! The least of a function of coordinates from 0 to 1, without derivatives.

use crate::parallel;
use crate::studies::StudyError;

/// Places of the first look along a line.
const SCAN: usize = 13;
/// Half the distance looked over beside a known best.
const BESIDE: f64 = 0.12;
/// A place is known to this.
const CLOSE: f64 = 0.008;
/// Evaluations of a simplex for each coordinate.
const PER_COORDINATE: usize = 16;
/// A simplex whose values differ by less than this is done: the values are logarithms of probabilities.
const FLAT: f64 = 2e-3;

type Value<'a> = &'a (dyn Fn(&[f64]) -> Result<f64, StudyError> + Sync);

/// Place and value of the least along a line; `near` is where it was for a similar function.
pub(super) fn along_a_line(value: Value<'_>, near: Option<f64>) -> Result<(Vec<f64>, f64), StudyError> {
    let (low, high, count) = match near {
        Some(u) => ((u - BESIDE).max(0.0), (u + BESIDE).min(1.0), 5),
        None => (0.0, 1.0, SCAN),
    };
    let places: Vec<f64> = (0..count).map(|i| low + (high - low) * i as f64 / (count - 1) as f64).collect();
    let values: Vec<f64> = parallel::try_map(&places, |&u| value(&[u]))?;
    let best = least(&values);
    // At an end of the part that was looked over the rest may hold less.
    if near.is_some() && ((best == 0 && low > 0.0) || (best == count - 1 && high < 1.0)) {
        return along_a_line(value, None);
    }
    let (mut low, mut high) = (places[best.saturating_sub(1)], places[(best + 1).min(count - 1)]);
    let (mut at, mut least) = (places[best], values[best]);
    while high - low > CLOSE {
        // The golden section of the longer side.
        let next = if at - low > high - at { at - 0.381_966 * (at - low) } else { at + 0.381_966 * (high - at) };
        let found = value(&[next])?;
        let (outer, inner) = if found < least { (at, next) } else { (next, at) };
        if outer < inner {
            low = outer
        } else {
            high = outer
        }
        (at, least) = if found < least { (next, found) } else { (at, least) };
    }
    Ok((vec![at], least))
}

/// The same of several coordinates: the simplex method of Nelder and Mead (Computer Journal 7, 1965), kept within the
/// cube. `side` is that of the first simplex.
pub(super) fn simplex(value: Value<'_>, start: &[f64], side: f64) -> Result<(Vec<f64>, f64), StudyError> {
    let n = start.len();
    let mut points: Vec<Vec<f64>> = vec![start.to_vec()];
    for i in 0..n {
        let mut point = start.to_vec();
        point[i] += if point[i] + side <= 1.0 { side } else { -side };
        points.push(point);
    }
    let mut values: Vec<f64> = parallel::try_map(&points, |point: &Vec<f64>| value(point))?;
    let mut left = (PER_COORDINATE * n).saturating_sub(points.len());
    while left > 0 {
        let mut order: Vec<usize> = (0..=n).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        (points, values) = order.iter().map(|&i| (points[i].clone(), values[i])).unzip();
        if values[n] - values[0] < FLAT {
            break;
        }
        let centre: Vec<f64> = (0..n).map(|j| points[..n].iter().map(|p| p[j]).sum::<f64>() / n as f64).collect();
        let away = |by: f64| -> Vec<f64> {
            (0..n).map(|j| (centre[j] + by * (centre[j] - points[n][j])).clamp(0.0, 1.0)).collect()
        };
        let mut tried = away(1.0);
        let mut found = value(&tried)?;
        left -= 1;
        if found < values[0] && left > 0 {
            let far = away(2.0);
            let beyond = value(&far)?;
            left -= 1;
            if beyond < found {
                (tried, found) = (far, beyond);
            }
        } else if found >= values[n - 1] && left > 0 {
            let near = away(if found < values[n] { 0.5 } else { -0.5 });
            let within = value(&near)?;
            left -= 1;
            if within < found.min(values[n]) {
                (tried, found) = (near, within);
            }
        }
        if found < values[n] {
            (points[n], values[n]) = (tried, found);
        } else {
            for i in 1..=n {
                points[i] = (0..n).map(|j| (points[i][j] + points[0][j]) / 2.0).collect();
                values[i] = value(&points[i])?;
            }
            left = left.saturating_sub(n);
        }
    }
    let best = least(&values);
    Ok((points[best].clone(), values[best]))
}

/// The index of the least.
fn least(values: &[f64]) -> usize {
    (0..values.len()).fold(0, |best, i| if values[i] < values[best] { i } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_valley_is_found_along_a_line_and_in_the_cube() {
        for at in [0.0, 0.03, 0.43, 0.97, 1.0] {
            let (place, value) = along_a_line(&|u| Ok((u[0] - at).powi(2)), None).unwrap();
            assert!((place[0] - at).abs() < CLOSE && value < 1e-4, "{at}: {place:?}");
            let (place, _) = along_a_line(&|u| Ok((u[0] - at).abs()), Some(0.4)).unwrap();
            assert!((place[0] - at).abs() < CLOSE, "{at}: {place:?}");
        }
        let bowl = |u: &[f64]| Ok((u[0] - 0.3).powi(2) + 4.0 * (u[1] - u[0] - 0.2).powi(2) + (u[2] - 1.0).powi(2));
        let (place, value) = simplex(&bowl, &[0.5, 0.5, 0.5], 0.12).unwrap();
        assert!(value < 0.02, "{place:?} {value}");
    }

    #[test]
    fn an_error_ends_the_search() {
        assert!(along_a_line(&|_| Err(StudyError::Cancelled), None).is_err());
        assert!(simplex(&|_| Err(StudyError::Cancelled), &[0.5, 0.5], 0.12).is_err());
    }
}
