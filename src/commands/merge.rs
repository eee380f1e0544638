//! `collapsar merge`: the shards of a grid joined into the record that one run would have made.

use std::time::Instant;

use anyhow::anyhow;

use crate::cli::MergeArgs;
use crate::commands::Failure;
use crate::commands::document::read;
use crate::commands::output::{deliver, folder};
use crate::commands::terminal::{lines_of, shards_in};
use crate::results::Journal;
use crate::studies::{Points, Study, Sweep, SweepGrid};

/// Reads, checks, joins and says.
pub fn run(args: &MergeArgs) -> Result<(), Failure> {
    let started = Instant::now();
    let document = read(&args.run.config, &args.run.options.overrides)?;
    let grid = SweepGrid::new(Sweep::resolve(&document).map_err(Failure::usage)?)?;
    let shards = match (args.shards.as_slice(), folder(&args.run)) {
        ([], Some(folder)) => shards_in(folder, &args.run)?,
        (shards, _) => shards.to_vec(),
    };
    if shards.is_empty() {
        return Err(Failure::usage(anyhow!("no shard is given and none lies in the folder of the results (--out)")));
    }
    let identity = grid.identity()?;
    let mut known = Points::new();
    for path in &shards {
        let lines = lines_of(path, Journal::read(path, &identity).map_err(Failure::usage)?);
        for (index, point) in grid.known(&lines)? {
            if known.get(&index).is_some_and(|other| *other != point) {
                let text = format!("{}: point {index} differs from the same point of another shard", path.display());
                return Err(Failure::computation(anyhow!(text)));
            }
            known.insert(index, point);
        }
    }
    let found = Sweep::of(grid, known, 0)?;
    deliver(&args.run, &found, started.elapsed().as_secs_f64())?;
    found.failure().map_or(Ok(()), |failure| Err(failure.into()))
}
