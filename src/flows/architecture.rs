//! What a flow is made of.

use collapsar_theory::InvalidParameter;
use serde::{Deserialize, Serialize};

/// Which coordinates a coupling keeps; the next coupling keeps the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mask {
    /// The first ceil(d/2), then the rest.
    Halves,
    /// Those with an even index, then those with an odd one.
    Checkerboard,
}

/// The nonlinearity of the hidden layers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// tanh.
    Tanh,
    /// max(x, 0).
    Relu,
}

/// How log-scale and shift are computed from the coordinates that are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Conditioner {
    /// One network gives both.
    Joint,
    /// A network each.
    Separate,
}

/// What is normalised over the batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BatchNorm {
    /// Nothing.
    None,
    /// The input of each network.
    Input,
    /// Every hidden layer, between its linear map and its activation.
    Hidden,
}

/// The parameters that training starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Initial {
    /// Hidden weights normal with variance 1/inputs (tanh) or 2/inputs (rectifier), everything else zero: the last
    /// layers are zero, so that the flow starts as the identity.
    Identity,
    /// Every weight and bias uniform in +-1/sqrt(inputs), the last layers too: what PyTorch's linear layers start from.
    Uniform,
    /// The same, but that the first layers count all d coordinates as inputs, as those of networks on masked points do.
    Masked,
}

/// A RealNVP: couplings x_b = z_b exp(s(z_a)) + t(z_a), x_a = z_a, on a standard normal base.
///
/// Each network is linear -> activation for every hidden layer, and a linear last layer; batch normalisation acts on its
/// input, or before each activation, or nowhere. With r the network's output, the log-scale is s = c tanh(r/c) with c = `scale_bound`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Architecture {
    /// d, 2 to 4096.
    pub dimension: usize,
    /// Number of couplings, 1 to 256; number i changes the second half if i is even, the first if it is odd.
    pub couplings: usize,
    /// Widths of the hidden layers of each network, at least one, each 1 to 65536.
    pub hidden: Vec<usize>,
    /// Nonlinearity of the hidden layers.
    pub activation: Activation,
    /// What is normalised over the batch. Training uses the statistics of its batch; sampling,
    /// densities and evaluation use their running averages, as fixed affine maps, so that both directions are exact
    /// inverses of each other.
    pub batch_norm: BatchNorm,
    /// c > 0: |log-scale| < c.
    pub scale_bound: f64,
    /// Which coordinates are kept.
    pub mask: Mask,
    /// One network or two a coupling.
    pub conditioner: Conditioner,
    /// Where training starts.
    pub initial: Initial,
}

/// Most hidden layers of a network.
const MOST_LAYERS: usize = 64;
/// Most parameters of a flow: with gradient, moments and transposed weights five times as many numbers, 2.7 GB in double
/// precision, for each flow that is trained at a time.
const MOST_PARAMETERS: usize = 1 << 26;

impl Default for Architecture {
    fn default() -> Self {
        Self {
            dimension: 2,
            couplings: 8,
            hidden: vec![64, 64],
            activation: Activation::Tanh,
            batch_norm: BatchNorm::None,
            scale_bound: 2.0,
            mask: Mask::Halves,
            conditioner: Conditioner::Joint,
            initial: Initial::Identity,
        }
    }
}

impl Architecture {
    /// The flow of the published experiment (theory section 10): d = 128, 8 couplings with checkerboard masks, two
    /// networks each: batch normalisation of the input, three hidden layers of 512 and rectifiers, log-scale tanh(r). (In
    /// the authors' program, GitHub Luijios/annealed_vi_gmms, the networks see all coordinates, half of them masked; a
    /// normalised masked coordinate is a trained constant, which is left out here.)
    pub fn published() -> Self {
        Self {
            dimension: 128,
            hidden: vec![512; 3],
            activation: Activation::Relu,
            batch_norm: BatchNorm::Input,
            scale_bound: 1.0,
            mask: Mask::Checkerboard,
            conditioner: Conditioner::Separate,
            initial: Initial::Masked,
            ..Self::default()
        }
    }

    /// Whether every entry is in its domain.
    pub fn check(&self) -> Result<(), InvalidParameter> {
        let within = |name: &str, value: usize, low: usize, high: usize| {
            let rule = format!("lie between {low} and {high}");
            if (low..=high).contains(&value) { Ok(()) } else { Err(InvalidParameter::new(name, value, rule)) }
        };
        if self.dimension == 1 {
            let rule = "lie between 2 and 4096: a coupling moves one half of the coordinates by the other; in two dimensions a \
                        target on a line has a standard normal beside it, which changes nothing along the line";
            return Err(InvalidParameter::new("dimension", 1, rule));
        }
        within("dimension", self.dimension, 2, 4096)?;
        within("couplings", self.couplings, 1, 256)?;
        if self.hidden.is_empty() {
            return Err(InvalidParameter::new("hidden", "[]", "hold at least one width"));
        }
        for &width in &self.hidden {
            within("hidden", width, 1, 65536)?;
        }
        if self.hidden.len() > MOST_LAYERS {
            let value = format!("a list of {}", self.hidden.len());
            return Err(InvalidParameter::new("hidden", value, format!("hold at most {MOST_LAYERS} widths")));
        }
        // At most 64 layers of 65536^2 numbers, twice 256 times: no overflow in 64 bits.
        let parameters = self.parameters();
        if parameters > MOST_PARAMETERS {
            let rule =
                format!("leave at most {MOST_PARAMETERS} parameters; with these couplings there are {parameters}");
            return Err(InvalidParameter::new("hidden", format!("{:?}", self.hidden), rule));
        }
        if !(self.scale_bound > 0.0 && self.scale_bound <= 20.0) {
            let rule = "be positive and at most 20";
            return Err(InvalidParameter::new("scale_bound", self.scale_bound, rule));
        }
        Ok(())
    }

    /// Number of trained parameters: weights and biases of every layer, gains of normalised ones, gains and
    /// biases of normalised inputs.
    pub fn parameters(&self) -> usize {
        let halves = self.halves();
        let (nets, rows) = if self.conditioner == Conditioner::Joint { (1, 2) } else { (2, 1) };
        let net = |kept: usize, changed: usize| {
            let normal: usize = match self.batch_norm {
                BatchNorm::None => 0,
                BatchNorm::Input => 2 * kept,
                BatchNorm::Hidden => self.hidden.iter().sum(),
            };
            let widths = self.hidden.iter().copied().chain([rows * changed]);
            let layers = widths.scan(kept, |inputs, outputs| Some((std::mem::replace(inputs, outputs) + 1) * outputs));
            layers.sum::<usize>() + normal
        };
        (0..self.couplings).map(|i| nets * net(halves[i % 2], halves[1 - i % 2])).sum()
    }

    /// Sizes of the two halves: ceil(d/2) and floor(d/2) for both masks.
    pub(crate) fn halves(&self) -> [usize; 2] {
        [self.dimension.div_ceil(2), self.dimension / 2]
    }

    /// The coordinates of the two halves, the first half first.
    pub(crate) fn order(&self) -> Vec<usize> {
        match self.mask {
            Mask::Halves => (0..self.dimension).collect(),
            Mask::Checkerboard => (0..self.dimension).step_by(2).chain((1..self.dimension).step_by(2)).collect(),
        }
    }
}
