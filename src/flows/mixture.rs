//! The target's log density and score in the number type of the flow.

use collapsar_theory::{InvalidParameter, Part, Target};

use crate::flows::real::Arithmetic;

/// log p(x) = -|x|^2/2 - (d/2) log 2 pi + log sum_k v_k exp(nu_k.x - |nu_k|^2/2), theory section 1, with the
/// coordinates in the order of a flow's halves. The sum is taken relative to its largest term, so that nothing overflows.
#[derive(Debug, Clone)]
pub(crate) struct Mixture<T> {
    dimension: usize,
    /// log v_k - |nu_k|^2/2.
    offsets: Vec<T>,
    /// Modes one after the other.
    modes: Vec<T>,
}

/// Stands for log 0: e to it is zero beside any other term.
const LOG_ZERO: f64 = -1e4;

impl<T: Arithmetic> Mixture<T> {
    /// `order` lists the coordinate of each place. A target of fewer dimensions lies in the first coordinates: its
    /// modes are zero in the others.
    pub(crate) fn new(target: &Target, order: &[usize]) -> Result<Self, InvalidParameter> {
        if target.dimension() > order.len() {
            let rule = format!("have at most the {} dimensions of the flow", order.len());
            let value = format!("{} dimensions", target.dimension());
            return Err(InvalidParameter::new("means", value, rule).of(Part::Target));
        }
        let coordinate = |mode: &Vec<f64>, i: &usize| T::of(mode.get(*i).copied().unwrap_or(0.0));
        let modes = target.modes().iter().flat_map(|mode| order.iter().map(move |i| coordinate(mode, i)));
        let offset = |(mode, v): (&Vec<f64>, &f64)| {
            let log = if *v > 0.0 { v.ln() } else { LOG_ZERO };
            T::of(log - 0.5 * mode.iter().map(|x| x * x).sum::<f64>())
        };
        Ok(Self {
            dimension: order.len(),
            offsets: target.modes().iter().zip(target.weights()).map(offset).collect(),
            modes: modes.collect(),
        })
    }

    pub(crate) fn components(&self) -> usize {
        self.offsets.len()
    }

    /// nu_k in the order of the flow.
    pub(crate) fn mode(&self, k: usize) -> &[T] {
        &self.modes[k * self.dimension..][..self.dimension]
    }

    /// log p at the point whose halves are `a` and `b`, and the responsibilities s_k.
    pub(crate) fn log_density(&self, a: &[T], b: &[T], responsibilities: &mut [T]) -> T {
        let mut largest = T::of(2.0 * LOG_ZERO);
        for (k, out) in responsibilities.iter_mut().enumerate() {
            let (mode_a, mode_b) = self.mode(k).split_at(a.len());
            let mut sum = self.offsets[k];
            a.iter().zip(mode_a).for_each(|(x, nu)| sum += *x * *nu);
            b.iter().zip(mode_b).for_each(|(x, nu)| sum += *x * *nu);
            *out = sum;
            // Written so that a sum that is not a number is taken.
            largest = if sum < largest { largest } else { sum };
        }
        let mut total = T::ZERO;
        for out in responsibilities.iter_mut() {
            *out = (*out - largest).exp();
            total += *out;
        }
        let share = T::ONE / total;
        responsibilities.iter_mut().for_each(|s| *s *= share);
        let mut square = T::ZERO;
        a.iter().chain(b).for_each(|x| square += *x * *x);
        let constant = 0.5 * self.dimension as f64 * (2.0 * std::f64::consts::PI).ln();
        largest + T::of(total.to_f64().ln()) - T::of(0.5) * square - T::of(constant)
    }

    /// log p and `factor` times the score sum_k s_k nu_k - x, written to `out_a` and `out_b`.
    pub(crate) fn score(&self, x: [&[T]; 2], factor: T, out: [&mut [T]; 2], responsibilities: &mut [T]) -> T {
        let log = self.log_density(x[0], x[1], responsibilities);
        let mut first = 0;
        for (x, out) in x.into_iter().zip(out) {
            for (i, (x, out)) in x.iter().zip(out).enumerate() {
                let mut sum = -*x;
                for (k, s) in responsibilities.iter().enumerate() {
                    sum += *s * self.modes[k * self.dimension + first + i];
                }
                *out = factor * sum;
            }
            first += x.len();
        }
        log
    }
}
