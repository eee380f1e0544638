//! The objective of a product measure on a batch, and its gradient.

use nalgebra::DMatrix;
use rand_chacha::ChaCha8Rng;

use crate::flows::batch::{Batch, Losses};
use crate::flows::density::Scored;
use crate::flows::frame::Frame;
use crate::flows::gradient::TOGETHER;
use crate::flows::monotone::MonotoneMap;
use crate::flows::pieces::Pieces;
use crate::flows::real::Real;
use crate::flows::transport::log_normal;
use crate::random::normal;

/// Everything that one step needs, allocated once.
#[derive(Debug, Clone)]
pub(crate) struct MonotoneWorkspace<T> {
    /// Rows that go through the maps together.
    capacity: usize,
    pieces: Pieces,
    base: Vec<T>,
    x: Vec<T>,
    /// The gradient with respect to x.
    pull: Vec<T>,
    log_q: Vec<f64>,
    log_p: Vec<f64>,
    /// By the knot before: the gradient with respect to x, to the place of the knot, and to the distance to the next.
    behind: Vec<f64>,
    places: Vec<f64>,
    distances: Vec<f64>,
    turn: Option<Box<Turn>>,
    /// The gradient with respect to the parameters.
    sums: Vec<f64>,
}

/// What a rotation needs.
#[derive(Debug, Clone)]
struct Turn {
    frame: Frame,
    /// The points before it, and one after it or the gradient there.
    y: Vec<f64>,
    point: Vec<f64>,
    /// The gradient with respect to R.
    slopes: DMatrix<f64>,
}

impl<T: Real> MonotoneWorkspace<T> {
    /// For batches of `batch` points, which pass in blocks if the target does not want them `together`.
    pub(crate) fn new(map: &MonotoneMap<T>, together: bool, batch: usize) -> Self {
        let family = &map.family;
        let capacity = if together { batch } else { batch.min(TOGETHER) };
        let points = vec![T::ZERO; capacity * family.dimension];
        let knots = vec![0.0; family.dimension * family.knots];
        Self {
            capacity,
            pieces: Pieces::new(family),
            base: points.clone(),
            x: points.clone(),
            pull: points,
            log_q: vec![0.0; capacity],
            log_p: vec![0.0; capacity],
            behind: knots.clone(),
            places: knots.clone(),
            distances: knots,
            turn: map.frame().map(|frame| {
                Box::new(Turn {
                    frame,
                    y: vec![0.0; capacity * family.dimension],
                    point: vec![0.0; family.dimension],
                    slopes: DMatrix::zeros(family.dimension, family.dimension),
                })
            }),
            sums: vec![0.0; family.parameters()],
        }
    }

    /// The objective on `batch` base points drawn from `rng`, and its gradient, which is added to `gradient`.
    pub(crate) fn gradient(
        &mut self,
        map: &MonotoneMap<T>,
        target: &mut dyn Scored<T>,
        batch: &mut Batch<'_>,
        rng: &mut ChaCha8Rng,
        gradient: &mut [T],
    ) -> Losses {
        let (maps, frame) = map.parameters.split_at(map.family.of_maps());
        self.pieces.set(maps);
        if let Some(turn) = &mut self.turn {
            turn.frame.set(frame);
            turn.slopes.fill(0.0);
        }
        [&mut self.behind, &mut self.places, &mut self.distances].into_iter().for_each(|sums| sums.fill(0.0));
        self.sums.fill(0.0);
        let mut done = 0;
        while done < batch.points {
            let rows = self.capacity.min(batch.points - done);
            self.forward(map, target, batch, rows, rng);
            self.backward(map, rows, batch.points);
            done += rows;
        }
        self.whole_pieces(map);
        if let Some(turn) = &self.turn {
            turn.frame.pull(&turn.slopes, &mut self.sums[map.family.of_maps()..]);
        }
        gradient.iter_mut().zip(&self.sums).for_each(|(g, sum)| *g += T::of(*sum));
        batch.losses()
    }

    /// Draws base points, pushes them through the maps, and leaves the gradient with respect to the result in `pull`.
    fn forward(
        &mut self,
        map: &MonotoneMap<T>,
        target: &mut dyn Scored<T>,
        batch: &mut Batch<'_>,
        rows: usize,
        rng: &mut ChaCha8Rng,
    ) {
        let d = map.family.dimension;
        let points = self.base.chunks_exact_mut(d).zip(self.x.chunks_exact_mut(d));
        for (row, ((z, x), log_q)) in points.zip(&mut self.log_q).take(rows).enumerate() {
            let mut log_det = 0.0;
            for (j, (z, x)) in z.iter_mut().zip(&mut *x).enumerate() {
                *z = T::of(normal(rng));
                let (found, log_slope) = self.pieces.at(j, self.pieces.place(j, z.to_f64()));
                *x = T::of(found);
                if let Some(turn) = &mut self.turn {
                    turn.y[row * d + j] = found;
                }
                log_det += log_slope;
            }
            if let Some(Turn { frame, y, point, .. }) = self.turn.as_deref_mut() {
                frame.turn(&y[row * d..(row + 1) * d], point);
                x.iter_mut().zip(&*point).for_each(|(x, turned)| *x = T::of(*turned));
            }
            *log_q = log_normal(z).to_f64() - log_det;
        }
        let (x, factor) = (&self.x[..rows * d], T::of(-batch.beta / batch.points as f64));
        let log_p = &mut self.log_p[..rows];
        target.scores([x, &[]], [d, 0], factor, [&mut self.pull, &mut []], log_p);
        batch.take(self.log_q.iter().copied().zip(log_p.iter().copied()));
    }

    fn backward(&mut self, map: &MonotoneMap<T>, rows: usize, batch: usize) {
        let (d, knots, stride) = (map.family.dimension, map.family.knots, map.family.stride());
        let per_log_det = -1.0 / batch as f64;
        let points = self.base.chunks_exact(d).zip(self.pull.chunks_exact_mut(d));
        for (row, (z, pull)) in points.take(rows).enumerate() {
            if let Some(turn) = &mut self.turn {
                turn.pull_back(row, pull);
            }
            for (j, (z, pull)) in z.iter().zip(&*pull).enumerate() {
                let (place, pull) = (self.pieces.place(j, z.to_f64()), pull.to_f64());
                let slopes = self.pieces.slopes(j, place);
                let both = |[x, log]: [f64; 2]| pull * x + per_log_det * log;
                let at = j * knots + place.knot;
                self.behind[at] += pull;
                self.places[at] += both(slopes.place);
                self.distances[at] += both(slopes.distance);
                let sums = &mut self.sums[j * stride + 1 + place.knot..(j + 1) * stride];
                // Beyond the last knot the second is zero, where it has no place of its own too.
                sums.iter_mut().zip(slopes.logs).for_each(|(sum, slopes)| *sum += both(slopes));
            }
        }
    }

    /// What the pieces between the middle knot and those of the points contribute, the shifts, and the distances of knots.
    fn whole_pieces(&mut self, map: &MonotoneMap<T>) {
        let (knots, stride, middle) = (map.family.knots, map.family.stride(), self.pieces.middle());
        let maps = &mut self.sums[..map.family.of_maps()];
        for (j, sums) in maps.chunks_exact_mut(stride).enumerate() {
            let own = j * knots..(j + 1) * knots;
            let (behind, places) = (&self.behind[own.clone()], &self.places[own.clone()]);
            let distances = &mut self.distances[own];
            sums[0] += behind.iter().sum::<f64>();
            let mut add = |knot: usize, pull: f64| {
                let [before, behind, distance] = self.pieces.rise_slopes(j, knot);
                sums[1 + knot] += pull * before;
                sums[2 + knot] += pull * behind;
                distances[knot] += pull * distance;
            };
            let mut beyond = 0.0;
            for knot in (middle..knots - 1).rev() {
                beyond += behind[knot + 1];
                add(knot, beyond);
            }
            let mut before = 0.0;
            for knot in 0..middle {
                before += behind[knot];
                add(knot, -before);
            }
            // A knot lies where the distances before it put it.
            let mut beyond = 0.0;
            for knot in (0..knots - 1).rev() {
                beyond += places[knot + 1];
                distances[knot] += beyond;
            }
            // The softmax.
            let lengths = self.pieces.distances(j);
            let whole: f64 = lengths.iter().sum();
            let mean = lengths.iter().zip(&*distances).map(|(length, g)| length * g).sum::<f64>() / whole;
            let logits = sums[1 + knots..].iter_mut().zip(lengths.iter().zip(&*distances));
            logits.for_each(|(sum, (length, g))| *sum += length * (g - mean));
        }
    }
}

impl Turn {
    /// Takes the gradient with respect to x of a row into that with respect to R, and makes of it that with respect to y.
    fn pull_back<T: Real>(&mut self, row: usize, pull: &mut [T]) {
        let d = pull.len();
        let y = &mut self.y[row * d..(row + 1) * d];
        self.point.iter_mut().zip(&*pull).for_each(|(point, pull)| *point = pull.to_f64());
        for (mut column, y) in self.slopes.column_iter_mut().zip(&*y) {
            column.iter_mut().zip(&self.point).for_each(|(slope, pull)| *slope += pull * y);
        }
        self.frame.back(&self.point, y);
        pull.iter_mut().zip(y).for_each(|(pull, turned)| *pull = T::of(*turned));
    }
}
