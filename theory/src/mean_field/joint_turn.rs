//! Marginals and frame descended together, step by step as a user's program would: mean field (M22), cold or hot.

use super::gaussian_mixture::GaussianMixture;
use super::plane::{PlaneMeanField, PlaneOptions};
use super::plane_solve::PlaneStart;
use crate::parameter::{InvalidParameter, positive};

/// How marginals and frame are descended together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JointOptions {
    /// The angle of the frame at the start, in radians.
    pub angle: f64,
    /// T at which the frame turns until it rests, then lowered to 1 step by step; 1: cold.
    pub heat: f64,
    /// F at T = 1 below which the descent has arrived.
    pub arrived: f64,
    /// Steps after which it is given up.
    pub most: usize,
}

/// A joint descent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct JointTurn {
    /// Steps, each a sweep of both coordinates and a turn, until F at T = 1 is low enough; nothing where it is not in time.
    pub steps: Option<usize>,
    /// The angle at the end.
    pub angle: f64,
    /// F at T = 1 at the end.
    pub objective: f64,
}

/// The largest turn tried is this times the slope of F/beta; halved until F falls by a share of what the slope promises.
const LARGEST: f64 = 1.0;
const PROMISED: f64 = 0.4;
const HALVINGS: usize = 30;
/// The share of the steepest slope on the way at which the hot frame rests, and the ratio of temperatures from step to step then.
const REST: f64 = 0.01;
const COOLER: f64 = 1.2;

/// Descends from the fit of the first component: in each step a sweep in turn, then a turn of the frame against dF/d alpha with
/// Armijo's rule, the marginals as they are. Source: mean field 8.
///
/// Errors: as [`PlaneMeanField::new`]; a heat below 1.
pub fn joint_turn(target: &GaussianMixture, options: JointOptions) -> Result<JointTurn, InvalidParameter> {
    if positive("heat", options.heat)? < 1.0 {
        return Err(InvalidParameter::new("heat", options.heat, "be at least 1"));
    }
    let plane = PlaneMeanField::new(target.clone(), PlaneOptions { hottest: options.heat, ..PlaneOptions::default() })?;
    let (mut temperature, mut angle, mut cooling) = (options.heat, options.angle, options.heat == 1.0);
    let mut frame = plane.frame(angle, temperature)?;
    let mut state = frame.start(PlaneStart::Component(0))?;
    let (mut objective, mut steepest) = (f64::INFINITY, 0.0f64);
    for step in 1..=options.most {
        state = frame.sweep(&state);
        let before = frame.objective(&state);
        if temperature == 1.0 {
            objective = before;
            if objective <= options.arrived {
                return Ok(JointTurn { steps: Some(step), angle, objective });
            }
        }
        let slope = frame.observe(&state).slope;
        let mut reach = LARGEST * temperature;
        for _ in 0..HALVINGS {
            let turned = plane.frame(angle - reach * slope, temperature)?;
            if turned.objective(&state) <= before - PROMISED * reach * slope * slope {
                angle = turned.angle();
                frame = turned;
                break;
            }
            reach *= 0.5;
        }
        steepest = steepest.max(slope.abs());
        cooling = cooling || slope.abs() <= REST * steepest;
        if cooling && temperature > 1.0 {
            temperature = (temperature / COOLER).max(1.0);
            frame = plane.frame(angle, temperature)?;
        }
    }
    Ok(JointTurn { steps: None, angle, objective })
}
