//! Named arrays as PyTorch users have them: safetensors.

use std::io::{self, BufReader, Read, Seek, SeekFrom};

use safetensors::Dtype;
use safetensors::tensor::Metadata;

use crate::runs::TENSORS_LENGTH;
use crate::runs::array::{ArrayLayout, Element};
use crate::runs::arrays::Arrays;
use crate::runs::error::RunError;
use crate::runs::role::Columns;
use crate::runs::run::Run;
use crate::runs::thin::Pick;

/// Largest header: that of the format's own reader.
const MOST_HEADER: u64 = 100_000_000;

/// The runs of the arrays.
pub(crate) fn read(
    file: &str,
    mut source: impl Read + Seek,
    columns: &Columns,
    most: usize,
) -> Result<Vec<Run>, RunError> {
    let unreadable = |error: &dyn std::fmt::Display| RunError::unreadable(file, error);
    let mut head = vec![0u8; TENSORS_LENGTH];
    source.read_exact(&mut head).map_err(|e| unreadable(&e))?;
    let length = head.iter().rev().fold(0u64, |length, byte| length << 8 | u64::from(*byte));
    if length > MOST_HEADER {
        return Err(RunError::new(file, "it is in none of the formats .npy, .npz, .csv, .parquet, .safetensors"));
    }
    source.by_ref().take(length).read_to_end(&mut head).map_err(|e| unreadable(&e))?;
    let metadata: Metadata = serde_json::from_slice(&head[TENSORS_LENGTH..]).map_err(|e| unreadable(&e))?;
    let data = TENSORS_LENGTH as u64 + length;
    let mut found: Vec<_> = metadata.tensors().into_iter().collect();
    found.sort_by_key(|(_, info)| info.data_offsets.0);
    let (mut listed, mut places) = (Vec::new(), Vec::new());
    for (name, info) in found {
        let element = match info.dtype {
            Dtype::F64 => Element::Float(8),
            Dtype::F32 => Element::Float(4),
            Dtype::F16 => Element::Float(2),
            Dtype::BF16 => Element::Brain,
            Dtype::I64 => Element::Signed(8),
            Dtype::I32 => Element::Signed(4),
            Dtype::I16 => Element::Signed(2),
            Dtype::I8 => Element::Signed(1),
            Dtype::U64 => Element::Unsigned(8),
            Dtype::U32 => Element::Unsigned(4),
            Dtype::U16 => Element::Unsigned(2),
            Dtype::U8 | Dtype::BOOL => Element::Unsigned(1),
            other => {
                let rule = "they must be real, of 8, 4 or 2 bytes, or whole";
                return Err(RunError::new(file, format!("array `{name}` is of type {other:?}: {rule}")));
            }
        };
        listed
            .push((name, ArrayLayout { shape: info.shape.clone(), element, big_endian: false, first_fastest: false }));
        places.push(data + info.data_offsets.0 as u64);
    }
    let listed = listed;
    let mut read = |at: usize, axis: usize, pick: Pick| -> io::Result<_> {
        source.seek(SeekFrom::Start(places[at]))?;
        listed[at].1.read(&mut BufReader::with_capacity(1 << 20, &mut source), axis, pick)
    };
    Arrays { file, listed: &listed, read: &mut read }.runs(columns, most)
}
