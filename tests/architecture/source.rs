//! Source files as text without comments, literals and unit tests, and the paths that they import.

use std::path::{Path, PathBuf};

/// One source file.
pub struct Source {
    /// Its path relative to the folder that was read, with `/`.
    pub path: String,
    /// What the compiler reads outside tests: no comments, no literals, nothing from `#[cfg(test)]` on.
    pub code: String,
    /// The contents of the literals there.
    pub literals: Vec<String>,
    /// Lines before the unit tests.
    pub lines: usize,
}

impl Source {
    pub fn new(path: &str, text: &str) -> Self {
        let body = text.split("\n#[cfg(test)]\nmod ").next().unwrap_or_default();
        let (code, literals) = bare(body);
        Self { path: path.to_owned(), code, literals, lines: body.lines().count() }
    }

    /// The module of the crate that the file belongs to: `config` for `config.rs` and for `config/run.rs`.
    pub fn module(&self) -> &str {
        self.path.split('/').next().unwrap_or_default().trim_end_matches(".rs")
    }

    /// Every path that begins with the crate name `root` (`crate`, `diffsol`, ..), in full, with groups expanded:
    /// `use crate::a::{b, c::d}` gives `a::b` and `a::c::d`.
    pub fn paths_from(&self, root: &str) -> Vec<String> {
        let start = format!("{root}::");
        let mut found = Vec::new();
        for (at, _) in self.code.match_indices(&start) {
            let before = self.code[..at].chars().next_back();
            if before.is_none_or(|c| !is_word(c) && c != ':') || self.code[..at].ends_with("use ::") {
                expand(&self.code[at + start.len()..], "", &mut found);
            }
        }
        found
    }

    /// The paths that the file shows as its own, `pub use`, as they are written there.
    pub fn reexports(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (at, _) in self.code.match_indices("pub") {
            let rest = &self.code[at + "pub".len()..];
            let rest = rest.strip_prefix('(').and_then(|r| r.split_once(')')).map_or(rest, |(_, after)| after);
            if let Some(path) = rest.strip_prefix(" use ") {
                expand(path, "", &mut found);
            }
        }
        found
    }

    /// Whether `word` occurs as a path or name of its own.
    pub fn mentions(&self, word: &str) -> bool {
        self.code.match_indices(word).any(|(at, _)| {
            let before = self.code[..at].chars().next_back();
            let after = self.code[at + word.len()..].chars().next();
            let ends_open = word.ends_with(|c: char| !is_word(c));
            before.is_none_or(|c| !is_word(c)) && (ends_open || after.is_none_or(|c| !is_word(c)))
        })
    }
}

/// Every source file below `folder`.
pub fn read_all(folder: &Path) -> Vec<Source> {
    let mut folders = vec![folder.to_owned()];
    let mut sources = Vec::new();
    while let Some(next) = folders.pop() {
        for entry in std::fs::read_dir(&next).unwrap() {
            let path: PathBuf = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                sources.push(Source::new(&name, &std::fs::read_to_string(&path).unwrap()));
            }
        }
    }
    assert!(!sources.is_empty(), "no source below {}", folder.display());
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    sources
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Reads `a::b`, `a::{b, c::d}` or `a::*` at the start of `text`, each with `prefix`; returns what it read.
fn expand(text: &str, prefix: &str, found: &mut Vec<String>) -> usize {
    let name = text.find(|c: char| !is_word(c) && c != '*').unwrap_or(text.len());
    let here = |word: &str| if prefix.is_empty() { word.to_owned() } else { format!("{prefix}::{word}") };
    if name > 0 {
        let path = here(&text[..name]);
        if text[name..].starts_with("::") && text[name + 2..].starts_with(|c: char| is_word(c) || c == '{' || c == '*')
        {
            return name + 2 + expand(&text[name + 2..], &path, found);
        }
        found.push(path);
        return name;
    }
    if !text.starts_with('{') {
        return 0;
    }
    let mut at = 1;
    while at < text.len() && !text[at..].starts_with('}') {
        let rest = &text[at..];
        at += match rest.chars().next() {
            Some(c) if is_word(c) || c == '{' || c == '*' => expand(rest, prefix, found).max(1),
            Some(c) => c.len_utf8(),
            None => break,
        };
    }
    at + 1
}

/// The text without comments and the contents of string literals, and these contents.
fn bare(text: &str) -> (String, Vec<String>) {
    let mut out = String::with_capacity(text.len());
    let mut literals = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
        } else if rest.starts_with("'\"'") {
            rest = &rest[3..];
        } else if c == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c: char| {
                let closes = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                closes
            });
            literals.push(rest[1..end.map_or(rest.len(), |e| e + 1)].to_owned());
            rest = &rest[end.map_or(rest.len(), |e| e + 2)..];
            out.push_str("\"\"");
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    (out, literals)
}
