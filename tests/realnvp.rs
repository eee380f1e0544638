//! RealNVP: exact maps, gradients, densities, training, evaluation and weights (theory section 10).

// One binary: each would compile the matrix products anew.
#[path = "realnvp/density.rs"]
mod density;
#[path = "realnvp/known.rs"]
mod known;
#[path = "realnvp/langevin.rs"]
mod langevin;
#[path = "realnvp/products.rs"]
mod products;
#[path = "realnvp/training.rs"]
mod training;
#[path = "realnvp/weights.rs"]
mod weights;

use collapsar::flows::{
    Activation, Architecture, BatchNorm, Conditioner, Flow, FlowProblem, Initial, Mask, Real, Trainer, Training,
    Transport, train,
};
use collapsar_theory::{Schedule, Target};
use nalgebra::DMatrix;

/// A small flow that is far from the identity.
fn small(dimension: usize) -> Architecture {
    Architecture { dimension, couplings: 4, hidden: vec![7, 5], initial: Initial::Uniform, ..Architecture::default() }
}

/// Every kind of flow, by its parts.
fn kinds(dimension: usize) -> Vec<Architecture> {
    let mut kinds = Vec::new();
    for mask in [Mask::Halves, Mask::Checkerboard] {
        for conditioner in [Conditioner::Joint, Conditioner::Separate] {
            for activation in [Activation::Tanh, Activation::Relu] {
                for batch_norm in [BatchNorm::None, BatchNorm::Input, BatchNorm::Hidden] {
                    let part = Architecture { mask, conditioner, activation, batch_norm, ..small(dimension) };
                    kinds.push(part);
                }
            }
        }
    }
    kinds
}

fn target(dimension: usize) -> Target {
    let mode = |x: f64| (0..dimension).map(|i| x / (1.0 + i as f64)).collect();
    Target::new(vec![mode(1.5), mode(-1.0), mode(0.2)], vec![0.5, 0.3, 0.2]).unwrap()
}

fn problem(architecture: Architecture, target: Target, schedule: Schedule, training: Training) -> FlowProblem {
    FlowProblem::new(architecture, target, schedule, training).unwrap()
}

/// A flow of which also the running averages of batch normalisation have moved.
fn moved<T: Real>(architecture: &Architecture) -> Flow<T> {
    let training = Training { steps: 5, batch: 16, step_size: 1e-2, samples: 2, ..Training::default() };
    let schedule = Schedule::constant(2.0).unwrap();
    let problem = problem(architecture.clone(), target(architecture.dimension), schedule, training);
    train::<T>(&problem, 3, |_, _| ()).unwrap().flow
}

#[test]
fn the_gradient_is_that_of_the_objective() {
    for dimension in [2, 5, 11] {
        for architecture in kinds(dimension) {
            let training = Training { batch: 9, ..Training::default() };
            let schedule = Schedule::constant(2.0).unwrap();
            let problem = problem(architecture.clone(), target(dimension), schedule, training);
            let mut trainer = Trainer::<f64>::new(&problem, 5).unwrap();
            let gradient = trainer.gradient().1.to_vec();
            let size = gradient.iter().fold(0.0f64, |m, g| m.max(g.abs()));
            let (mut checked, step) = (0, 1e-5);
            for i in 0..gradient.len() {
                let value = trainer.flow().parameters()[i];
                // A part of the entries, of every tensor; what fills up panels is zero and has no gradient.
                if (value == 0.0 && gradient[i] == 0.0) || i % 3 != 0 {
                    continue;
                }
                let mut at = |x: f64| {
                    trainer.flow_mut().parameters_mut()[i] = x;
                    trainer.gradient().0.objective
                };
                let slope = (at(value + step) - at(value - step)) / (2.0 * step);
                at(value);
                // Truncation of order step^2 and rounding 1e-15/step; a rectifier's kink inside the step would show
                // as an error of its own size.
                let error = (slope - gradient[i]).abs();
                assert!(error < 2e-8 * (1.0 + size), "{architecture:?} {i}: {slope} {}", gradient[i]);
                checked += 1;
            }
            assert!(checked > 50, "{checked}");
        }
    }
}

#[test]
fn both_directions_are_inverse_of_each_other() {
    for dimension in [2, 5, 128] {
        let kinds = kinds(dimension).into_iter();
        let kinds = kinds.chain([Architecture { dimension, hidden: vec![64, 64], ..small(dimension) }]);
        for architecture in kinds {
            // More points than one block, and no whole number of them.
            let flow = moved::<f64>(&architecture);
            let z: Vec<f64> = (0..131 * dimension).map(|i| 2.0 * (0.7 * i as f64).sin()).collect();
            let x = flow.forward(&z).unwrap();
            let back = flow.inverse(&x.points).unwrap();
            let error = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(error(&z, &back.points) < 1e-10);
            let minus: Vec<f64> = back.log_determinant.iter().map(|l| -l).collect();
            assert!(error(&x.log_determinant, &minus) < 1e-10);
            assert!(x.log_determinant.iter().any(|l| l.abs() > 1e-3));

            let flow = moved::<f32>(&architecture);
            let z: Vec<f32> = z.iter().map(|z| *z as f32).collect();
            let back = flow.inverse(&flow.forward(&z).unwrap().points).unwrap();
            let error = z.iter().zip(&back.points).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(error < 1e-5, "{error}");
        }
    }
}

#[test]
fn the_determinant_is_that_of_the_numerical_jacobian() {
    for dimension in [2, 5, 8] {
        for architecture in kinds(dimension) {
            let flow = moved::<f64>(&architecture);
            let z: Vec<f64> = (0..dimension).map(|i| (1.3 * i as f64 + 0.4).sin()).collect();
            let step = 1e-6;
            let jacobian = DMatrix::from_fn(dimension, dimension, |row, column| {
                let at = |sign: f64| {
                    let mut z = z.clone();
                    z[column] += sign * step;
                    flow.forward(&z).unwrap().points[row]
                };
                (at(1.0) - at(-1.0)) / (2.0 * step)
            });
            let expected = jacobian.lu().determinant().abs().ln();
            let found = flow.forward(&z).unwrap().log_determinant[0];
            // Differences are good to 1e-10, the determinant of a few of them to a little less.
            assert!((found - expected).abs() < 1e-7, "{architecture:?}: {found} {expected}");
        }
    }
}

#[test]
fn a_new_flow_with_zero_last_layers_is_the_identity() {
    for mask in [Mask::Halves, Mask::Checkerboard] {
        let architecture = Architecture { mask, dimension: 5, ..Architecture::default() };
        let flow = Flow::<f64>::new(&architecture.into(), 1).unwrap();
        let z: Vec<f64> = (0..15).map(|i| f64::from(i) * 0.1).collect();
        let image = flow.forward(&z).unwrap();
        assert_eq!((image.points, image.log_determinant), (z, vec![0.0; 3]));
    }
}

#[test]
fn the_density_in_the_plane_integrates_to_one() {
    for architecture in kinds(2).into_iter().step_by(3) {
        let flow = moved::<f64>(&architecture);
        let (n, reach) = (240, 18.0);
        let cell = 2.0 * reach / f64::from(n);
        let at = |i: i32| -reach + (f64::from(i) + 0.5) * cell;
        let points: Vec<f64> = (0..n).flat_map(|i| (0..n).flat_map(move |j| [at(i), at(j)])).collect();
        let sum: f64 = flow.log_density(&points).unwrap().iter().map(|l| l.exp()).sum();
        let total = sum * cell * cell;
        // The mid-point rule is exact to far beyond this for smooth densities that have died out at the edge;
        // rectifiers leave kinks, whose error is of order cell^2.
        let allowed = if architecture.activation == Activation::Relu { cell * cell } else { 1e-6 };
        assert!((total - 1.0).abs() < allowed, "{architecture:?}: {total}");
    }
}
