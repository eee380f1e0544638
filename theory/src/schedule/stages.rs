//! Cooling in stages: a staircase, and cycles.

/// Plateaus of equal length at T0^(1 - j/levels), j = 0..levels - 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Staircase {
    pub(super) t_hot: f64,
    pub(super) duration: f64,
    pub(super) levels: usize,
}

impl Staircase {
    fn length(&self) -> f64 {
        self.duration / self.levels as f64
    }

    /// The beginning of plateau `stage`; the last edge is t0 itself.
    pub(super) fn edge(&self, stage: usize) -> f64 {
        if stage == self.levels { self.duration } else { self.length() * stage as f64 }
    }

    /// The plateau at t < t0.
    fn stage(&self, t: f64) -> usize {
        let guess = ((t / self.length()) as usize).min(self.levels - 1);
        // Edges are products, which a quotient may miss by one.
        if t < self.edge(guess) {
            guess - 1
        } else if guess + 1 < self.levels && t >= self.edge(guess + 1) {
            guess + 1
        } else {
            guess
        }
    }

    pub(super) fn beta_of(&self, stage: usize) -> f64 {
        (-self.t_hot.ln() * (1.0 - stage as f64 / self.levels as f64)).exp()
    }

    pub(super) fn beta(&self, t: f64) -> f64 {
        self.beta_of(self.stage(t))
    }

    pub(super) fn integral(&self, t: f64) -> f64 {
        let stage = self.stage(t);
        self.before(stage) + self.beta_of(stage) * (t - self.edge(stage))
    }

    /// B at the beginning of a plateau: a geometric sum.
    fn before(&self, stage: usize) -> f64 {
        self.length() * (0..stage).map(|j| self.beta_of(j)).sum::<f64>()
    }

    pub(super) fn inverse(&self, value: f64) -> f64 {
        let mut rest = value;
        for stage in 0..self.levels {
            let (beta, length) = (self.beta_of(stage), self.edge(stage + 1) - self.edge(stage));
            if rest <= beta * length {
                return self.edge(stage) + rest / beta;
            }
            rest -= beta * length;
        }
        self.duration
    }
}

/// `cycles` equal cycles: beta rises linearly from 1/T0 to 1 over the share `ratio` of each and stays there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cycles {
    pub(super) t_hot: f64,
    pub(super) duration: f64,
    pub(super) cycles: usize,
    pub(super) ratio: f64,
}

impl Cycles {
    fn period(&self) -> f64 {
        self.duration / self.cycles as f64
    }

    /// The beginning of a cycle.
    pub(super) fn start(&self, cycle: usize) -> f64 {
        if cycle == self.cycles { self.duration } else { self.period() * cycle as f64 }
    }

    /// The end of its rise.
    fn top(&self, cycle: usize) -> f64 {
        if self.ratio == 1.0 { self.start(cycle + 1) } else { self.start(cycle) + self.ratio * self.period() }
    }

    fn cycle(&self, t: f64) -> usize {
        let guess = ((t / self.period()) as usize).min(self.cycles - 1);
        if t < self.start(guess) {
            guess - 1
        } else if guess + 1 < self.cycles && t >= self.start(guess + 1) {
            guess + 1
        } else {
            guess
        }
    }

    /// Every time at which beta bends or jumps; the last is the end of the last rise.
    pub(super) fn edges(&self) -> Vec<f64> {
        let mut edges = Vec::with_capacity(2 * self.cycles);
        for cycle in 0..self.cycles {
            edges.push(self.top(cycle));
            if cycle + 1 < self.cycles && self.ratio < 1.0 {
                edges.push(self.start(cycle + 1));
            }
        }
        edges
    }

    /// beta at t in piece number `piece` between those times.
    pub(super) fn beta_in_piece(&self, piece: usize, t: f64) -> f64 {
        let stages = if self.ratio < 1.0 { 2 } else { 1 };
        let cycle = piece / stages;
        if cycle >= self.cycles || piece % stages == 1 { 1.0 } else { self.rising(cycle, t) }
    }

    fn rising(&self, cycle: usize, t: f64) -> f64 {
        let x = (t - self.start(cycle)) / (self.top(cycle) - self.start(cycle));
        (1.0 + (self.t_hot - 1.0) * x.clamp(0.0, 1.0)) / self.t_hot
    }

    pub(super) fn beta(&self, t: f64) -> f64 {
        let cycle = self.cycle(t);
        if t < self.top(cycle) { self.rising(cycle, t) } else { 1.0 }
    }

    /// B over one rise up to `elapsed` of it.
    fn rise(&self, elapsed: f64) -> f64 {
        let length = self.ratio * self.period();
        elapsed / self.t_hot * (1.0 + (self.t_hot - 1.0) * elapsed / (2.0 * length))
    }

    fn whole(&self) -> f64 {
        self.rise(self.ratio * self.period()) + (1.0 - self.ratio) * self.period()
    }

    pub(super) fn integral(&self, t: f64) -> f64 {
        let cycle = self.cycle(t);
        let (elapsed, length) = (t - self.start(cycle), self.ratio * self.period());
        let inside = if elapsed < length { self.rise(elapsed) } else { self.rise(length) + (elapsed - length) };
        self.whole() * cycle as f64 + inside
    }

    pub(super) fn inverse(&self, value: f64) -> f64 {
        let cycle = ((value / self.whole()) as usize).min(self.cycles - 1);
        let rest = (value - self.whole() * cycle as f64).max(0.0);
        let length = self.ratio * self.period();
        let top = self.rise(length);
        let inside = if rest < top {
            let scaled = rest * self.t_hot;
            2.0 * scaled / (1.0 + (1.0 + 2.0 * (self.t_hot - 1.0) * scaled / length).sqrt())
        } else {
            length + (rest - top)
        };
        self.start(cycle) + inside
    }
}
