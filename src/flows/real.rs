//! The two number types of a flow, and what its kernels need of them.

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub};

use pulp::Simd;
use safetensors::Dtype;

/// The number type of a flow: `f32` to train, `f64` to check. Implemented for these two only.
pub trait Real: Arithmetic {}

impl Real for f32 {}
impl Real for f64 {}

/// Arithmetic of one number and of one vector register. `Lanes<S>` is the register of the instruction set `S`, which is
/// chosen at run time.
pub trait Arithmetic:
    Copy
    + Debug
    + Default
    + PartialOrd
    + Send
    + Sync
    + 'static
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + MulAssign
{
    /// A register of numbers.
    type Lanes<S: Simd>: Copy;
    const ZERO: Self;
    const ONE: Self;
    /// The type's name in the safetensors format.
    const DTYPE: Dtype;

    fn of(value: f64) -> Self;
    fn to_f64(self) -> f64;
    fn is_finite(self) -> bool;
    /// Little endian.
    fn to_bytes(self) -> impl IntoIterator<Item = u8>;
    fn sqrt(self) -> Self;
    /// e^x for one number, in operations that a loop over a slice turns into vector instructions.
    fn exp(self) -> Self;

    fn splat<S: Simd>(simd: S, value: Self) -> Self::Lanes<S>;
    fn sum<S: Simd>(simd: S, a: Self::Lanes<S>, b: Self::Lanes<S>) -> Self::Lanes<S>;
    fn product<S: Simd>(simd: S, a: Self::Lanes<S>, b: Self::Lanes<S>) -> Self::Lanes<S>;
    /// a b + c, rounded once.
    fn fused<S: Simd>(simd: S, a: Self::Lanes<S>, b: Self::Lanes<S>, c: Self::Lanes<S>) -> Self::Lanes<S>;
    /// c - a b, rounded once.
    fn fused_minus<S: Simd>(simd: S, a: Self::Lanes<S>, b: Self::Lanes<S>, c: Self::Lanes<S>) -> Self::Lanes<S>;
    fn quotient<S: Simd>(simd: S, a: Self::Lanes<S>, b: Self::Lanes<S>) -> Self::Lanes<S>;
    /// max(a, b); b where it is not a number, so that a divergence stays visible.
    fn larger<S: Simd>(simd: S, a: Self::Lanes<S>, b: Self::Lanes<S>) -> Self::Lanes<S>;
    /// min(a, b); b where it is not a number.
    fn smaller<S: Simd>(simd: S, a: Self::Lanes<S>, b: Self::Lanes<S>) -> Self::Lanes<S>;
    /// `slope` where `value` > 0, else 0.
    fn where_positive<S: Simd>(simd: S, value: Self::Lanes<S>, slope: Self::Lanes<S>) -> Self::Lanes<S>;
    /// The sum of the register's numbers.
    fn total<S: Simd>(simd: S, a: Self::Lanes<S>) -> Self;
    /// tanh of each number, see [`crate::flows::tanh`].
    fn tanh<S: Simd>(simd: S, x: Self::Lanes<S>) -> Self::Lanes<S>;
    /// A slice as registers; what does not fill one is left out.
    fn lanes<S: Simd>(values: &[Self]) -> &[Self::Lanes<S>];
    fn lanes_mut<S: Simd>(values: &mut [Self]) -> &mut [Self::Lanes<S>];
}

macro_rules! arithmetic {
    ($real:ident, $lanes:ident, $name:ident, $add:ident, $mul:ident, $fma:ident, $fms:ident, $div:ident, $max:ident,
     $min:ident, $splat:ident, $reduce:ident, $gt:ident, $select:ident, $slice:ident, $slice_mut:ident) => {
        impl Arithmetic for $real {
            type Lanes<S: Simd> = S::$lanes;
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const DTYPE: Dtype = Dtype::$name;

            #[inline(always)]
            fn of(value: f64) -> Self {
                value as $real
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                f64::from(self)
            }
            #[inline(always)]
            fn is_finite(self) -> bool {
                self.is_finite()
            }
            fn to_bytes(self) -> impl IntoIterator<Item = u8> {
                self.to_le_bytes()
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                self.sqrt()
            }
            #[inline(always)]
            fn exp(self) -> Self {
                crate::flows::exponential::$real(self)
            }
            #[inline(always)]
            fn splat<S: Simd>(simd: S, value: Self) -> S::$lanes {
                simd.$splat(value)
            }
            #[inline(always)]
            fn sum<S: Simd>(simd: S, a: S::$lanes, b: S::$lanes) -> S::$lanes {
                simd.$add(a, b)
            }
            #[inline(always)]
            fn product<S: Simd>(simd: S, a: S::$lanes, b: S::$lanes) -> S::$lanes {
                simd.$mul(a, b)
            }
            #[inline(always)]
            fn fused<S: Simd>(simd: S, a: S::$lanes, b: S::$lanes, c: S::$lanes) -> S::$lanes {
                simd.$fma(a, b, c)
            }
            #[inline(always)]
            fn fused_minus<S: Simd>(simd: S, a: S::$lanes, b: S::$lanes, c: S::$lanes) -> S::$lanes {
                simd.$fms(a, b, c)
            }
            #[inline(always)]
            fn quotient<S: Simd>(simd: S, a: S::$lanes, b: S::$lanes) -> S::$lanes {
                simd.$div(a, b)
            }
            #[inline(always)]
            fn larger<S: Simd>(simd: S, a: S::$lanes, b: S::$lanes) -> S::$lanes {
                simd.$max(a, b)
            }
            #[inline(always)]
            fn smaller<S: Simd>(simd: S, a: S::$lanes, b: S::$lanes) -> S::$lanes {
                simd.$min(a, b)
            }
            #[inline(always)]
            fn where_positive<S: Simd>(simd: S, value: S::$lanes, slope: S::$lanes) -> S::$lanes {
                let zero = simd.$splat(0.0);
                simd.$select(simd.$gt(value, zero), slope, zero)
            }
            #[inline(always)]
            fn total<S: Simd>(simd: S, a: S::$lanes) -> Self {
                simd.$reduce(a)
            }
            #[inline(always)]
            fn tanh<S: Simd>(simd: S, x: S::$lanes) -> S::$lanes {
                crate::flows::tanh::$real(simd, x)
            }
            #[inline(always)]
            fn lanes<S: Simd>(values: &[Self]) -> &[S::$lanes] {
                S::$slice(values).0
            }
            #[inline(always)]
            fn lanes_mut<S: Simd>(values: &mut [Self]) -> &mut [S::$lanes] {
                S::$slice_mut(values).0
            }
        }
    };
}

arithmetic!(
    f32,
    f32s,
    F32,
    add_f32s,
    mul_f32s,
    mul_add_f32s,
    negate_mul_add_f32s,
    div_f32s,
    max_f32s,
    min_f32s,
    splat_f32s,
    reduce_sum_f32s,
    greater_than_f32s,
    select_f32s,
    as_simd_f32s,
    as_mut_simd_f32s
);
arithmetic!(
    f64,
    f64s,
    F64,
    add_f64s,
    mul_f64s,
    mul_add_f64s,
    negate_mul_add_f64s,
    div_f64s,
    max_f64s,
    min_f64s,
    splat_f64s,
    reduce_sum_f64s,
    greater_than_f64s,
    select_f64s,
    as_simd_f64s,
    as_mut_simd_f64s
);
