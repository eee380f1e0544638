//! NumPy's `.npy`: one array.

use std::io::{BufReader, Read};

use npyz::{DType, Endianness, NpyHeader, Order, TypeChar};

use crate::runs::array::{ArrayLayout, Element};
use crate::runs::arrays::Arrays;
use crate::runs::error::RunError;
use crate::runs::role::Columns;
use crate::runs::run::Run;
use crate::runs::thin::Pick;

/// The runs of the array.
pub(crate) fn read(file: &str, source: impl Read, columns: &Columns, most: usize) -> Result<Vec<Run>, RunError> {
    let mut source = BufReader::with_capacity(1 << 20, source);
    let layout = layout(&mut source).map_err(|message| RunError::new(file, message))?;
    let listed = [(String::new(), layout.clone())];
    let mut read = |_: usize, axis: usize, pick: Pick| layout.read(&mut source, axis, pick);
    Arrays { file, listed: &listed, read: &mut read }.runs(columns, most)
}

/// Reads a header; what follows in the source is the array.
pub(crate) fn layout(source: &mut impl Read) -> Result<ArrayLayout, String> {
    let header = NpyHeader::from_reader(source).map_err(|error| format!("its header cannot be read: {error}"))?;
    let refused =
        |dtype: &DType| format!("numbers of type {}: they must be real, of 8, 4, 2 or 1 bytes", dtype.descr());
    let dtype = header.dtype();
    let DType::Plain(text) = &dtype else { return Err(refused(&dtype)) };
    let element = match (text.type_char(), text.size_field() as usize) {
        (TypeChar::Float, n @ (2 | 4 | 8)) => Element::Float(n),
        (TypeChar::Int, n @ (1 | 2 | 4 | 8)) => Element::Signed(n),
        (TypeChar::Uint, n @ (1 | 2 | 4 | 8)) => Element::Unsigned(n),
        (TypeChar::Bool, n @ 1) => Element::Unsigned(n),
        _ => return Err(refused(&dtype)),
    };
    let axis = |n: &u64| usize::try_from(*n).map_err(|_| "its shape is too large".to_owned());
    Ok(ArrayLayout {
        shape: header.shape().iter().map(axis).collect::<Result<_, _>>()?,
        element,
        big_endian: text.endianness() == Endianness::Big,
        first_fastest: header.order() == Order::Fortran,
    })
}
