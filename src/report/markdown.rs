//! The report as Markdown, beside its pictures.

use super::{JudgedClaim, ReportPage, ReportSection, ReportTable, encoded, paragraphs};

/// A text on one line with what Markdown gives a meaning escaped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '~' | '$' => {
                out.push('\\');
                out.push(character);
            }
            '\n' | '\r' | '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out.trim().to_owned()
}

/// The document.
pub fn markdown(report: &ReportPage) -> String {
    let mut blocks = vec![format!("# {}", escaped(&report.title))];
    blocks.extend(paragraphs(&report.intro).map(escaped));
    if !report.verdicts.is_empty() {
        blocks.push(format!("{}: see the end.", report.tally()));
    }
    blocks.extend(report.sections.iter().flat_map(section));
    if !report.verdicts.is_empty() {
        blocks.push("## Verdicts".to_owned());
        let rows = report.verdicts.iter().map(|JudgedClaim { claim, expected, measured, passed, note }| {
            let word = if *passed { "pass" } else { "**fail**" };
            format!("| {word} | {} |\n", [claim, expected, measured, note].map(|cell| escaped(cell)).join(" | "))
        });
        let head = "| | claim | expected | measured | note |\n|---|---|---|---|---|\n";
        blocks.push(format!("{head}{}", rows.collect::<String>()).trim_end().to_owned());
    }
    let rows = report.provenance.rows();
    if !rows.is_empty() {
        blocks.push("## Provenance".to_owned());
        blocks.push(numbers(&rows));
    }
    blocks.join("\n\n") + "\n"
}

fn section(section: &ReportSection) -> Vec<String> {
    let mut blocks = vec![format!("## {}", escaped(&section.title))];
    if !section.figure_file.is_empty() {
        blocks.push(format!("![{}]({})", escaped(&section.title), encoded(&section.figure_file)));
    }
    let caption = escaped(&section.caption);
    if !caption.is_empty() {
        blocks.push(format!("*{caption}*"));
    }
    if !section.numbers.is_empty() {
        blocks.push(numbers(&section.numbers));
    }
    if !section.table.columns.is_empty() {
        blocks.push(table(&section.table));
    }
    blocks.extend(section.notes.iter().filter(|note| !note.is_empty()).map(|note| escaped(note)));
    if !section.csv_file.is_empty() {
        let file = &section.csv_file;
        blocks.push(format!("Numbers behind the figure: [{}]({})", escaped(file), encoded(file)));
    }
    if !section.config_text.is_empty() {
        let fence = fence(&section.config_text);
        let config = section.config_text.trim_end();
        blocks.push(format!(
            "<details>\n<summary>configuration</summary>\n\n{fence}toml\n{config}\n{fence}\n\n</details>"
        ));
    }
    if !section.explorer.is_empty() {
        // Encoded already; in angle brackets it may hold all but these.
        let address = section.explorer.replace('<', "%3C").replace('>', "%3E");
        blocks.push(format!("[Change it and run it in the explorer](<{address}>)"));
    }
    blocks
}

fn numbers(rows: &[(String, String)]) -> String {
    let lines = rows.iter().map(|(name, value)| format!("| {} | {} |\n", escaped(name), escaped(value)));
    format!("| quantity | value |\n|---|---|\n{}", lines.collect::<String>()).trim_end().to_owned()
}

fn table(table: &ReportTable) -> String {
    let row =
        |cells: &[String]| format!("| {} |", cells.iter().map(|cell| escaped(cell)).collect::<Vec<_>>().join(" | "));
    let rule = format!("|{}", "---|".repeat(table.columns.len()));
    let rows = table.rows.iter().map(|cells| row(cells));
    [row(&table.columns), rule].into_iter().chain(rows).collect::<Vec<_>>().join("\n")
}

/// A fence longer than every run of backquotes in the text.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat((longest + 1).max(3))
}
