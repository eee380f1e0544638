//! A randomly shifted rank-1 lattice, mapped to Gaussian points: many classes.

use std::borrow::Cow;
use std::f64::consts::PI;
use std::sync::OnceLock;

/// Generating vector for any power of two up to 2^20 points. The first ten entries were made for smooth periodic
/// integrands (Hickernell, Kritzer, Kuo and Nuyens 2012), the others for two-dimensional projections (Cools, Kuo and
/// Nuyens 2006, `exod2_base2_m20_CKN`); both from the Magic Point Shop.
const GENERATOR: [u64; 32] = [
    1, 364_981, 245_389, 97_823, 488_939, 62_609, 400_749, 385_317, 21_281, 223_487, 408_519, 391_023, 246_327,
    126_539, 399_185, 461_527, 300_343, 69_681, 516_695, 436_179, 106_383, 238_523, 413_283, 70_841, 47_719, 300_129,
    113_029, 123_925, 410_745, 211_325, 17_489, 511_893,
];

/// Gaussian points: `shifts` copies of a lattice of `points` nodes, coordinate by coordinate.
#[derive(Debug, Clone)]
pub(crate) struct Lattice {
    points: usize,
    shifts: usize,
    seed: u64,
    /// So many leading directions are periodised by Sidi's map, the others folded.
    periodised: usize,
    /// Coordinates are made when first asked for and kept: they depend on nothing but the seed.
    coordinates: [OnceLock<Vec<LatticeNode>>; GENERATOR.len()],
    /// The largest distance of a point from the origin in so many directions.
    farthest: [OnceLock<f64>; GENERATOR.len()],
}

/// Directions that are periodised by Sidi's map as a rule; each multiplies the spread of the weights by 3/2, so further ones, of
/// lesser variance, are folded instead.
const PERIODISED: usize = 4;

/// One coordinate of a point.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LatticeNode {
    /// The Gaussian coordinate.
    pub(crate) place: f64,
    /// Its factor in the weight of the point; the average over a lattice is 1.
    pub(crate) weight: f64,
}

impl LatticeNode {
    /// `x` in [0, 1) made periodic and mapped to the Gaussian law. Sidi's map `x - sin(2 pi x)/(2 pi)` has the weight
    /// `2 sin(pi x)^2`, which takes away the singularity of the quantile at both ends; the tent map has weight 1.
    fn at(x: f64, is_periodised: bool) -> Self {
        let (uniform, weight) = if is_periodised {
            // Near an end the map cancels to (2 pi x)^3/(12 pi): below 1e-4 the rounding of the difference would show.
            let end = x.min(1.0 - x);
            let small = 2.0 * PI * PI * end.powi(3) / 3.0;
            let mapped = if end < 1e-4 { small } else { end - libm::sin(2.0 * PI * end) / (2.0 * PI) };
            let sine = libm::sin(PI * x);
            (if x < 0.5 { mapped } else { 1.0 - mapped }, 2.0 * sine * sine)
        } else {
            (1.0 - (2.0 * x - 1.0).abs(), 1.0)
        };
        Self { place: normal_quantile(uniform), weight }
    }
}

/// The output function of splitmix64 (Steele, Lea and Flood 2014): a fixed hash of `x`.
fn splitmix(x: u64) -> u64 {
    let mut z = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// The upper 53 bits as a number in [0, 1).
fn fraction(word: u64) -> f64 {
    (word >> 11) as f64 / (1_u64 << 53) as f64
}

impl Lattice {
    pub(crate) fn new(points: usize, shifts: usize, seed: u64) -> Self {
        let (coordinates, farthest) = Default::default();
        Self { points, shifts, seed, periodised: PERIODISED, coordinates, farthest }
    }

    /// With all directions folded, so that all weights are 1: for integrands that vary along many directions.
    pub(crate) fn folded(points: usize, shifts: usize, seed: u64) -> Self {
        Self { periodised: 0, ..Self::new(points, shifts, seed) }
    }

    pub(crate) fn points(&self) -> usize {
        self.points
    }

    pub(crate) fn shifts(&self) -> usize {
        self.shifts
    }

    /// The values of one direction at every point of every shift. Directions beyond the generating vector (32 of them,
    /// ordered by falling variance) are hashed: plain Monte Carlo.
    pub(crate) fn coordinate(&self, direction: usize) -> Cow<'_, [LatticeNode]> {
        match self.coordinates.get(direction) {
            Some(slot) => Cow::Borrowed(slot.get_or_init(|| self.make(direction))),
            None => Cow::Owned(self.make(direction)),
        }
    }

    /// The largest distance of a point from the origin in the first `directions`.
    pub(crate) fn farthest(&self, directions: usize) -> f64 {
        let measure = || {
            let mut squares = vec![0.0; self.points * self.shifts];
            for direction in 0..directions {
                let nodes = self.coordinate(direction);
                squares.iter_mut().zip(nodes.iter()).for_each(|(s, node)| *s += node.place * node.place);
            }
            squares.into_iter().fold(0.0, f64::max).sqrt()
        };
        self.farthest.get(directions).map_or_else(measure, |slot| *slot.get_or_init(measure))
    }

    fn make(&self, direction: usize) -> Vec<LatticeNode> {
        let n = self.points as u64;
        let mut out = Vec::with_capacity(self.points * self.shifts);
        for shift in 0..self.shifts as u64 {
            let word = splitmix(self.seed ^ splitmix((shift << 8) | direction as u64));
            let offset = fraction(word);
            for i in 0..n {
                let place = match GENERATOR.get(direction) {
                    Some(z) => (i.wrapping_mul(*z) % n) as f64 / n as f64 + offset,
                    None => fraction(splitmix(word ^ i)),
                };
                out.push(LatticeNode::at(place - place.floor(), direction < self.periodised));
            }
        }
        out
    }
}

fn horner(c: &[f64; 8], x: f64) -> f64 {
    c.iter().rev().fold(0.0, |sum, c| sum * x + c)
}

/// `Phi^-1(p)`, relative error 1e-15: algorithm AS 241 (Wichura 1988), with `p` kept 1e-17 away from 0 and 1.
fn normal_quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180_625 - q * q;
        return q * horner(&CENTRE[0], r) / horner(&CENTRE[1], r);
    }
    let tail = p.min(1.0 - p).max(1e-17);
    let r = (-libm::log(tail)).sqrt();
    let x = if r <= 5.0 {
        horner(&MIDDLE[0], r - 1.6) / horner(&MIDDLE[1], r - 1.6)
    } else {
        horner(&FAR[0], r - 5.0) / horner(&FAR[1], r - 5.0)
    };
    if q < 0.0 { -x } else { x }
}

/// Numerator and denominator of AS 241 for `|p - 1/2| <= 0.425`, lowest power first.
const CENTRE: [[f64; 8]; 2] = [
    [
        3.387_132_872_796_366_5,
        1.331_416_678_917_843_8e2,
        1.971_590_950_306_551_3e3,
        1.373_169_376_550_946e4,
        4.592_195_393_154_987e4,
        6.726_577_092_700_87e4,
        3.343_057_558_358_813e4,
        2.509_080_928_730_122_7e3,
    ],
    [
        1.0,
        4.231_333_070_160_091e1,
        6.871_870_074_920_579e2,
        5.394_196_021_424_751e3,
        2.121_379_430_158_659_7e4,
        3.930_789_580_009_271e4,
        2.872_908_573_572_194_3e4,
        5.226_495_278_852_854e3,
    ],
];

/// The same for `1e-11 < min(p, 1-p)`, in `r - 1.6`.
const MIDDLE: [[f64; 8]; 2] = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        2.417_807_251_774_506e-1,
        2.272_384_498_926_918_4e-2,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        6.897_673_349_851e-1,
        1.481_039_764_274_800_8e-1,
        1.519_866_656_361_645_7e-2,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];

/// The same further out, in `r - 5`.
const FAR: [[f64; 8]; 2] = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        2.965_605_718_285_048_7e-1,
        2.653_218_952_657_612_4e-2,
        1.242_660_947_388_078_4e-3,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        5.998_322_065_558_879e-1,
        1.369_298_809_227_358e-1,
        1.487_536_129_085_061_5e-2,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_8e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];

#[cfg(test)]
mod tests;
