//! The least of a function of coordinates from 0 to 1, without derivatives, from values that may be counted: bad places by few
//! draws.

use crate::parallel;
use crate::studies::StudyError;

/// Places of the first look along a line.
const SCAN: usize = 13;
/// Half the distance looked over beside a known best.
const BESIDE: f64 = 0.12;
/// A place is known to this.
const CLOSE: f64 = 0.008;
/// How far above the goal, as a logarithm, every place of a line lies that has none in between that reaches it.
const OUT_OF_REACH: f64 = std::f64::consts::LN_2;
/// Evaluations of a simplex for each coordinate.
const PER_COORDINATE: usize = 16;
/// A simplex whose values differ by less than this is done: the values are logarithms of probabilities.
const FLAT: f64 = 2e-3;

/// What a number of draws says of a place: the value, and where it lies.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Seen {
    pub(super) value: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Seen {
    /// A value without doubt.
    pub(super) fn known(value: f64) -> Self {
        Self { value, low: value, high: value }
    }
}

/// What a stage says of a place.
pub(super) type Look<'a> = &'a (dyn Fn(&[f64], usize) -> Result<Seen, StudyError> + Sync);

/// A function whose value at a place is seen better from stage to stage.
pub(super) struct Value<'a> {
    pub(super) at: Look<'a>,
    pub(super) stages: usize,
    /// Differences below this are none.
    pub(super) flat: f64,
    /// What is to be reached, infinite for the least: where a line is far above it, its best place so far is enough.
    pub(super) goal: f64,
}

impl Value<'_> {
    /// Values at places, side by side. One whose interval lies above that of another, or above `bar`, is worse, and looked at no
    /// closer; the least is seen as well as can be.
    pub(super) fn race(&self, places: &[Vec<f64>], bar: f64) -> Result<Vec<f64>, StudyError> {
        let mut seen = self.first_look(places)?;
        for stage in 1..self.stages {
            let least = seen.iter().map(|seen| seen.high).fold(bar, f64::min);
            let left = (0..places.len()).filter(|&i| seen[i].low <= least).collect();
            self.look_closer(places, &mut seen, left, stage)?;
        }
        Ok(seen.into_iter().map(|seen| seen.value).collect())
    }

    /// The same along a line, and whether the goal is within reach: if not, only the best is looked at closer.
    fn race_along(&self, places: &[Vec<f64>]) -> Result<(Vec<f64>, bool), StudyError> {
        let mut seen = self.first_look(places)?;
        let far = |seen: &[Seen]| seen.iter().all(|seen| seen.low > self.goal + OUT_OF_REACH);
        for stage in 1..self.stages {
            let least = seen.iter().map(|seen| seen.high).fold(f64::INFINITY, f64::min);
            let values: Vec<f64> = seen.iter().map(|seen| seen.value).collect();
            let best = self::least(&values);
            let is_far = far(&seen);
            let left = (0..places.len()).filter(|&i| if is_far { i == best } else { seen[i].low <= least }).collect();
            self.look_closer(places, &mut seen, left, stage)?;
        }
        Ok((seen.iter().map(|seen| seen.value).collect(), !far(&seen)))
    }

    fn first_look(&self, places: &[Vec<f64>]) -> Result<Vec<Seen>, StudyError> {
        parallel::try_map(places, |place: &Vec<f64>| (self.at)(place, 0))
    }

    fn look_closer(
        &self,
        places: &[Vec<f64>],
        seen: &mut [Seen],
        left: Vec<usize>,
        stage: usize,
    ) -> Result<(), StudyError> {
        let closer = parallel::try_map(&left, |&i| (self.at)(&places[i], stage))?;
        left.into_iter().zip(closer).for_each(|(i, found)| seen[i] = found);
        Ok(())
    }

    fn one(&self, place: &[f64], bar: f64) -> Result<f64, StudyError> {
        Ok(self.race(&[place.to_vec()], bar)?[0])
    }
}

/// Place and value of the least along a line; `near` is where it was for a similar function. Beside it the whole line is looked
/// over too where a first look is cheap: there may be a second valley.
pub(super) fn along_a_line(value: &Value<'_>, near: Option<f64>) -> Result<(Vec<f64>, f64), StudyError> {
    let evenly = |low: f64, high: f64, count: usize| -> Vec<f64> {
        (0..count).map(|i| low + (high - low) * i as f64 / (count - 1) as f64).collect()
    };
    let beside = near.map(|u| ((u - BESIDE).max(0.0), (u + BESIDE).min(1.0)));
    let mut places = beside.map_or_else(Vec::new, |(low, high)| evenly(low, high, 5));
    let everywhere = beside.is_none() || value.stages > 1;
    if everywhere {
        places.extend(evenly(0.0, 1.0, SCAN));
        places.sort_by(f64::total_cmp);
        places.dedup();
    }
    let count = places.len();
    let (values, within_reach) = value.race_along(&places.iter().map(|&u| vec![u]).collect::<Vec<_>>())?;
    let best = least(&values);
    // At an end of the part that was looked over the rest may hold less.
    if !everywhere && ((best == 0 && places[0] > 0.0) || (best == count - 1 && places[best] < 1.0)) {
        return along_a_line(value, None);
    }
    let (left, right) = (best.saturating_sub(1), (best + 1).min(count - 1));
    let (mut low, mut high) = ((places[left], values[left]), (places[right], values[right]));
    let (mut at, mut least) = (places[best], values[best]);
    // A bracket that is level is as good as its middle.
    while within_reach && high.0 - low.0 > CLOSE && low.1.max(high.1) - least >= value.flat {
        // The golden section of the longer side.
        let next =
            if at - low.0 > high.0 - at { at - 0.381_966 * (at - low.0) } else { at + 0.381_966 * (high.0 - at) };
        let found = value.one(&[next], least)?;
        let better = found < least;
        let (outer, inner) = if better { ((at, least), next) } else { ((next, found), at) };
        if outer.0 < inner {
            low = outer
        } else {
            high = outer
        }
        (at, least) = if better { (next, found) } else { (at, least) };
    }
    Ok((vec![at], least))
}

/// The same of several coordinates: the simplex method of Nelder and Mead (Computer Journal 7, 1965), kept within the
/// cube. `side` is that of the first simplex.
pub(super) fn simplex(value: &Value<'_>, start: &[f64], side: f64) -> Result<(Vec<f64>, f64), StudyError> {
    let n = start.len();
    let mut points: Vec<Vec<f64>> = vec![start.to_vec()];
    for i in 0..n {
        let mut point = start.to_vec();
        point[i] += if point[i] + side <= 1.0 { side } else { -side };
        points.push(point);
    }
    let mut values = value.race(&points, f64::INFINITY)?;
    let mut left = (PER_COORDINATE * n).saturating_sub(points.len());
    while left > 0 {
        let mut order: Vec<usize> = (0..=n).collect();
        order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
        (points, values) = order.iter().map(|&i| (points[i].clone(), values[i])).unzip();
        if values[n] - values[0] < FLAT.max(value.flat) {
            break;
        }
        let centre: Vec<f64> = (0..n).map(|j| points[..n].iter().map(|p| p[j]).sum::<f64>() / n as f64).collect();
        let away = |by: f64| -> Vec<f64> {
            (0..n).map(|j| (centre[j] + by * (centre[j] - points[n][j])).clamp(0.0, 1.0)).collect()
        };
        let mut tried = away(1.0);
        let mut found = value.one(&tried, values[n])?;
        left -= 1;
        if found < values[0] && left > 0 {
            let far = away(2.0);
            let beyond = value.one(&far, values[n])?;
            left -= 1;
            if beyond < found {
                (tried, found) = (far, beyond);
            }
        } else if found >= values[n - 1] && left > 0 {
            let near = away(if found < values[n] { 0.5 } else { -0.5 });
            let within = value.one(&near, values[n])?;
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
                values[i] = value.one(&points[i], values[n])?;
            }
            left = left.saturating_sub(n);
        }
    }
    let best = least(&values);
    Ok((points[best].clone(), values[best]))
}

/// The index of the least.
pub(super) fn least(values: &[f64]) -> usize {
    (0..values.len()).fold(0, |best, i| if values[i] < values[best] { i } else { best })
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    fn exactly(at: Look<'_>) -> Value<'_> {
        Value { at, stages: 1, flat: 0.0, goal: f64::INFINITY }
    }

    #[test]
    fn a_valley_is_found_along_a_line_and_in_the_cube() {
        for at in [0.0, 0.03, 0.43, 0.97, 1.0] {
            let square = |u: &[f64], _: usize| Ok(Seen::known((u[0] - at).powi(2)));
            let (place, value) = along_a_line(&exactly(&square), None).unwrap();
            assert!((place[0] - at).abs() < CLOSE && value < 1e-4, "{at}: {place:?}");
            let edge = |u: &[f64], _: usize| Ok(Seen::known((u[0] - at).abs()));
            let (place, _) = along_a_line(&exactly(&edge), Some(0.4)).unwrap();
            assert!((place[0] - at).abs() < CLOSE, "{at}: {place:?}");
        }
        let bowl = |u: &[f64], _: usize| {
            Ok(Seen::known((u[0] - 0.3).powi(2) + 4.0 * (u[1] - u[0] - 0.2).powi(2) + (u[2] - 1.0).powi(2)))
        };
        let (place, value) = simplex(&exactly(&bowl), &[0.5, 0.5, 0.5], 0.12).unwrap();
        assert!(value < 0.02, "{place:?} {value}");
    }

    /// Seen in three stages, each a quarter as wide: the valley is found, and places far from it are looked at once.
    #[test]
    fn what_is_worse_is_not_looked_at_closer() {
        let looks = Mutex::new([0; 3]);
        let seen = |u: &[f64], stage: usize| {
            looks.lock().unwrap()[stage] += 1;
            let (value, wide) = (10.0 * (u[0] - 0.43).powi(2), [0.4, 0.1, 0.0][stage]);
            Ok(Seen { value: value + 0.5 * wide, low: value - wide, high: value + wide })
        };
        let counted = |goal: f64| Value { at: &seen, stages: 3, flat: 0.01, goal };
        let (place, value) = along_a_line(&counted(0.5), None).unwrap();
        assert!((place[0] - 0.43).abs() < 0.03 && value < 0.01, "{place:?} {value}");
        let [first, second, third] = std::mem::take(&mut *looks.lock().unwrap());
        assert!(first >= SCAN && second < first && third < second, "{first} {second} {third}");
        // Far from what is wanted the best of the first look is enough.
        let (place, _) = along_a_line(&counted(-2.0), None).unwrap();
        assert!((place[0] - 0.43).abs() < 0.05, "{place:?}");
        assert_eq!(*looks.lock().unwrap(), [SCAN, 1, 1]);
    }

    /// Of two valleys the deeper one is found, although the other one was the deeper one before.
    #[test]
    fn a_second_valley_is_seen() {
        let two = |u: &[f64], stage: usize| {
            let (left, right) = (20.0 * (u[0] - 0.2).powi(2) + 0.5, 20.0 * (u[0] - 0.8).powi(2));
            let (value, wide) = (left.min(right), [0.3, 0.0][stage]);
            Ok(Seen { value, low: value - wide, high: value + wide })
        };
        let (place, _) =
            along_a_line(&Value { at: &two, stages: 2, flat: 1e-3, goal: f64::INFINITY }, Some(0.2)).unwrap();
        assert!((place[0] - 0.8).abs() < 0.02, "{place:?}");
    }

    #[test]
    fn an_error_ends_the_search() {
        let cancelled = |_: &[f64], _: usize| Err(StudyError::Cancelled);
        assert!(along_a_line(&exactly(&cancelled), None).is_err());
        assert!(simplex(&exactly(&cancelled), &[0.5, 0.5], 0.12).is_err());
    }
}
