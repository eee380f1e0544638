//! Labels with subscripts, superscripts and italics.

use super::font::{Face, Faces};

/// Type size of subscripts and superscripts over that of the label.
pub(super) const SCRIPT_SIZE: f64 = 0.7;

/// `text` with the markup characters escaped, to be shown as it stands.
///
/// Labels understand `_x` and `_{xy}` (subscript), `^x` and `^{xy}` (superscript), `*x*` (italic)
/// and `\` before a character that is meant literally. Greek and signs are Unicode.
pub fn plain(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '_' | '^' | '*' | '\\') {
            escaped.push('\\');
        }
        escaped.push(character);
    }
    escaped
}

/// Height of a piece of text on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ScriptLevel {
    Base,
    Sub,
    Super,
}

impl ScriptLevel {
    /// Rise of the baseline in units of the label's type size.
    pub(super) fn rise(self) -> f64 {
        match self {
            Self::Base => 0.0,
            Self::Sub => -0.18,
            Self::Super => 0.36,
        }
    }

    /// Type size in units of the label's.
    pub(super) fn size(self) -> f64 {
        if self == Self::Base { 1.0 } else { SCRIPT_SIZE }
    }
}

/// A piece of text set in one way.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct TextRun {
    pub(super) text: String,
    pub(super) level: ScriptLevel,
    pub(super) face: Face,
}

/// A label taken apart.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct RichText {
    pub(super) runs: Vec<TextRun>,
    markup: String,
}

impl RichText {
    /// Reads the markup; unfinished markup reaches to the end.
    pub(super) fn parse(markup: &str) -> Self {
        let mut label = Self { markup: markup.into(), runs: Vec::new() };
        let mut face = Face::Regular;
        let mut characters = markup.chars().peekable();
        while let Some(character) = characters.next() {
            match character {
                '\\' => label.push(characters.next().unwrap_or('\\'), ScriptLevel::Base, face),
                '*' => face = toggled(face),
                '_' | '^' => {
                    let level = if character == '_' { ScriptLevel::Sub } else { ScriptLevel::Super };
                    let grouped = characters.next_if_eq(&'{').is_some();
                    while let Some(inner) = characters.next() {
                        match inner {
                            '}' if grouped => break,
                            '*' => {
                                face = toggled(face);
                                continue;
                            }
                            '\\' => label.push(characters.next().unwrap_or('\\'), level, face),
                            _ => label.push(inner, level, face),
                        }
                        if !grouped {
                            break;
                        }
                    }
                }
                _ => label.push(character, ScriptLevel::Base, face),
            }
        }
        label
    }

    /// Unmarked bold text.
    pub(super) fn bold(text: &str) -> Self {
        let mut label = Self { markup: text.into(), runs: Vec::new() };
        for character in text.chars() {
            label.push(character, ScriptLevel::Base, Face::Bold);
        }
        label
    }

    fn push(&mut self, character: char, level: ScriptLevel, face: Face) {
        match self.runs.last_mut() {
            Some(run) if run.level == level && run.face == face => run.text.push(character),
            _ => self.runs.push(TextRun { text: character.into(), level, face }),
        }
    }

    /// What it was read from.
    pub(super) fn markup(&self) -> &str {
        &self.markup
    }

    /// Whether it is bold, and then without markup.
    pub(super) fn is_bold(&self) -> bool {
        self.runs.iter().any(|run| run.face == Face::Bold)
    }

    /// Whether nothing would be drawn.
    pub(super) fn is_empty(&self) -> bool {
        self.runs.is_empty()
    }

    /// Width at type size `size`.
    pub(super) fn width(&self, faces: &Faces, size: f64) -> f64 {
        self.runs.iter().map(|run| faces.width(run.face, &run.text) * run.level.size() * size).sum()
    }
}

fn toggled(face: Face) -> Face {
    match face {
        Face::Oblique => Face::Regular,
        _ => Face::Oblique,
    }
}
