//! A report on many results: records and pictures in, one self-contained HTML page and its Markdown twin out.
//!
//! The page asks nothing of the network: pictures stand in it as SVG, its style is its own, and it reads in light and in
//! dark. The twin refers to pictures and tables by the names of their files, relative to its own folder.
//!
//! ```
//! use collapsar::report::{Provenance, ReportPage, ReportSection, JudgedClaim, html, markdown};
//!
//! let report = ReportPage {
//!     title: "Collapse & annealing".into(),
//!     intro: "What is claimed, and what was measured.".into(),
//!     sections: vec![ReportSection { name: "portrait".into(), title: "Phase portrait".into(), ..ReportSection::default() }],
//!     verdicts: vec![JudgedClaim {
//!         claim: "T_c(3)".into(),
//!         expected: "3.3129993482".into(),
//!         measured: "3.3129993482".into(),
//!         passed: true,
//!         note: String::new(),
//!     }],
//!     provenance: Provenance { version: "0.1.0".into(), ..Provenance::default() },
//! };
//! assert!(html(&report).contains("Collapse &amp; annealing"));
//! assert!(markdown(&report).starts_with("# Collapse & annealing\n"));
//! ```

mod html;
mod markdown;

pub use html::html;
pub use markdown::markdown;

/// Everything that a report says. All texts are plain: what has a meaning in HTML or Markdown is escaped.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReportPage {
    /// Its heading.
    pub title: String,
    /// What a reader should know first; an empty line begins a paragraph.
    pub intro: String,
    /// One section a result.
    pub sections: Vec<ReportSection>,
    /// The claims and what became of them.
    pub verdicts: Vec<JudgedClaim>,
    /// Who made it, when and how.
    pub provenance: Provenance,
}

/// One result.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReportSection {
    /// Name for links within the report: the stem of the configuration.
    pub name: String,
    /// Its heading.
    pub title: String,
    /// What the figure shows.
    pub caption: String,
    /// The configuration, shown as it stands.
    pub config_text: String,
    /// Where it can be changed and run in a browser; empty for nowhere.
    pub explorer: String,
    /// The figure as an SVG document; empty for none.
    pub figure_svg: String,
    /// The file of the figure for the Markdown twin, relative to it; empty for none.
    pub figure_file: String,
    /// Names and values.
    pub numbers: Vec<(String, String)>,
    /// A table beside them; none without columns.
    pub table: ReportTable,
    /// The file with the numbers behind the figure, relative to the report; empty for none.
    pub csv_file: String,
    /// What else a reader should know, one line each.
    pub notes: Vec<String>,
}

/// Rows of cells under the names of their columns.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ReportTable {
    /// The names.
    pub columns: Vec<String>,
    /// A cell for each of them.
    pub rows: Vec<Vec<String>>,
}

/// A claim and what was measured.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct JudgedClaim {
    /// What is claimed.
    pub claim: String,
    /// Its value, with its tolerance.
    pub expected: String,
    /// What came out.
    pub measured: String,
    /// Whether they agree.
    pub passed: bool,
    /// Why not, or how the tolerance was chosen.
    pub note: String,
}

/// Where a report comes from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Provenance {
    /// The version of the program.
    pub version: String,
    /// The command that made it.
    pub command: String,
    /// The seed of its random numbers.
    pub seed: String,
    /// Further names and values, for example the machine and the time it took.
    pub details: Vec<(String, String)>,
}

impl Provenance {
    /// All names and values that are given.
    fn rows(&self) -> Vec<(String, String)> {
        let named = [("version", &self.version), ("command", &self.command), ("seed", &self.seed)];
        let given = named.into_iter().filter(|(_, value)| !value.is_empty());
        given.map(|(name, value)| (name.to_owned(), value.clone())).chain(self.details.iter().cloned()).collect()
    }
}

impl ReportPage {
    /// "n of m claims hold".
    fn tally(&self) -> String {
        let passed = self.verdicts.iter().filter(|verdict| verdict.passed).count();
        format!("{passed} of {} claims hold", self.verdicts.len())
    }
}

/// A relative path, or a value behind a #, as a part of an address.
pub(crate) fn encoded(text: &str) -> String {
    let kept = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'.' | b'-' | b'_');
    text.bytes().map(|b| if kept(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// The paragraphs of a text.
fn paragraphs(text: &str) -> impl Iterator<Item = &str> {
    text.split("\n\n").map(str::trim).filter(|paragraph| !paragraph.is_empty())
}
