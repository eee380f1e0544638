//! Runs that somebody else made, as people have them, and the formats in which they come.
//!
//! A run is what one training left: samples of the fit (n x d, with log q and log p of each if they are there), a trace of
//! the components of a mixture over its steps, or the shares of its mass on the modes. A file holds one run, or several.
//!
//! | format | samples | trace | coverage |
//! |---|---|---|---|
//! | `.npy` | n x d, or runs x n x d | | |
//! | `.npz`, `.safetensors` | an array of samples, `log_q`, `log_p` | `means` (T x K x d), `weights`, `variances` | |
//! | `.csv`, `.parquet` | a column a coordinate, `log_q`, `log_p`; `run` for several | `mu_i[j]`, `w_i`, `var_i` | `C_k` |
//!
//! Numbers are real, of 8, 4 or 2 bytes, or whole; all become f64, exactly but for whole ones beyond 2^53.
//!
//! Rows that lack a value, or have one that is not finite, are left out and counted. What is larger than it may be is
//! thinned while it is read: one row of two, of three.

mod array;
mod arrays;
mod error;
mod npy;
mod npz;
#[cfg(feature = "parquet")]
mod parquet;
mod role;
mod run;
mod table;
mod tensors;
mod text;
mod thin;

use std::io::{Read, Seek, SeekFrom};

pub use error::RunError;
pub use role::Columns;
pub use run::{Data, Run, Samples, Trace};

/// First bytes of a file, by which its format is known.
const NPY: &[u8] = b"\x93NUMPY";
const ZIP: &[u8] = b"PK\x03\x04";
const PARQUET: &[u8] = b"PAR1";
/// Before the header of a safetensors file stands its length in as many bytes.
const TENSORS_LENGTH: usize = 8;

/// The runs of a file, at most `most` numbers of it. `name` is what errors and results call it.
///
/// # Errors
/// What is wrong with the file, and where.
pub fn read<S: Read + Seek + Send + 'static>(
    name: &str,
    mut source: S,
    columns: &Columns,
    most: usize,
) -> Result<Vec<Run>, RunError> {
    let fail = |error: std::io::Error| RunError::unreadable(name, &error);
    let mut head = Vec::new();
    source.by_ref().take(TENSORS_LENGTH as u64 + 1).read_to_end(&mut head).map_err(fail)?;
    source.seek(SeekFrom::Start(0)).map_err(fail)?;
    let runs = if head.is_empty() {
        Err(RunError::new(name, "the file is empty"))
    } else if head.starts_with(NPY) {
        npy::read(name, source, columns, most)
    } else if head.starts_with(ZIP) {
        npz::read(name, source, columns, most)
    } else if head.starts_with(PARQUET) {
        parquet_runs(name, source, columns, most)
    } else if head.get(TENSORS_LENGTH) == Some(&b'{') {
        tensors::read(name, source, columns, most)
    } else {
        text::read(name, source, columns, most)
    }?;
    if runs.is_empty() {
        return Err(RunError::new(name, "it holds no run"));
    }
    runs.into_iter().map(Run::checked).collect()
}

#[cfg(feature = "parquet")]
fn parquet_runs<S: Read + Seek + Send + 'static>(
    name: &str,
    source: S,
    columns: &Columns,
    most: usize,
) -> Result<Vec<Run>, RunError> {
    parquet::read(name, source, columns, most)
}

#[cfg(not(feature = "parquet"))]
fn parquet_runs<S>(name: &str, _: S, _: &Columns, _: usize) -> Result<Vec<Run>, RunError> {
    Err(RunError::new(name, "this build reads no Parquet files (feature `parquet`)"))
}
