//! The best member of a family for a duration, and the duration that a probability takes.

use crate::config::{DesignConfig, Route, ScheduleShape};
use crate::studies::StudyError;
use crate::studies::design::judge::Judge;
use crate::studies::design::search::{Look, Seen, Value, along_a_line, least, simplex};
use crate::studies::design::shape::{DesignLimits, Member};

/// The first duration that is tried.
const FIRST: f64 = 8.0;
/// Next to a hint the next one is this much longer, or shorter.
const CLOSE_BY: f64 = 1.1;
/// The shortest.
const SHORTEST: f64 = 0.125;
/// log P_c is met within this, or the duration within that, relatively.
const MET: f64 = 0.01;
const WITHIN: f64 = 0.002;
/// Where twice the duration lowers log P_c by less than this, twice in a row, longer is no help.
const NO_HELP: f64 = 0.02;
/// Sides of a first simplex: from a guess, and from the place of a near duration.
const SIDE: f64 = 0.12;
const NEAR_SIDE: f64 = 0.05;
/// Most durations between two ends.
const MOST: usize = 12;

/// The best member of its duration.
#[derive(Debug, Clone)]
pub(super) struct Best {
    pub(super) shape: ScheduleShape,
    pub(super) duration: f64,
    /// The time until it is cold: the duration, or what was counted where the fit decides.
    pub(super) cost: f64,
    pub(super) member: Member,
    /// P_c of one fit.
    pub(super) probability: f64,
    place: Vec<f64>,
    /// Less than was wanted, and searched no further.
    rough: bool,
}

impl Best {
    /// No annealing at all.
    pub(super) fn without(shape: ScheduleShape, member: Member, probability: f64) -> Self {
        Self { shape, duration: 0.0, cost: 0.0, member, probability, place: Vec::new(), rough: false }
    }
}

/// A family's best members, by increasing duration.
pub(super) struct Frontier<'a> {
    shape: ScheduleShape,
    design: &'a DesignConfig,
    judge: &'a Judge<'a>,
    route: Route,
    /// The first duration that is tried, and how much longer or shorter the next one is.
    first: (f64, f64),
    /// The best member by a cheaper route.
    hint: Option<Best>,
    /// The coordinate of the best constant temperature, if one is known.
    turnpike: Option<f64>,
    /// The longest duration that is allowed.
    longest: f64,
    /// What is wanted of a fit while that is looked for.
    wanted: Option<f64>,
    pub(super) known: Vec<Best>,
}

impl<'a> Frontier<'a> {
    pub(super) fn new(shape: ScheduleShape, design: &'a DesignConfig, judge: &'a Judge<'a>, route: Route) -> Self {
        let longest = design.longest.min(design.budget.unwrap_or(f64::INFINITY));
        Self {
            shape,
            design,
            judge,
            route,
            first: (FIRST, 2.0),
            hint: None,
            turnpike: None,
            longest,
            wanted: None,
            known: Vec::new(),
        }
    }

    /// Looks first at a duration that another family takes.
    pub(super) fn beginning_at(self, duration: Option<f64>) -> Self {
        Self { first: duration.map_or(self.first, |t| (t, CLOSE_BY)), ..self }
    }

    /// Looks first for holds near a temperature.
    pub(super) fn near(self, temperature: Option<f64>) -> Self {
        let place = temperature.map(|hot| (hot.ln() / self.design.hottest.ln()).clamp(0.0, 1.0));
        Self { turnpike: place, ..self }
    }

    /// Looks first where a cheaper route finds `wanted`, if it does.
    pub(super) fn guided(mut self, route: Route, wanted: f64) -> Self {
        let mut guide = Self { turnpike: self.turnpike, ..Self::new(self.shape, self.design, self.judge, route) };
        // What the guide cannot answer is no hint.
        if let Ok(Some(best)) = guide.reach(wanted) {
            self.first = (best.duration, CLOSE_BY);
            self.hint = Some(best);
        }
        self
    }

    /// The best member of this duration.
    pub(super) fn best(&mut self, duration: f64) -> Result<Best, StudyError> {
        if let Some(at) = self.known.iter().position(|best| best.duration == duration) {
            if self.wanted.is_some() || !self.known[at].rough {
                return Ok(self.known[at].clone());
            }
            self.known.remove(at);
        }
        let shape = self.shape;
        let at = |place: &[f64], stage: usize| self.seen(shape, duration, place, stage);
        let value = self.value(&at);
        let apart = |best: &&Best| (best.duration / duration).ln().abs();
        let all = self.known.iter().chain(&self.hint);
        let near = all.min_by(|a, b| apart(a).total_cmp(&apart(b))).map(|best| best.place.clone());
        let (place, found) = if shape.coordinates() == 1 {
            let hold = self.turnpike.filter(|_| shape == ScheduleShape::Hold);
            along_a_line(&value, near.and_then(|place| place.first().copied()).or(hold))?
        } else {
            self.in_a_cube(duration, near)?
        };
        let member = shape.member(duration, &place, self.limits())?;
        let cost = self.judge.time(self.route, &member)?.unwrap_or(duration);
        let rough = self.judge.stages(self.route) > 1 && self.wanted.is_some_and(|wanted| found > wanted.ln());
        let best = Best { shape, duration, cost, member, probability: found.exp(), place, rough };
        let at = self.known.partition_point(|other| other.duration < duration);
        self.known.insert(at, best.clone());
        Ok(best)
    }

    fn limits(&self) -> DesignLimits {
        let dimension = self.judge.dimension();
        DesignLimits { hottest: self.design.hottest, jump: self.judge.largest_jump(), dimension }
    }

    /// log P_c.
    fn seen(&self, shape: ScheduleShape, duration: f64, place: &[f64], stage: usize) -> Result<Seen, StudyError> {
        self.judge.seen(self.route, &shape.member(duration, place, self.limits())?, stage)
    }

    /// The same as what is searched, with the differences that count where P_c is as wanted, or where the best known is.
    fn value<'b>(&self, at: Look<'b>) -> Value<'b> {
        let about = self.wanted.or_else(|| self.safest().map(|best| best.probability)).unwrap_or(0.5);
        let stages = self.judge.stages(self.route);
        let goal = self.wanted.filter(|_| stages > 1).map_or(f64::INFINITY, f64::ln);
        Value { at, stages, flat: self.judge.doubt(self.route, about), goal }
    }

    /// The best of several coordinates, from the place of a near duration; from the best hold where there is none, or where it
    /// leads to nothing better than less time does.
    fn in_a_cube(&self, duration: f64, near: Option<Vec<f64>>) -> Result<(Vec<f64>, f64), StudyError> {
        let at = |place: &[f64], stage: usize| self.seen(self.shape, duration, place, stage);
        let value = self.value(&at);
        let shorter = self.known.iter().filter(|best| best.duration < duration).map(|best| best.probability.ln());
        let bar = shorter.fold(f64::INFINITY, f64::min);
        let led = near.map(|start| simplex(&value, &start, NEAR_SIDE)).transpose()?;
        if let Some(found) = led.clone().filter(|(_, least)| *least < bar) {
            return Ok(found);
        }
        let hold = |place: &[f64], stage: usize| self.seen(ScheduleShape::Hold, duration, place, stage);
        let best =
            self.turnpike.map_or_else(|| along_a_line(&self.value(&hold), None).map(|(place, _)| place[0]), Ok)?;
        let starts = self.shape.guesses(best);
        let start = &starts[least(&value.race(&starts, f64::INFINITY)?)];
        // A second simplex where the first ended: one alone may have collapsed beside the least.
        let anew = simplex(&value, &simplex(&value, start, SIDE)?.0, NEAR_SIDE)?;
        Ok(led.filter(|(_, least)| *least <= anew.1).unwrap_or(anew))
    }

    /// The member of the least duration whose P_c is at most `wanted`; nothing where none is within the longest.
    pub(super) fn reach(&mut self, wanted: f64) -> Result<Option<Best>, StudyError> {
        self.wanted = Some(wanted);
        let found = self.shortest(wanted);
        self.wanted = None;
        found
    }

    fn shortest(&mut self, wanted: f64) -> Result<Option<Best>, StudyError> {
        let target = wanted.ln();
        let met = MET.max(self.judge.doubt(self.route, wanted));
        let off = |best: &Best| best.probability.ln() - target;
        let mut low: Option<Best> = self.known.iter().rev().find(|best| off(best) > 0.0).cloned();
        let mut high: Option<Best> = self.known.iter().find(|best| off(best) <= 0.0).cloned();
        let mut no_help = 0;
        let (first, mut factor) = self.first;
        while high.is_none() {
            let next = low.as_ref().map_or(first, |best| best.duration * factor).min(self.longest);
            // A hint is near; where it is not, doubled.
            let apart = factor.log2();
            factor = if apart < 0.9 { factor * factor } else { 2.0 };
            if low.as_ref().is_some_and(|best| best.duration >= self.longest) {
                return Ok(None);
            }
            let found = self.best(next)?;
            if let Some(last) = &low {
                let gain = last.probability.ln() - found.probability.ln();
                no_help = if gain < NO_HELP * apart { no_help + 1 } else { 0 };
            }
            if off(&found) <= 0.0 {
                high = Some(found);
            } else if no_help >= 2 {
                return Ok(None);
            } else {
                low = Some(found);
            }
        }
        while low.is_none() {
            let Some(best) = &high else { break };
            let next = best.duration / factor;
            factor = if factor < 1.9 { factor * factor } else { 2.0 };
            if next < SHORTEST {
                return Ok(high);
            }
            let found = self.best(next)?;
            if off(&found) <= 0.0 { high = Some(found) } else { low = Some(found) }
        }
        let (Some(mut low), Some(mut high)) = (low, high) else { return Ok(None) };
        for step in 0..MOST {
            if off(&high) > -met || high.duration - low.duration < WITHIN * high.duration {
                break;
            }
            let share = off(&low) / (off(&low) - off(&high));
            // The middle now and then, so that no end stays for ever; else a little beyond the line, on the safe side.
            let share = if step % 4 == 3 { 0.5 } else { (share + 0.01).clamp(0.05, 0.97) };
            let found = self.best(low.duration + share * (high.duration - low.duration))?;
            if off(&found) <= 0.0 { high = found } else { low = found }
        }
        Ok(Some(high))
    }

    /// The most likely to succeed of those known.
    pub(super) fn safest(&self) -> Option<Best> {
        self.known.iter().min_by(|a, b| a.probability.total_cmp(&b.probability)).cloned()
    }

    /// What every further fit costs beside its schedule.
    pub(super) fn relaxation(&self) -> f64 {
        self.design.relaxation
    }

    /// The longest duration that is allowed.
    pub(super) fn longest(&self) -> f64 {
        self.longest
    }
}
