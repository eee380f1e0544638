//! The report: plain parts in, one HTML file that needs nothing else, and the same as Markdown.

mod html;
mod markdown;

pub use html::html;
pub use markdown::markdown;

/// A report.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Report {
    /// Its title.
    pub title: String,
    /// Its first paragraph.
    pub intro: String,
    /// Its sections.
    pub sections: Vec<Section>,
    /// Every claim, with what was measured.
    pub verdicts: Vec<Verdict>,
    /// (name, value): what made it.
    pub provenance: Vec<(String, String)>,
}

/// A figure with what belongs to it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Section {
    /// The name of its figure.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What to see.
    pub caption: String,
    /// The configuration; empty to show none.
    pub config_text: String,
    /// The figure as SVG.
    pub figure_svg: Option<String>,
    /// The figure's PNG file, beside the report.
    pub figure_file: Option<String>,
    /// (name, value): the main numbers.
    pub numbers: Vec<(String, String)>,
    /// The table behind the figure, beside the report.
    pub csv_file: Option<String>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// A claim, judged.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Verdict {
    /// The claim.
    pub claim: String,
    /// What it demands.
    pub expected: String,
    /// What was found.
    pub measured: String,
    /// Whether it holds.
    pub passed: bool,
    /// Where the number comes from.
    pub note: String,
}
