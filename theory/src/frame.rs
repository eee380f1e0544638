//! The rotation into the span of the modes and the initial means, which makes the flow's cost independent of d.

/// Relative size below which what Gram-Schmidt leaves of a vector is its rounding error, not a direction.
const RANK_TOLERANCE: f64 = 8.0 * f64::EPSILON;

/// An orthonormal frame of a subspace of R^d.
///
/// The flow of theory (2) moves every mean by a combination of means and modes, so it never leaves their span: it
/// is integrated in coordinates of that span, D <= P + K of them whatever d is. In few dimensions (d no larger
/// than the number of vectors) the frame is R^d itself and coordinates are the user's own, without rounding.
#[derive(Debug, Clone, PartialEq)]
pub struct Frame {
    /// The basis, or `None` for the identity of R^d.
    basis: Option<Vec<Vec<f64>>>,
    ambient: usize,
}

impl Frame {
    /// The frame spanned by `vectors` (of one length d), in their order: modified Gram-Schmidt, each vector
    /// orthogonalised twice.
    pub fn spanning(vectors: &[&[f64]]) -> Self {
        let ambient = vectors.first().map_or(0, |v| v.len());
        if ambient <= vectors.len() { Self { basis: None, ambient } } else { Self::least(vectors) }
    }

    /// The same, however few dimensions there are.
    pub(crate) fn least(vectors: &[&[f64]]) -> Self {
        let ambient = vectors.first().map_or(0, |v| v.len());
        let mut basis: Vec<Vec<f64>> = Vec::new();
        vectors.iter().for_each(|vector| extend(&mut basis, vector));
        if basis.is_empty() {
            // All vectors vanish: any axis will do.
            let mut axis = vec![0.0; ambient];
            axis[0] = 1.0;
            basis.push(axis);
        }
        Self { basis: Some(basis), ambient }
    }

    /// R^`ambient` itself.
    pub fn whole(ambient: usize) -> Self {
        Self { basis: None, ambient }
    }

    /// D, the number of coordinates.
    pub fn dimension(&self) -> usize {
        self.basis.as_ref().map_or(self.ambient, Vec::len)
    }

    /// d.
    pub fn ambient(&self) -> usize {
        self.ambient
    }

    /// The D coordinates of the orthogonal projection of `vector` (length d).
    pub fn coordinates(&self, vector: &[f64]) -> Vec<f64> {
        match &self.basis {
            None => vector.to_vec(),
            Some(basis) => basis.iter().map(|e| dot(e, vector)).collect(),
        }
    }

    /// The vector of R^d with the given D coordinates.
    pub fn embed(&self, coordinates: &[f64]) -> Vec<f64> {
        let Some(basis) = &self.basis else { return coordinates.to_vec() };
        let mut vector = vec![0.0; self.ambient];
        for (c, direction) in coordinates.iter().zip(basis) {
            vector.iter_mut().zip(direction).for_each(|(v, e)| *v += c * e);
        }
        vector
    }

    /// The matrix of R^d (d x d) that is `block` in these coordinates (D x D) and a multiple of I across them, with a diagonal of that
    /// `mean`; `block` itself where D = d.
    pub fn embed_covariance(&self, block: &[Vec<f64>], mean: f64) -> Vec<Vec<f64>> {
        let Some(basis) = &self.basis else { return block.to_vec() };
        let (d, width) = (self.ambient, basis.len());
        let trace: f64 = (0..width).map(|a| block[a][a]).sum();
        // In a frame of all of R^d nothing is across.
        let across = (d as f64 * mean - trace) / (d - width).max(1) as f64;
        let mut matrix: Vec<Vec<f64>> =
            (0..d).map(|i| (0..d).map(|j| if i == j { across } else { 0.0 }).collect()).collect();
        for (a, (e, entries)) in basis.iter().zip(block).enumerate() {
            for (b, (f, entry)) in basis.iter().zip(entries).enumerate() {
                let factor = entry - if a == b { across } else { 0.0 };
                for (row, x) in matrix.iter_mut().zip(e) {
                    row.iter_mut().zip(f).for_each(|(m, y)| *m += factor * x * y);
                }
            }
        }
        matrix
    }
}

/// Adds what is left of a vector across orthonormal directions to them, if that is more than rounding.
pub(crate) fn extend(directions: &mut Vec<Vec<f64>>, vector: &[f64]) {
    let size = norm(vector);
    let mut rest = vector.to_vec();
    for _ in 0..2 {
        for direction in directions.iter() {
            let along = dot(direction, &rest);
            rest.iter_mut().zip(direction).for_each(|(r, e)| *r -= along * e);
        }
    }
    let left = norm(&rest);
    if left > RANK_TOLERANCE * size && left.is_finite() {
        rest.iter_mut().for_each(|r| *r /= left);
        directions.push(rest);
    }
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

pub(crate) fn norm(a: &[f64]) -> f64 {
    // Scaled: coordinates of 1e200 must not overflow.
    let largest = a.iter().fold(0.0f64, |m, x| m.max(x.abs()));
    if largest == 0.0 || !largest.is_finite() {
        return largest;
    }
    largest * a.iter().map(|x| (x / largest) * (x / largest)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_dimensions_keep_the_users_coordinates() {
        let frame = Frame::spanning(&[&[1.0, 2.0], &[0.3, 0.1]]);
        assert_eq!((frame.dimension(), frame.coordinates(&[5.0, -6.0])), (2, vec![5.0, -6.0]));
    }

    #[test]
    fn spans_the_vectors_and_nothing_more() {
        let (a, b) = ([3.0, 0.0, 0.0, 0.0, 0.0], [1.0, 1e-9, 0.0, 2.0, 0.0]);
        let doubled = [2.0, 2e-9, 0.0, 4.0, 0.0];
        let frame = Frame::spanning(&[&a, &b, &doubled, &[0.0; 5]]);
        assert_eq!(frame.dimension(), 2);
        for v in [a, b, doubled] {
            let back = frame.embed(&frame.coordinates(&v));
            let error: f64 = back.iter().zip(&v).map(|(x, y)| (x - y).abs()).sum();
            assert!(error < 1e-14, "{error}");
        }
        assert_eq!(Frame::spanning(&[&[0.0; 3], &[0.0; 3]]).dimension(), 1);
    }

    #[test]
    fn a_covariance_is_round_across_the_frame() {
        let frame = Frame::least(&[&[3.0, 0.0, 4.0, 0.0], &[0.0, 1.0, 0.0, 1.0]]);
        let block = vec![vec![2.0, 0.3], vec![0.3, 0.5]];
        // Across it 0.75, so that the trace is 4.
        let matrix = frame.embed_covariance(&block, 1.0);
        let form = |u: &[f64], v: &[f64]| -> f64 { u.iter().zip(&matrix).map(|(x, row)| x * dot(row, v)).sum() };
        let axes = [frame.embed(&[1.0, 0.0]), frame.embed(&[0.0, 1.0]), vec![0.8, 0.0, -0.6, 0.0]];
        let wanted = [[2.0, 0.3, 0.0], [0.3, 0.5, 0.0], [0.0, 0.0, 0.75]];
        for (u, row) in axes.iter().zip(wanted) {
            for (v, wanted) in axes.iter().zip(row) {
                assert!((form(u, v) - wanted).abs() < 1e-15, "{}", form(u, v) - wanted);
            }
        }
        assert_eq!(Frame::whole(2).embed_covariance(&block, 1.25), block);
    }
}
