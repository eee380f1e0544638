//! What an axis says: label, scale, range and ticks.

/// How numbers are laid out along an axis or a colour bar.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Equal differences are equally long.
    #[default]
    Linear,
    /// Equal ratios are equally long; numbers that are not positive are left out.
    Log10,
}

impl Scale {
    /// Position of `value` before it is scaled to the paper; `None` where it has none.
    pub(super) fn forward(self, value: f64) -> Option<f64> {
        match self {
            Self::Linear => value.is_finite().then_some(value),
            Self::Log10 => (value.is_finite() && value > 0.0).then(|| value.log10()),
        }
    }

    /// The value at `position`, inverse of [`Scale::forward`].
    pub(super) fn inverse(self, position: f64) -> f64 {
        match self {
            Self::Linear => position,
            Self::Log10 => 10_f64.powf(position),
        }
    }
}

/// Which ticks an axis carries.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum TickChoice {
    /// Round numbers, as many as fit.
    #[default]
    Auto,
    /// Round numbers without labels, for a panel that shares its neighbour's axis.
    Unlabelled,
    /// Exactly these positions with these labels (markup allowed).
    At(Vec<(f64, String)>),
    /// None.
    None,
}

/// One axis of a panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Axis {
    /// Label; markup as in [`crate::figures::plain`].
    pub label: String,
    /// Layout of the numbers.
    pub scale: Scale,
    /// Ends of the axis, first end first; `None` takes them from the data.
    pub range: Option<(f64, f64)>,
    /// Ticks.
    pub ticks: TickChoice,
}

impl Axis {
    /// A linear axis.
    pub fn linear(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// A logarithmic axis.
    pub fn log(label: impl Into<String>) -> Self {
        Self { label: label.into(), scale: Scale::Log10, ..Self::default() }
    }

    /// Sets the ends; a larger number first turns the axis round. Ends that cannot be drawn (equal,
    /// not finite, or not positive on a logarithmic axis) are ignored in favour of the data's.
    pub fn range(mut self, first: f64, last: f64) -> Self {
        self.range = Some((first, last));
        self
    }

    /// Sets the ticks.
    pub fn ticks(mut self, ticks: TickChoice) -> Self {
        self.ticks = ticks;
        self
    }

    /// Ends of the axis in [`Scale::forward`] positions, from the request or from the data's
    /// least and greatest position. `tight` leaves no room around the data.
    pub(super) fn positions(&self, data: Option<(f64, f64)>, tight: bool) -> (f64, f64) {
        let asked = self.range.and_then(|(first, last)| {
            let ends = (self.scale.forward(first)?, self.scale.forward(last)?);
            ((ends.1 - ends.0).is_finite() && ends.0 != ends.1).then_some(ends)
        });
        if let Some(ends) = asked {
            return ends;
        }
        let Some((low, high)) = data else {
            return (0.0, 1.0);
        };
        let span = high - low;
        // Spans this close to rounding show no shape: the ticks could not be told apart.
        if span <= 1e-12 * low.abs().max(high.abs()) {
            let half = match self.scale {
                Scale::Linear if low == 0.0 => 1.0,
                Scale::Linear => 0.1 * low.abs(),
                Scale::Log10 => 0.5,
            };
            return (low - half, high + half);
        }
        let room = if tight || !span.is_finite() { 0.0 } else { 0.045 * span };
        (low - room, high + room)
    }
}
