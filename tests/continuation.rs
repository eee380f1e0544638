//! Planted bifurcations with known answers, invariants of every branch and a comparison with an established package.

#[path = "continuation/branches.rs"]
mod branches;
#[path = "continuation/crossings.rs"]
mod crossings;
#[path = "continuation/curves.rs"]
mod curves;
#[path = "continuation/drawn.rs"]
mod drawn;
#[path = "continuation/folds.rs"]
mod folds;
#[path = "continuation/misuse.rs"]
mod misuse;
#[path = "continuation/planted.rs"]
mod planted;
#[path = "continuation/reaction.rs"]
mod reaction;
#[path = "continuation/spectra.rs"]
mod spectra;
