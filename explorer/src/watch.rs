//! Progress, told to a function of the page.

use std::cell::RefCell;
use std::error::Error;
use std::fmt;

use collapsar::studies::Watch;
use js_sys::Function;
use wasm_bindgen::JsValue;

thread_local! {
    /// Who is told. A worker has one thread, and a function of JavaScript cannot go to another.
    static TOLD: RefCell<Option<Function>> = const { RefCell::new(None) };
}

/// Does `work`, of which [`Told`] tells `told`.
pub(crate) fn watched<T>(told: Function, work: impl FnOnce() -> T) -> T {
    TOLD.set(Some(told));
    let found = work();
    TOLD.set(None);
    found
}

/// Tells the function of [`watched`].
pub(crate) struct Told;

impl Watch for Told {
    fn begin(&self, total: u64, done: u64, unit: &str) {
        tell("total", total as f64, unit);
        tell("done", done as f64, "");
    }

    fn advance(&self, units: u64) {
        tell("advance", units as f64, "");
    }

    fn say(&self, message: &dyn fmt::Display) {
        tell("say", 0.0, &message.to_string());
    }

    fn warn(&self, message: &dyn fmt::Display) {
        tell("warn", 0.0, &message.to_string());
    }

    fn keep(&self, line: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
        tell("part", 0.0, line);
        Ok(())
    }
}

fn tell(kind: &str, number: f64, text: &str) {
    TOLD.with_borrow(|told| {
        let told = told.as_ref();
        // What a listener throws is its own affair: the work goes on.
        told.map(|told| told.call3(&JsValue::NULL, &kind.into(), &number.into(), &text.into()).is_ok())
    });
}
