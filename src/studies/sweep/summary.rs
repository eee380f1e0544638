//! A grid in words.

use crate::config::{Route, Source};
use crate::results::{BySource, RankCorrelation, RankRecord, SweepRecord};
use crate::studies::number;

/// Rank correlations in words; nothing if none is defined.
fn ranked(ranks: &RankRecord) -> Option<String> {
    let word = |name: &str, of: &BySource<RankCorrelation>, source: Source| {
        of.get(&source).map(|c| format!("{name} {:.2} ({} points)", c.spearman, c.points))
    };
    let flows = Source::Route(Route::RealNvp);
    let beside = Source::all().filter_map(|source| word(source.name(), &ranks.with, source));
    let own = [
        word("rate", &ranks.rate, flows),
        word("rate above the best T0", &ranks.rate_when_hot, flows),
        word("duration", &ranks.duration, flows),
    ];
    let pairs: Vec<String> = beside.chain(own.into_iter().flatten()).collect();
    (!pairs.is_empty()).then(|| format!("ranks       of trained flows with {}", pairs.join(", ")))
}

/// What a person wants to know first.
pub(super) fn summary(record: &SweepRecord) -> String {
    let header = &record.header;
    let sizes: Vec<String> =
        header.axes.iter().map(|axis| format!("{} {}", axis.values.len(), axis.keys.join(", "))).collect();
    let routes: Vec<&str> = header.routes.iter().map(|route| route.name()).collect();
    let mut lines = vec![format!("{} points: {}; {}", record.points.len(), sizes.join(" x "), routes.join(", "))];
    if let Some(a) = &record.agreement {
        lines.push(format!(
            "agreement   exact against counted over {} problems: chi square {} (p = {}), largest |z| {} (p = {})",
            a.problems,
            number(a.chi_square),
            number(a.chi_square_p),
            number(a.largest),
            number(a.largest_p)
        ));
    }
    lines.extend(record.ranks.as_ref().and_then(ranked));
    lines.join("\n") + "\n"
}
