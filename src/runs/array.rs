//! Arrays of numbers in the bytes of a file.

use std::io::{self, Read};

use half::{bf16, f16};

use crate::runs::thin::Pick;

/// An array, its last axis fastest.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Array {
    pub(crate) shape: Vec<usize>,
    pub(crate) values: Vec<f64>,
}

/// A number in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Element {
    /// IEEE 754, of so many bytes (2, 4 or 8).
    Float(usize),
    /// bfloat16: the upper half of an IEEE 754 number of 4 bytes.
    Brain,
    /// Two's complement, of so many bytes (1, 2, 4, 8).
    Signed(usize),
    /// Of so many bytes (1, 2, 4, 8); also true and false.
    Unsigned(usize),
}

/// How an array lies in a file.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ArrayLayout {
    pub(crate) shape: Vec<usize>,
    pub(crate) element: Element,
    pub(crate) big_endian: bool,
    /// Whether the first axis is the fastest.
    pub(crate) first_fastest: bool,
}

impl Element {
    fn bytes(self) -> usize {
        match self {
            Self::Brain => 2,
            Self::Float(n) | Self::Signed(n) | Self::Unsigned(n) => n,
        }
    }

    /// Of bytes in little-endian order, eight at most.
    fn decode(self, bytes: &[u8]) -> f64 {
        let mut word = [0u8; 8];
        word[..bytes.len()].copy_from_slice(bytes);
        let word = u64::from_le_bytes(word);
        match self {
            Self::Brain => bf16::from_bits(word as u16).to_f64(),
            Self::Float(2) => f16::from_bits(word as u16).to_f64(),
            Self::Float(4) => f64::from(f32::from_bits(word as u32)),
            Self::Float(_) => f64::from_bits(word),
            Self::Signed(n) => {
                let empty = 64 - 8 * n as u32;
                (((word << empty) as i64) >> empty) as f64
            }
            Self::Unsigned(_) => word as f64,
        }
    }
}

impl ArrayLayout {
    /// Reads it with the places of `axis` that are picked.
    pub(crate) fn read(&self, source: &mut impl Read, axis: usize, pick: Pick) -> io::Result<Array> {
        if !self.first_fastest || self.shape.len() < 2 {
            return self.read_in_order(&self.shape, source, axis, pick);
        }
        let reversed: Vec<usize> = self.shape.iter().rev().copied().collect();
        let last = self.shape.len() - 1;
        Ok(self.read_in_order(&reversed, source, last - axis, pick)?.reversed())
    }

    fn read_in_order(&self, shape: &[usize], source: &mut impl Read, axis: usize, pick: Pick) -> io::Result<Array> {
        let product = |part: &[usize]| {
            let product = part.iter().try_fold(1usize, |product, n| product.checked_mul(*n));
            product.ok_or_else(|| io::Error::other("its shape is too large"))
        };
        if shape.is_empty() {
            return Ok(Array { shape: Vec::new(), values: self.numbers(1, source)? });
        }
        let (outer, length, inner) = (product(&shape[..axis])?, shape[axis], product(&shape[axis + 1..])?);
        let mut values = Vec::new();
        let mut kept = shape.to_vec();
        kept[axis] = pick.count(length);
        for place in 0..outer.checked_mul(length).ok_or_else(|| io::Error::other("its shape is too large"))? {
            let block = self.numbers(inner, source).map_err(|error| truncated(error, place % length, length))?;
            if pick.keeps(place % length, length) {
                values.extend(block);
            }
        }
        Ok(Array { shape: kept, values })
    }

    /// The next numbers, in blocks of a bounded size: a header may promise more than there is.
    fn numbers(&self, count: usize, source: &mut impl Read) -> io::Result<Vec<f64>> {
        const BLOCK: usize = 1 << 16;
        let size = self.element.bytes();
        let mut buffer = vec![0u8; size * count.min(BLOCK)];
        let mut numbers = Vec::with_capacity(count.min(BLOCK));
        let mut left = count;
        while left > 0 {
            let now = left.min(BLOCK);
            let bytes = &mut buffer[..size * now];
            source.read_exact(bytes)?;
            for bytes in bytes.chunks_exact_mut(size) {
                if self.big_endian {
                    bytes.reverse();
                }
                numbers.push(self.element.decode(bytes));
            }
            left -= now;
        }
        Ok(numbers)
    }
}

fn truncated(error: io::Error, row: usize, rows: usize) -> io::Error {
    if error.kind() == io::ErrorKind::UnexpectedEof {
        io::Error::new(io::ErrorKind::UnexpectedEof, format!("it ends within row {} of {rows}", row + 1))
    } else {
        error
    }
}

impl Array {
    /// With its axes in the other order.
    fn reversed(&self) -> Self {
        let shape: Vec<usize> = self.shape.iter().rev().copied().collect();
        let mut values = Vec::with_capacity(self.values.len());
        let mut place = vec![0usize; shape.len()];
        for _ in 0..self.values.len() {
            let at = self.shape.iter().zip(place.iter().rev()).fold(0, |at, (n, i)| at * n + i);
            values.push(self.values[at]);
            for axis in (0..shape.len()).rev() {
                place[axis] += 1;
                if place[axis] < shape[axis] {
                    break;
                }
                place[axis] = 0;
            }
        }
        Self { shape, values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_elements_and_strides() {
        let values: Vec<f64> = (0..24).map(f64::from).collect();
        let layout = |first_fastest, big_endian| ArrayLayout {
            shape: vec![2, 4, 3],
            element: Element::Float(8),
            big_endian,
            first_fastest,
        };
        let little: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        let big: Vec<u8> = values.iter().flat_map(|v| v.to_be_bytes()).collect();
        let plain = layout(false, false).read(&mut &little[..], 1, Pick::ALL).unwrap();
        assert_eq!(plain.values, values);
        assert_eq!(layout(false, true).read(&mut &big[..], 1, Pick::ALL).unwrap(), plain);
        let thinned = layout(false, false).read(&mut &little[..], 1, Pick::last(3)).unwrap();
        assert_eq!((thinned.shape, &thinned.values[..6]), (vec![2, 2, 3], &[6.0, 7.0, 8.0, 9.0, 10.0, 11.0][..]));
        // Element (a, b, c) of the other order lies at a + 2 b + 8 c.
        let other = layout(true, false).read(&mut &little[..], 1, Pick::last(3)).unwrap();
        assert_eq!(other.shape, [2, 2, 3]);
        assert_eq!(other.values, [4.0, 12.0, 20.0, 6.0, 14.0, 22.0, 5.0, 13.0, 21.0, 7.0, 15.0, 23.0]);
        assert_eq!(Element::Signed(2).decode(&(-5i16).to_le_bytes()), -5.0);
        assert_eq!(Element::Unsigned(1).decode(&[200]), 200.0);
        assert_eq!(Element::Float(4).decode(&0.5f32.to_le_bytes()), 0.5);
    }

    /// Every number of two bytes: (-1)^s 2^(e - bias) (1 + m/2^p), without the 1 and at e = 1 where e = 0.
    #[test]
    fn halves_are_widened_exactly() {
        let value = |bits: u16, exponent: i32, mantissa: i32| -> f64 {
            let (e, m) = (i32::from(bits >> mantissa) & ((1 << exponent) - 1), i32::from(bits) & ((1 << mantissa) - 1));
            let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
            let part = f64::from(m) / f64::from(1 << mantissa);
            let power = |e: i32| 2f64.powi(e - (1 << (exponent - 1)) + 1);
            match e {
                0 => sign * power(1) * part,
                e if e == (1 << exponent) - 1 => {
                    if m == 0 {
                        sign * f64::INFINITY
                    } else {
                        f64::NAN
                    }
                }
                e => sign * power(e) * (1.0 + part),
            }
        };
        for bits in 0..=u16::MAX {
            for (element, exponent, mantissa) in [(Element::Float(2), 5, 10), (Element::Brain, 8, 7)] {
                let (found, wanted) = (element.decode(&bits.to_le_bytes()), value(bits, exponent, mantissa));
                assert!(
                    found.to_bits() == wanted.to_bits() || (found.is_nan() && wanted.is_nan()),
                    "{element:?} {bits:#x}"
                );
            }
        }
    }

    #[test]
    fn a_file_that_ends_early_says_where() {
        let layout =
            ArrayLayout { shape: vec![10, 2], element: Element::Float(8), big_endian: false, first_fastest: false };
        let error = layout.read(&mut &[0u8; 50][..], 0, Pick::ALL).unwrap_err();
        assert_eq!(error.to_string(), "it ends within row 4 of 10");
    }
}
