//! The `collapsar` command.

fn main() {}
