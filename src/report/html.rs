//! The report as one HTML page.

use std::fmt::Write;

use super::{JudgedClaim, ReportPage, ReportSection, ReportTable, paragraphs};

/// The page's own style: readable in light and dark; figures keep their white sheet in both.
const STYLE: &str = "\
:root { color-scheme: light dark; --ink: #1a1a1a; --paper: #ffffff; --dim: #5c5c5c; --line: #d5d5d5; --band: #f4f4f2; \
--pass: #00694c; --fail: #a63c00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e6e6e6; --paper: #16181b; --dim: #a3a3a3; --line: #3b3e43; \
--band: #1f2226; --pass: #4fc79f; --fail: #f0915a; } }
body { margin: 0 auto; max-width: 50rem; padding: 2rem 1.2rem 4rem; color: var(--ink); background: var(--paper); \
font: 1rem/1.55 Georgia, 'DejaVu Serif', serif; }
h1, h2, th, nav, figcaption, summary, .tally, .badge { font-family: 'DejaVu Sans', Verdana, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; } h2 { font-size: 1.2rem; margin-top: 3rem; }
a { color: inherit; } nav ul { columns: 2; padding-left: 1.2rem; font-size: 0.88rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.88rem; font-variant-numeric: tabular-nums; }
th { text-align: left; font-size: 0.78rem; color: var(--dim); }
th, td { padding: 0.35rem 0.6rem 0.35rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: anywhere; }
figure { margin: 1.2rem 0; overflow-x: auto; } figure svg { display: block; min-width: 28rem; max-width: 100%; height: auto; background: #ffffff; }
figcaption { font-size: 0.82rem; color: var(--dim); margin-top: 0.6rem; }
.badge { font-size: 0.78rem; font-weight: bold; white-space: nowrap; }
.pass { color: var(--pass); } .fail { color: var(--fail); } .tally { font-weight: bold; }
pre { background: var(--band); padding: 0.8rem 1rem; overflow-x: auto; font-size: 0.8rem; line-height: 1.4; }
summary { cursor: pointer; font-size: 0.85rem; color: var(--dim); } .note { color: var(--dim); font-size: 0.9rem; }
@media (max-width: 40rem) { td { min-width: 4.5rem; } }
@media print { body { max-width: none; } details > pre { display: block; } }
";

/// A text with what HTML gives a meaning escaped, in text and in attributes.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Control characters have no place in HTML.
            c if c.is_control() && !matches!(c, '\n' | '\t') => {}
            c => out.push(c),
        }
    }
    out
}

/// A text for people: escaped, and what stands between backticks as code.
fn prose(text: &str) -> String {
    let escaped = escaped(text);
    let parts: Vec<&str> = escaped.split('`').collect();
    // One without a partner stays.
    if parts.len().is_multiple_of(2) {
        return escaped;
    }
    let part = |(i, part): (usize, &&str)| if i % 2 == 1 { format!("<code>{part}</code>") } else { (*part).to_owned() };
    parts.iter().enumerate().map(part).collect()
}

/// The page.
pub fn html(report: &ReportPage) -> String {
    let title = escaped(&report.title);
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    );
    for paragraph in paragraphs(&report.intro) {
        line(&mut page, format_args!("<p>{}</p>", prose(paragraph)));
    }
    if !report.verdicts.is_empty() {
        line(&mut page, format_args!("<p class=\"tally\"><a href=\"#verdicts\">{}</a></p>", report.tally()));
    }
    contents(&mut page, report);
    for (index, section) in report.sections.iter().enumerate() {
        write_section(&mut page, section, index);
    }
    verdicts(&mut page, report);
    let rows = report.provenance.rows();
    if !rows.is_empty() {
        page.push_str("<section id=\"provenance\">\n<h2>Provenance</h2>\n");
        numbers(&mut page, &rows);
        page.push_str("</section>\n");
    }
    page.push_str("</body>\n</html>\n");
    page
}

fn line(page: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = writeln!(page, "{text}");
}

/// The anchor of a section: its name is any text, its place is unique.
fn anchor(section: &ReportSection, index: usize) -> String {
    let plain = section.name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' });
    format!("s{}-{}", index + 1, plain.collect::<String>())
}

fn contents(page: &mut String, report: &ReportPage) {
    if report.sections.is_empty() {
        return;
    }
    page.push_str("<nav>\n<ul>\n");
    for (index, section) in report.sections.iter().enumerate() {
        line(page, format_args!("<li><a href=\"#{}\">{}</a></li>", anchor(section, index), escaped(&section.title)));
    }
    if !report.verdicts.is_empty() {
        page.push_str("<li><a href=\"#verdicts\">Verdicts</a></li>\n");
    }
    page.push_str("</ul>\n</nav>\n");
}

fn verdicts(page: &mut String, report: &ReportPage) {
    if report.verdicts.is_empty() {
        return;
    }
    line(page, format_args!("<section id=\"verdicts\">\n<h2>Verdicts</h2>\n<p class=\"tally\">{}</p>", report.tally()));
    page.push_str(
        "<div class=\"scroll\">\n<table>\n<thead><tr><th></th><th>claim</th><th>expected</th><th>measured</th>",
    );
    page.push_str("<th>note</th></tr></thead>\n<tbody>\n");
    for JudgedClaim { claim, expected, measured, passed, note } in &report.verdicts {
        // A sign and a word beside the colour.
        let (class, word) = if *passed { ("pass", "\u{2713} pass") } else { ("fail", "\u{2717} fail") };
        let cells = [claim, expected, measured, note].map(|cell| format!("<td>{}</td>", prose(cell))).concat();
        line(page, format_args!("<tr><td><span class=\"badge {class}\">{word}</span></td>{cells}</tr>"));
    }
    page.push_str("</tbody>\n</table>\n</div>\n</section>\n");
}

fn write_section(page: &mut String, section: &ReportSection, index: usize) {
    let title = escaped(&section.title);
    line(page, format_args!("<section id=\"{}\">\n<h2>{title}</h2>", anchor(section, index)));
    let picture = embedded(&section.figure_svg, index, &title);
    if !picture.is_empty() || !section.caption.is_empty() {
        let caption = prose(&section.caption);
        line(page, format_args!("<figure>\n{picture}\n<figcaption>{caption}</figcaption>\n</figure>"));
    }
    numbers(page, &section.numbers);
    table(page, &section.table);
    for note in section.notes.iter().filter(|note| !note.is_empty()) {
        line(page, format_args!("<p class=\"note\">{}</p>", prose(note)));
    }
    if !section.csv_file.is_empty() {
        let file = escaped(&section.csv_file);
        line(page, format_args!("<p class=\"note\">Numbers behind the figure: <code>{file}</code></p>"));
    }
    if !section.config_text.is_empty() {
        let config = escaped(&section.config_text);
        line(
            page,
            format_args!("<details>\n<summary>configuration</summary>\n<pre><code>{config}</code></pre>\n</details>"),
        );
    }
    if !section.explorer.is_empty() {
        let address = escaped(&section.explorer);
        line(
            page,
            format_args!("<p class=\"note\"><a href=\"{address}\">Change it and run it in the explorer</a></p>"),
        );
    }
    page.push_str("</section>\n");
}

/// Names and values.
fn numbers(page: &mut String, rows: &[(String, String)]) {
    if rows.is_empty() {
        return;
    }
    page.push_str("<div class=\"scroll\">\n<table>\n<tbody>\n");
    for (name, value) in rows {
        line(page, format_args!("<tr><th scope=\"row\">{}</th><td>{}</td></tr>", escaped(name), prose(value)));
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
}

fn table(page: &mut String, table: &ReportTable) {
    if table.columns.is_empty() {
        return;
    }
    let cells = |cells: &[String], tag: &str| -> String {
        cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell))).collect()
    };
    let head = cells(&table.columns, "th");
    line(page, format_args!("<div class=\"scroll\">\n<table>\n<thead><tr>{head}</tr></thead>\n<tbody>"));
    for row in &table.rows {
        line(page, format_args!("<tr>{}</tr>", cells(row, "td")));
    }
    page.push_str("</tbody>\n</table>\n</div>\n");
}

/// An SVG document as an element of the page: without its prologue, with a name for readers that do not see it, and with
/// identifiers that other pictures do not share. Nothing if it is no SVG document.
fn embedded(svg: &str, index: usize, title: &str) -> String {
    let (Some(start), Some(end)) = (svg.find("<svg"), svg.rfind("</svg>")) else { return String::new() };
    if end < start {
        return String::new();
    }
    let element = &svg[start..end + "</svg>".len()];
    // The namespaces are known to a page; they are no addresses, but look like such.
    let bare = element
        .replacen(" xmlns=\"http://www.w3.org/2000/svg\"", "", 1)
        .replacen(" xmlns:xlink=\"http://www.w3.org/1999/xlink\"", "", 1)
        .replace(" xlink:href=", " href=")
        .replace(" id=\"", &format!(" id=\"f{index}-"))
        .replace("url(#", &format!("url(#f{index}-"))
        .replace("href=\"#", &format!("href=\"#f{index}-"));
    bare.replacen("<svg", &format!("<svg role=\"img\" aria-label=\"{title}\""), 1)
}
