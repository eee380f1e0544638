//! `collapsar merge`: the shards of a grid joined into the record that one run would have made.

use std::path::PathBuf;

use anyhow::anyhow;

use crate::cli::MergeArgs;
use crate::commands::Failure;
use crate::commands::output::folder;
use crate::commands::sweep::{Grid, Kept, Points, shards_in};
use crate::results::Journal;

/// Reads, checks, joins and says.
pub fn run(args: &MergeArgs) -> Result<Vec<PathBuf>, Failure> {
    let grid = Grid::read(&args.run)?;
    let shards = match (args.shards.as_slice(), folder(&args.run)) {
        ([], Some(folder)) => shards_in(folder, &args.run)?,
        (shards, _) => shards.to_vec(),
    };
    if shards.is_empty() {
        return Err(Failure::usage(anyhow!("no shard is given and none lies in the folder of the results (--out)")));
    }
    let line = grid.line()?;
    let mut known = Points::new();
    for path in &shards {
        for (index, point) in Kept::parse(&Journal::read(path, &line).map_err(Failure::usage)?)?.points {
            if known.get(&index).is_some_and(|other| *other != point) {
                let text = format!("{}: point {index} differs from the same point of another shard", path.display());
                return Err(Failure::computation(anyhow!(text)));
            }
            known.insert(index, point);
        }
    }
    grid.finish(&args.run, known, &format!("{} shards joined", shards.len()))?.report()
}
