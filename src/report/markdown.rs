//! The report as Markdown, beside the PNG files.

use crate::report::Report;

/// The report as Markdown.
pub fn markdown(report: &Report) -> String {
    let mut out = format!("# {}\n\n{}\n", report.title, report.intro);
    for section in &report.sections {
        out.push_str(&format!("\n## {}\n\n", section.title));
        if let Some(file) = &section.figure_file {
            out.push_str(&format!("![{}]({file})\n\n", section.title));
        }
        out.push_str(&format!("{}\n", section.caption));
        if !section.numbers.is_empty() {
            push_table(
                &mut out,
                &["number", "value"],
                section.numbers.iter().map(|(a, b)| vec![a.as_str(), b.as_str()]),
            );
        }
        if !section.notes.is_empty() {
            out.push('\n');
            section.notes.iter().for_each(|note| out.push_str(&format!("- {note}\n")));
        }
        if let Some(file) = &section.csv_file {
            out.push_str(&format!("\nTable: [{file}]({file})\n"));
        }
    }
    out.push_str("\n## Verdicts\n");
    let rows = report.verdicts.iter().map(|v| {
        let word = if v.passed { "pass" } else { "**fail**" };
        vec![v.claim.as_str(), &v.expected, &v.measured, word, &v.note]
    });
    push_table(&mut out, &["claim", "expected", "measured", "verdict", "from"], rows);
    out.push_str("\n## Provenance\n");
    push_table(&mut out, &["what", "value"], report.provenance.iter().map(|(a, b)| vec![a.as_str(), b.as_str()]));
    out
}

fn push_table<'a>(out: &mut String, head: &[&str], rows: impl Iterator<Item = Vec<&'a str>>) {
    let line = |cells: &[&str]| {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|").replace('\n', " ")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    out.push('\n');
    out.push_str(&line(head));
    out.push_str(&format!("|{}\n", "---|".repeat(head.len())));
    rows.for_each(|row| out.push_str(&line(&row)));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Section, Verdict};

    #[test]
    fn tables_have_as_many_cells_as_heads() {
        let report = Report {
            title: "T".to_owned(),
            sections: vec![Section {
                title: "S".to_owned(),
                figure_file: Some("s.png".to_owned()),
                numbers: vec![("|z|".to_owned(), "1".to_owned())],
                ..Section::default()
            }],
            verdicts: vec![Verdict { claim: "a | b".to_owned(), passed: true, ..Verdict::default() }],
            ..Report::default()
        };
        let text = markdown(&report);
        assert!(text.contains("![S](s.png)") && text.contains("| \\|z\\| | 1 |") && text.contains("| a \\| b |"));
        for line in text.lines().filter(|line| line.starts_with('|')) {
            let cells = line.replace("\\|", "").matches('|').count() - 1;
            assert!(cells == 2 || cells == 5, "{line}");
        }
    }
}
