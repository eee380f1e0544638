//! Work on other threads while Python goes on: progress, interrupts, parts that are kept.

use std::error::Error;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use collapsar::results::Journal;
use collapsar::studies::{KeptLine, StudyError, Watch};
use pyo3::exceptions::PyUserWarning;
use pyo3::prelude::*;

use crate::errors::{self, Source};
use crate::pool::pool;

/// How often Python is asked whether it was interrupted, and told of progress.
const TICK: Duration = Duration::from_millis(50);
/// How long interrupted work is waited for.
const GRACE: Duration = Duration::from_millis(500);

/// What is known of work from outside.
#[derive(Default)]
pub(crate) struct State {
    cancelled: AtomicBool,
    total: AtomicU64,
    done: AtomicU64,
    words: Mutex<Words>,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Words {
    unit: String,
    message: String,
    warnings: Vec<String>,
}

/// Lines of earlier work, those of this one, and the file that they go to.
#[derive(Default)]
struct Kept {
    earlier: Vec<KeptLine>,
    lines: Vec<String>,
    journal: Option<Journal>,
    /// Where a journal is opened once it is known of what.
    path: Option<PathBuf>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl State {
    /// With lines of earlier work, and the journal that further ones go to.
    pub(crate) fn with_kept(earlier: Vec<KeptLine>, journal: Option<Journal>) -> Self {
        Self { kept: Mutex::new(Kept { earlier, journal, ..Kept::default() }), ..Self::default() }
    }

    /// With the journal in the file `path`, which is opened when the work says what it is.
    pub(crate) fn with_journal_at(path: Option<PathBuf>) -> Self {
        Self { kept: Mutex::new(Kept { path, ..Kept::default() }), ..Self::default() }
    }

    /// The lines that were kept since.
    pub(crate) fn lines(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.kept).lines)
    }

    /// The journal.
    pub(crate) fn journal(&self) -> Option<Journal> {
        lock(&self.kept).journal.take()
    }
}

impl Watch for State {
    fn begin(&self, total: u64, done: u64, unit: &str) {
        self.total.store(total, Ordering::Relaxed);
        self.done.store(done, Ordering::Relaxed);
        lock(&self.words).unit = unit.to_owned();
    }

    fn advance(&self, units: u64) {
        self.done.fetch_add(units, Ordering::Relaxed);
    }

    fn say(&self, message: &dyn fmt::Display) {
        lock(&self.words).message = message.to_string();
    }

    fn cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn warn(&self, message: &dyn fmt::Display) {
        lock(&self.words).warnings.push(message.to_string());
    }

    fn kept(&self, header: &str) -> Result<Vec<KeptLine>, Box<dyn Error + Send + Sync>> {
        let mut kept = lock(&self.kept);
        if let Some(path) = kept.path.take() {
            let (journal, lines) = Journal::open(&path, header)?;
            (kept.journal, kept.earlier) = (Some(journal), kept_lines(lines));
        }
        Ok(kept.earlier.clone())
    }

    fn keep(&self, line: &str) -> Result<(), Box<dyn Error + Send + Sync>> {
        let mut kept = lock(&self.kept);
        if let Some(journal) = kept.journal.as_mut() {
            journal.append(line)?;
        }
        kept.lines.push(line.to_owned());
        Ok(())
    }
}

/// Lines of earlier work by their places.
pub(crate) fn kept_lines(lines: Vec<String>) -> Vec<KeptLine> {
    lines.into_iter().enumerate().map(|(i, text)| KeptLine { text, place: format!("line {}", i + 1) }).collect()
}

/// Who is to be told: `progress(done, total, unit, message)`, if anybody.
pub(crate) type Progress<'py> = Option<Bound<'py, PyAny>>;

/// Does `work` on the threads asked for, with the interpreter free. An interrupt stops it within a second; what it is in the
/// middle of then goes on behind until it next asks.
pub(crate) fn work<T: Send + 'static>(
    py: Python<'_>,
    threads: Option<i64>,
    progress: &Progress<'_>,
    (state, source): (&Arc<State>, Source),
    work: impl FnOnce(&State) -> Result<T, StudyError> + Send + 'static,
) -> PyResult<T> {
    let (sender, mut receiver) = sync_channel(1);
    let pool = pool(py, threads)?;
    let theirs = Arc::clone(state);
    pool.spawn(move || {
        let found = catch_unwind(AssertUnwindSafe(|| work(&theirs)));
        // Nobody listens after an interrupt.
        let _ = sender.send(found);
    });
    loop {
        let answer;
        (receiver, answer) = py.detach(move || {
            let answer = receiver.recv_timeout(TICK);
            (receiver, answer)
        });
        let told = tell(py, state, progress).and_then(|()| py.check_signals());
        match (answer, told) {
            (Ok(Ok(found)), Ok(())) => return found.map_err(|error| errors::study(py, &error, source)),
            (Ok(Ok(_)), Err(stop)) => return Err(stop),
            (Ok(Err(_)) | Err(RecvTimeoutError::Disconnected), _) => {
                return Err(errors::computation(py, "the computation panicked: please report this".to_owned()));
            }
            (Err(RecvTimeoutError::Timeout), Ok(())) => {}
            (Err(RecvTimeoutError::Timeout), Err(stop)) => {
                state.cancelled.store(true, Ordering::Relaxed);
                py.detach(move || drop(receiver.recv_timeout(GRACE)));
                return Err(stop);
            }
        }
    }
}

fn tell(py: Python<'_>, state: &State, progress: &Progress<'_>) -> PyResult<()> {
    let (unit, message, warnings) = {
        let mut words = lock(&state.words);
        let warnings = std::mem::take(&mut words.warnings);
        if progress.is_none() && warnings.is_empty() {
            return Ok(());
        }
        (words.unit.clone(), words.message.clone(), warnings)
    };
    for warning in warnings {
        let text = std::ffi::CString::new(warning.replace('\0', " ")).unwrap_or_default();
        PyErr::warn(py, &py.get_type::<PyUserWarning>(), &text, 2)?;
    }
    let Some(progress) = progress else { return Ok(()) };
    let (done, total) = (state.done.load(Ordering::Relaxed), state.total.load(Ordering::Relaxed));
    progress.call1((done, total, unit, message)).map(drop)
}
