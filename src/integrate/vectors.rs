//! Fields and averages compiled for the vectors of the machine at hand.

use std::sync::Arc;

use collapsar_theory::{
    ClassAverages, Displaced, Flow, MixtureFlow, MixtureState, PotentialTable, ShapedAverages, ShapedFlow, ShapedState,
    TabulatedSpherePair,
};
use pulp::{Arch, Simd, WithSimd};

/// [`Flow::field`] at a state.
pub(crate) fn field<F: Flow + ?Sized>(flow: &F, beta: f64, state: &[f64], rate: &mut [f64]) {
    Arch::new().dispatch(VectorField { flow, beta, state, rate });
}

/// [`Flow::objective`] at a state.
pub(crate) fn objective<F: Flow + ?Sized>(flow: &F, beta: f64, state: &[f64]) -> f64 {
    Arch::new().dispatch(VectorObjective { flow, beta, state })
}

/// [`TabulatedSpherePair::rates`] at a state.
pub(crate) fn sphere_rates(flow: &TabulatedSpherePair, beta: f64, state: &[f64; 4]) -> [f64; 4] {
    Arch::new().dispatch(SphereRates { flow, beta, state })
}

/// [`MixtureFlow::averages`] of a state.
pub(crate) fn averages(flow: &MixtureFlow, state: &MixtureState) -> ClassAverages {
    Arch::new().dispatch(Averages { flow, state })
}

/// [`MixtureFlow::potential_inlined`].
pub(crate) fn potential(flow: &MixtureFlow) -> Option<Arc<PotentialTable>> {
    Arch::new().dispatch(Potential { flow }).map(Arc::new)
}

/// [`Displaced`] about a state.
pub(crate) fn displaced<'a>(flow: &'a MixtureFlow, beta: f64, state: &'a [f64]) -> Displaced<'a> {
    Arch::new().dispatch(About { flow, beta, state })
}

/// [`Flow::field`] where one coordinate is larger by a little: which one, and by how much.
pub(crate) fn displaced_field(about: &Displaced<'_>, step: (usize, f64)) -> Vec<f64> {
    Arch::new().dispatch(DisplacedField { about, step })
}

/// [`ShapedFlow::averages`] of a state.
pub(crate) fn shaped_averages(flow: &ShapedFlow, state: &ShapedState) -> ShapedAverages {
    Arch::new().dispatch(Shaped { flow, state })
}

struct VectorField<'a, F: ?Sized> {
    flow: &'a F,
    beta: f64,
    state: &'a [f64],
    rate: &'a mut [f64],
}

impl<F: Flow + ?Sized> WithSimd for VectorField<'_, F> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.flow.field_inlined(self.beta, self.state, self.rate);
    }
}

struct VectorObjective<'a, F: ?Sized> {
    flow: &'a F,
    beta: f64,
    state: &'a [f64],
}

impl<F: Flow + ?Sized> WithSimd for VectorObjective<'_, F> {
    type Output = f64;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f64 {
        self.flow.objective_inlined(self.beta, self.state)
    }
}

struct SphereRates<'a> {
    flow: &'a TabulatedSpherePair,
    beta: f64,
    state: &'a [f64; 4],
}

impl WithSimd for SphereRates<'_> {
    type Output = [f64; 4];

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> [f64; 4] {
        self.flow.rates(self.beta, self.state)
    }
}

struct Averages<'a> {
    flow: &'a MixtureFlow,
    state: &'a MixtureState,
}

impl WithSimd for Averages<'_> {
    type Output = ClassAverages;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> ClassAverages {
        self.flow.averages_inlined(self.state)
    }
}

struct Potential<'a> {
    flow: &'a MixtureFlow,
}

impl WithSimd for Potential<'_> {
    type Output = Option<PotentialTable>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Option<PotentialTable> {
        self.flow.potential_inlined()
    }
}

struct About<'a> {
    flow: &'a MixtureFlow,
    beta: f64,
    state: &'a [f64],
}

impl<'a> WithSimd for About<'a> {
    type Output = Displaced<'a>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Displaced<'a> {
        Displaced::about_inlined(self.flow, self.beta, self.state)
    }
}

struct DisplacedField<'a> {
    about: &'a Displaced<'a>,
    step: (usize, f64),
}

impl WithSimd for DisplacedField<'_> {
    type Output = Vec<f64>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Vec<f64> {
        self.about.field_inlined(self.step.0, self.step.1)
    }
}

struct Shaped<'a> {
    flow: &'a ShapedFlow,
    state: &'a ShapedState,
}

impl WithSimd for Shaped<'_> {
    type Output = ShapedAverages;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> ShapedAverages {
        self.flow.averages_inlined(self.state)
    }
}
