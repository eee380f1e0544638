//! A block of draws that are followed together until each has its end.

use crate::montecarlo::lanes::set::Lanes;

/// Draws in lanes, and the ends of those that are followed no more: E in the limit, H where a draw stood at the horizon if
/// it was open there.
pub(crate) struct DrawBlock<E, H, const N: usize> {
    /// Draws still followed, as offsets in the block.
    pub(crate) followed: Lanes<N>,
    ends: Vec<Option<E>>,
    at_horizon: Vec<Option<H>>,
}

impl<E, H, const N: usize> DrawBlock<E, H, N> {
    /// Draws from their `starts`; one whose end is `known` from its offset and start is not followed.
    pub(crate) fn new(starts: impl Iterator<Item = [f64; N]>, known: impl Fn(usize, &[f64; N]) -> Option<E>) -> Self {
        let size = starts.size_hint().0;
        let (mut followed, mut ends) = (Lanes::with_capacity(size), Vec::with_capacity(size));
        for (draw, start) in starts.enumerate() {
            let end = known(draw, &start);
            if end.is_none() {
                followed.push(draw, &start);
            }
            ends.push(end);
        }
        let at_horizon = ends.iter().map(|_| None).collect();
        Self { followed, ends, at_horizon }
    }

    /// Notes where each followed draw stands at the horizon, from its entry.
    pub(crate) fn judge(&mut self, stands: impl Fn(&Lanes<N>, usize) -> H) {
        for entry in 0..self.followed.len() {
            self.at_horizon[self.followed.draw(entry)] = Some(stands(&self.followed, entry));
        }
    }

    /// Where the draw of an entry stood at the horizon, if it has passed it.
    pub(crate) fn at_horizon(&mut self, entry: usize) -> &mut Option<H> {
        &mut self.at_horizon[self.followed.draw(entry)]
    }

    /// Ends the draw of an entry: the last one takes its place.
    pub(crate) fn end(&mut self, entry: usize, end: E) {
        self.ends[self.followed.remove(entry)] = Some(end);
    }

    /// Ends the draws whose state has an end.
    pub(crate) fn end_where(&mut self, end: impl Fn(&[f64; N]) -> Option<E>) {
        for entry in (0..self.followed.len()).rev() {
            if let Some(end) = end(&self.followed.state(entry)) {
                self.end(entry, end);
            }
        }
    }

    /// The ends in the order of the draws; those without one are left out.
    pub(crate) fn into_ends(self) -> impl Iterator<Item = (E, Option<H>)> {
        self.ends.into_iter().zip(self.at_horizon).filter_map(|(end, at_horizon)| Some((end?, at_horizon)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ends keep the order of the draws, whatever the order in which they come.
    #[test]
    fn each_draw_keeps_its_end() {
        let starts = (0..40).map(|draw| [f64::from(draw)]);
        let mut block = DrawBlock::<f64, f64, 1>::new(starts, |draw, start| (draw == 5).then_some(start[0]));
        assert_eq!(block.followed.len(), 39);
        block.end_where(|[x]| (x % 3.0 == 0.0).then_some(*x));
        block.judge(|lanes, entry| -lanes.state(entry)[0]);
        *block.at_horizon(0) = None;
        let first = block.followed.state(0)[0];
        while !block.followed.is_empty() {
            block.end(0, block.followed.state(0)[0]);
        }
        for (draw, (end, at_horizon)) in block.into_ends().enumerate() {
            let draw = draw as f64;
            let judged = draw % 3.0 != 0.0 && draw != 5.0 && draw != first;
            assert_eq!((end, at_horizon), (draw, judged.then_some(-draw)));
        }
    }
}
