//! NumPy's `.npz`: named arrays in a zip archive.

use std::io::{self, BufReader, Read, Seek};

use zip::ZipArchive;

use crate::runs::arrays::Arrays;
use crate::runs::error::RunError;
use crate::runs::npy;
use crate::runs::role::Columns;
use crate::runs::run::Run;
use crate::runs::thin::Pick;

/// The runs of the arrays.
pub(crate) fn read(file: &str, source: impl Read + Seek, columns: &Columns, most: usize) -> Result<Vec<Run>, RunError> {
    let fail = |error: zip::result::ZipError| RunError::unreadable(file, &error);
    let mut archive = ZipArchive::new(source).map_err(fail)?;
    let mut listed = Vec::new();
    let mut places = Vec::new();
    for place in 0..archive.len() {
        let mut entry = archive.by_index(place).map_err(fail)?;
        let full = entry.name().map_err(fail)?.into_owned();
        let Some(name) = full.strip_suffix(".npy").map(str::to_owned) else { continue };
        match npy::layout(&mut entry) {
            Ok(layout) => listed.push((name, layout)),
            // Text beside the numbers concerns nobody here.
            Err(_) if !columns.coordinates.contains(&name) => continue,
            Err(message) => return Err(RunError::new(file, format!("array `{name}`: {message}"))),
        }
        places.push(place);
    }
    if listed.is_empty() {
        return Err(RunError::new(file, "it holds no array of numbers"));
    }
    let listed = listed;
    let mut read = |at: usize, axis: usize, pick: Pick| {
        let mut entry = BufReader::with_capacity(1 << 20, archive.by_index(places[at]).map_err(io::Error::other)?);
        let layout = npy::layout(&mut entry).map_err(io::Error::other)?;
        layout.read(&mut entry, axis, pick)
    };
    Arrays { file, listed: &listed, read: &mut read }.runs(columns, most)
}
