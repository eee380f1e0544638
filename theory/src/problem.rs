//! A problem: what every later stage takes.

use crate::family::{Family, MeanSpace, VarianceRule};
use crate::frame::{Frame, norm};
use crate::mixture::Target;
use crate::parameter::{InvalidParameter, NOT_TRAINED, Part, coordinate, initial_variance};
use crate::schedule::Schedule;
use crate::start::{Start, StartLaw};

/// Target, family, schedule and start, checked against each other.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    target: Target,
    family: Family,
    schedule: Schedule,
    start: Start,
    variance: Option<f64>,
}

/// A problem's vectors in coordinates of a frame of D dimensions.
#[derive(Debug, Clone, PartialEq)]
pub struct Coordinates {
    /// The P modes, row by row (P x D).
    pub modes: Vec<f64>,
    /// The K means, row by row (K x D); on the sphere already scaled to its radius.
    pub means: Vec<f64>,
    /// D.
    pub dimension: usize,
}

impl Problem {
    /// Checks the parts against each other:
    /// - explicit means: one per component, in at least as many dimensions as the modes (which are padded with zeros);
    /// - a law: in at least as many dimensions as the modes;
    /// - free explicit means: coordinates of at most 1e9;
    /// - means on the sphere: modes of one common positive norm, no mean at the origin, no Gaussian law.
    pub fn new(target: Target, family: Family, schedule: Schedule, start: Start) -> Result<Self, InvalidParameter> {
        let dimension = start.dimension();
        if dimension < target.dimension() {
            let rule = format!("be at least the dimension of the modes, {}", target.dimension());
            let name = if matches!(start, Start::Means(_)) { "means" } else { "dimension" };
            let value = if matches!(start, Start::Means(_)) {
                format!("of dimension {dimension}")
            } else {
                dimension.to_string()
            };
            return Err(InvalidParameter::new(name, value, rule).of(Part::Start));
        }
        if let Start::Means(means) = &start
            && means.len() != family.components()
        {
            let rule = format!("hold one mean for each of the {} components", family.components());
            return Err(InvalidParameter::new("means", format!("a list of {}", means.len()), rule).of(Part::Start));
        }
        let problem = Self { target, family, schedule, start, variance: None };
        match (problem.family.rules().means, &problem.start) {
            (MeanSpace::Sphere, _) => problem.check_sphere()?,
            (MeanSpace::Free, Start::Means(means)) => {
                for &x in means.iter().flatten() {
                    coordinate("means", x).map_err(|e| e.of(Part::Start))?;
                }
            }
            (MeanSpace::Free, Start::Law(_)) => {}
        }
        Ok(problem)
    }

    fn check_sphere(&self) -> Result<(), InvalidParameter> {
        if self.target.common_norm().is_none_or(|r| r == 0.0) {
            let rule = "be free unless all modes have one common positive norm, the radius of the sphere";
            return Err(InvalidParameter::new("means", "sphere", rule).of(Part::Family));
        }
        match &self.start {
            Start::Means(means) if means.iter().any(|m| norm(m) == 0.0) => {
                let rule = "not be 0: it is scaled to the sphere";
                Err(InvalidParameter::new("means", "a mean at the origin", rule).of(Part::Start))
            }
            Start::Law(StartLaw::Gaussian { scale, .. }) => {
                let rule = "be absent for means on the sphere, which start uniform on it";
                Err(InvalidParameter::new("scale", scale, rule).of(Part::Start))
            }
            _ => Ok(()),
        }
    }

    /// The target p.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The family q.
    pub fn family(&self) -> &Family {
        &self.family
    }

    /// T(t).
    pub fn schedule(&self) -> &Schedule {
        &self.schedule
    }

    /// The start.
    pub fn start(&self) -> &Start {
        &self.start
    }

    /// d.
    pub fn dimension(&self) -> usize {
        self.start.dimension()
    }

    /// The radius of the sphere that the means live on, if they do.
    pub fn radius(&self) -> Option<f64> {
        match self.family.rules().means {
            MeanSpace::Free => None,
            MeanSpace::Sphere => self.target.common_norm(),
        }
    }

    /// var(0): 1 where the variance is 1, T0 where it is 1/beta or trained, unless a trained one was given another.
    pub fn initial_variance(&self) -> f64 {
        match self.family.rules().variance {
            VarianceRule::Unit => 1.0,
            VarianceRule::Slaved => self.schedule.initial_temperature(),
            VarianceRule::Trained | VarianceRule::Own | VarianceRule::Full => {
                self.variance.unwrap_or(self.schedule.initial_temperature())
            }
        }
    }

    /// var(0) where one was given.
    pub fn given_variance(&self) -> Option<f64> {
        self.variance
    }

    /// The same problem with this var(0) > 0: for a trained variance.
    pub fn with_initial_variance(self, variance: f64) -> Result<Self, InvalidParameter> {
        if self.family.rules().variance != VarianceRule::Trained {
            return Err(InvalidParameter::new("variance", variance, NOT_TRAINED).of(Part::Start));
        }
        let variance = initial_variance(variance).map_err(|e| e.of(Part::Start))?;
        Ok(Self { variance: Some(variance), ..self })
    }

    /// The same problem with another start of the means.
    pub fn with_start(&self, start: Start) -> Result<Self, InvalidParameter> {
        let problem = Self::new(self.target.clone(), self.family.clone(), self.schedule.clone(), start)?;
        Ok(Self { variance: self.variance, ..problem })
    }

    /// The frame of modes and given means, and the coordinates of both in it. For a law, the frame of the modes
    /// alone in their own dimension, and no means: they are to be drawn.
    pub fn reduce(&self) -> (Frame, Coordinates) {
        self.reduce_to(Frame::spanning)
    }

    /// The same in the frame that `spanning` takes of the modes and the means.
    pub(crate) fn reduce_to(&self, spanning: fn(&[&[f64]]) -> Frame) -> (Frame, Coordinates) {
        match &self.start {
            Start::Law(_) => {
                let modes: Vec<&[f64]> = self.target.modes().iter().map(Vec::as_slice).collect();
                let frame = spanning(&modes);
                let coordinates = modes.iter().flat_map(|m| frame.coordinates(m)).collect();
                let dimension = frame.dimension();
                (frame, Coordinates { modes: coordinates, means: Vec::new(), dimension })
            }
            Start::Means(means) => {
                let padded: Vec<Vec<f64>> = self.target.modes().iter().map(|m| self.pad(m)).collect();
                let vectors: Vec<&[f64]> = padded.iter().chain(means).map(Vec::as_slice).collect();
                let frame = spanning(&vectors);
                let in_frame = |list: &[Vec<f64>]| list.iter().map(|v| frame.coordinates(v)).collect::<Vec<_>>();
                let mut rows = in_frame(means);
                if let Some(radius) = self.radius() {
                    for row in &mut rows {
                        let size = norm(row);
                        row.iter_mut().for_each(|x| *x *= radius / size);
                    }
                }
                let dimension = frame.dimension();
                (frame.clone(), Coordinates { modes: in_frame(&padded).concat(), means: rows.concat(), dimension })
            }
        }
    }

    fn pad(&self, mode: &[f64]) -> Vec<f64> {
        let mut padded = mode.to_vec();
        padded.resize(self.dimension(), 0.0);
        padded
    }
}
