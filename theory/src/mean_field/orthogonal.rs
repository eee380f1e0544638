//! Orthogonal matrices of any size: frames, and steps from one to the next.

use crate::parameter::InvalidParameter;

/// A square matrix, by rows.
pub(super) type Matrix = Vec<Vec<f64>>;

/// Largest entry of R^T R - 1 in a frame that is given: the rounding of decimal entries.
const SKEW: f64 = 1e-8;
/// Steps of [`polished`]: the error is squared in each.
const POLISH: usize = 3;

pub(super) fn identity(n: usize) -> Matrix {
    (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect()
}

/// A^T v.
pub(super) fn turned_back(a: &[Vec<f64>], v: &[f64]) -> Vec<f64> {
    let mut out = vec![0.0; v.len()];
    for (row, v) in a.iter().zip(v) {
        out.iter_mut().zip(row).for_each(|(out, a)| *out += a * v);
    }
    out
}

/// A B.
pub(super) fn product(a: &[Vec<f64>], b: &[Vec<f64>]) -> Matrix {
    a.iter().map(|row| turned_back(b, row)).collect()
}

/// A^T B A for symmetric B, symmetric to the last bit.
pub(super) fn conjugate(a: &[Vec<f64>], b: &[Vec<f64>]) -> Matrix {
    let half = product(b, a);
    let n = a.len();
    let columns: Matrix = (0..n).map(|j| a.iter().map(|row| row[j]).collect()).collect();
    let whole = product(&columns, &half);
    (0..n).map(|i| (0..n).map(|j| 0.5 * (whole[i][j] + whole[j][i])).collect()).collect()
}

/// R^T R - 1.
fn defect(r: &[Vec<f64>]) -> Matrix {
    let n = r.len();
    let mut gap: Matrix = identity(n).into_iter().map(|row| row.into_iter().map(|x| -x).collect()).collect();
    for row in r {
        for i in 0..n {
            for j in 0..n {
                gap[i][j] += row[i] * row[j];
            }
        }
    }
    gap
}

/// The orthogonal matrix next to one that nearly is: R <- R (3 - R^T R)/2.
pub(super) fn polished(mut r: Matrix) -> Matrix {
    for _ in 0..POLISH {
        let gap = defect(&r);
        let change = product(&r, &gap);
        for (row, change) in r.iter_mut().zip(&change) {
            row.iter_mut().zip(change).for_each(|(r, c)| *r -= 0.5 * c);
        }
    }
    r
}

/// `rotation` as a frame of R^d, its rounding removed.
///
/// Errors: rows or columns that are not d, R^T R that is not 1 to 1e-8.
pub(super) fn frame(rotation: &[Vec<f64>], d: usize) -> Result<Matrix, InvalidParameter> {
    let refuse = |rule: String| Err(InvalidParameter::new("rotation", format!("{rotation:?}"), rule));
    if rotation.len() != d || rotation.iter().any(|row| row.len() != d) {
        return refuse(format!("have {d} rows and columns"));
    }
    if !defect(rotation).iter().flatten().all(|gap| gap.abs() <= SKEW) {
        return refuse("be orthogonal to 1e-8".into());
    }
    Ok(polished(rotation.to_vec()))
}

/// R cay(X), cay(X) = (1 - X/2)^-1 (1 + X/2) for antisymmetric X: orthogonal, and 1 + X to second order. Source: mean field 8.
pub(super) fn stepped(r: &[Vec<f64>], x: &[Vec<f64>]) -> Matrix {
    let n = r.len();
    let shifted = |sign: f64| -> Matrix {
        (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j)) + sign * 0.5 * x[i][j]).collect()).collect()
    };
    let (mut left, mut right) = (shifted(-1.0), shifted(1.0));
    // The symmetric part of 1 - X/2 is 1: elimination needs no exchange of rows.
    for k in 0..n {
        let (pivot, source) = (left[k].clone(), right[k].clone());
        for i in (0..n).filter(|i| *i != k) {
            let factor = left[i][k] / pivot[k];
            if factor != 0.0 {
                left[i].iter_mut().zip(&pivot).for_each(|(l, p)| *l -= factor * p);
                right[i].iter_mut().zip(&source).for_each(|(r, s)| *r -= factor * s);
            }
        }
    }
    for k in 0..n {
        let pivot = left[k][k];
        right[k].iter_mut().for_each(|r| *r /= pivot);
    }
    polished(product(r, &right))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_stay_orthogonal() {
        let n = 7;
        let x: Matrix =
            (0..n).map(|i| (0..n).map(|j| 0.9 * (i as f64 - j as f64) / (1 + i + j) as f64).collect()).collect();
        let mut r = identity(n);
        for _ in 0..50 {
            r = stepped(&r, &x);
        }
        assert!(defect(&r).iter().flatten().all(|gap| gap.abs() < 1e-14));
        // In the plane cay turns by 2 atan(t/2).
        let t: f64 = 0.7;
        let turn = stepped(&identity(2), &[vec![0.0, -t], vec![t, 0.0]]);
        let angle = 2.0 * (0.5 * t).atan();
        assert!((turn[0][0] - angle.cos()).abs() < 1e-15 && (turn[1][0] - angle.sin()).abs() < 1e-15);
        assert!(frame(&turn, 2).is_ok() && frame(&turn, 3).is_err() && frame(&[vec![1.1]], 1).is_err());
        assert!(frame(&[vec![f64::NAN]], 1).is_err());
    }
}
