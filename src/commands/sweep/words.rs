//! The words of `collapsar sweep`.

use crate::commands::summary::number;
use crate::results::{RankCorrelation, RankRecord, SweepRecord};

/// Rank correlations in words; nothing if none is defined.
fn ranked(ranks: &RankRecord) -> Option<String> {
    let word =
        |name: &str, of: Option<RankCorrelation>| of.map(|c| format!("{name} {:.2} ({} points)", c.spearman, c.points));
    let with = &ranks.with;
    let pairs: Vec<String> = [
        word("closed flow", with.montecarlo),
        word("(10)", with.formula),
        word("(18)", with.refined),
        word("published", with.published),
        word("rate", ranks.rate.realnvp),
        word("rate above the best T0", ranks.rate_when_hot.realnvp),
        word("duration", ranks.duration.realnvp),
    ]
    .into_iter()
    .flatten()
    .collect();
    (!pairs.is_empty()).then(|| format!("ranks       of trained flows with {}", pairs.join(", ")))
}

/// What a person wants to know first.
pub(crate) fn summary(record: &SweepRecord, cost: &str) -> String {
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
    lines.push(format!("cost        {cost}"));
    lines.join("\n") + "\n"
}
