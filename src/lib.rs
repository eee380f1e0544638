//! collapsar: when variational inference collapses onto one mode.
