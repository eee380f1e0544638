//! The report as one HTML file: figures inside, nothing fetched, no script.

use crate::report::{Report, Section, Verdict};

const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1b1b1b;--paper:#fff;--faint:#666;--rule:#d8d8d8;--good:#00704f;--bad:#b03a00;--box:#f6f6f4}\
@media(prefers-color-scheme:dark){:root{--ink:#e6e6e6;--paper:#16181a;--faint:#a0a0a0;--rule:#3a3d40;--good:#4fc79a;--bad:#ff9a66;--box:#202326}}\
body{font:16px/1.55 system-ui,sans-serif;color:var(--ink);background:var(--paper);max-width:54rem;margin:2rem auto;padding:0 1rem}\
h1{font-size:1.7rem}h2{font-size:1.25rem;margin-top:2.6rem;border-top:1px solid var(--rule);padding-top:1.2rem}\
figure{margin:1rem 0}figure svg{display:block;max-width:100%;height:auto;margin:0 auto;background:#fff;border-radius:4px}\
figcaption{color:var(--faint);margin-top:.6rem}table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}\
td,th{text-align:left;padding:.25rem .6rem .25rem 0;border-bottom:1px solid var(--rule);vertical-align:top}\
.pass{color:var(--good);font-weight:600}.fail{color:var(--bad);font-weight:600}\
pre{background:var(--box);padding:.8rem;overflow:auto;font-size:.8rem;border-radius:4px}details{margin:.6rem 0}\
summary{cursor:pointer;color:var(--faint)}nav{font-size:.9rem}nav a,a{color:inherit}";

/// The report as HTML.
pub fn html(report: &Report) -> String {
    let mut out = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <link rel=\"icon\" href=\"data:,\">\n<title>{0}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<h1>{0}</h1>\n<p>{1}</p>\n",
        escaped(&report.title),
        escaped(&report.intro)
    );
    let failed = report.verdicts.iter().filter(|v| !v.passed).count();
    let (class, word) = if failed == 0 { ("pass", "all pass") } else { ("fail", "some fail") };
    out.push_str(&format!(
        "<p><a href=\"#verdicts\">{} checks</a>: <span class=\"{class}\">{word}</span> ({failed} failed).</p>\n",
        report.verdicts.len()
    ));
    out.push_str("<nav><ol>\n");
    for section in &report.sections {
        out.push_str(&format!("<li><a href=\"#{}\">{}</a></li>\n", escaped(&section.name), escaped(&section.title)));
    }
    out.push_str("</ol></nav>\n");
    report.sections.iter().for_each(|section| push_section(&mut out, section));
    out.push_str("<h2 id=\"verdicts\">Verdicts</h2>\n<table>\n<tr><th>claim</th><th>expected</th><th>measured</th><th>verdict</th><th>from</th></tr>\n");
    report.verdicts.iter().for_each(|verdict| push_verdict(&mut out, verdict));
    out.push_str("</table>\n<h2 id=\"provenance\">Provenance</h2>\n");
    push_table(&mut out, &report.provenance);
    out.push_str("</body>\n</html>\n");
    out
}

fn push_section(out: &mut String, section: &Section) {
    out.push_str(&format!("<section>\n<h2 id=\"{}\">{}</h2>\n", escaped(&section.name), escaped(&section.title)));
    match &section.figure_svg {
        Some(svg) => out.push_str(&format!(
            "<figure>\n{}\n<figcaption>{}</figcaption>\n</figure>\n",
            inline(svg, &section.name),
            escaped(&section.caption)
        )),
        None => out.push_str(&format!("<p>{}</p>\n", escaped(&section.caption))),
    }
    if !section.numbers.is_empty() {
        out.push_str("<details open><summary>numbers</summary>\n");
        push_table(out, &section.numbers);
        out.push_str("</details>\n");
    }
    if !section.notes.is_empty() {
        out.push_str("<ul>\n");
        section.notes.iter().for_each(|note| out.push_str(&format!("<li>{}</li>\n", escaped(note))));
        out.push_str("</ul>\n");
    }
    if let Some(file) = &section.csv_file {
        out.push_str(&format!("<p>Table: <a href=\"{0}\">{0}</a></p>\n", escaped(file)));
    }
    if !section.config_text.is_empty() {
        let text = escaped(&section.config_text);
        out.push_str(&format!("<details><summary>configuration</summary>\n<pre>{text}</pre>\n</details>\n"));
    }
    out.push_str("</section>\n");
}

fn push_verdict(out: &mut String, verdict: &Verdict) {
    let (class, word) = if verdict.passed { ("pass", "pass") } else { ("fail", "fail") };
    out.push_str(&format!(
        "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"{class}\">{word}</td><td>{}</td></tr>\n",
        escaped(&verdict.claim),
        escaped(&verdict.expected),
        escaped(&verdict.measured),
        escaped(&verdict.note)
    ));
}

fn push_table(out: &mut String, rows: &[(String, String)]) {
    out.push_str("<table>\n");
    for (name, value) in rows {
        out.push_str(&format!("<tr><th>{}</th><td>{}</td></tr>\n", escaped(name), escaped(value)));
    }
    out.push_str("</table>\n");
}

/// An SVG file as an element of the page. Its identifiers get the name of the section: a page has them once.
fn inline(svg: &str, name: &str) -> String {
    let start = svg.find("<svg").unwrap_or(0);
    let svg = svg[start..].trim_end();
    svg.replace(" id=\"", &format!(" id=\"{name}-"))
        .replace("url(#", &format!("url(#{name}-"))
        .replace("href=\"#", &format!("href=\"#{name}-"))
}

/// Text that stands for itself within an element or a quoted attribute.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn sample() -> Report {
        Report {
            title: "A & B".to_owned(),
            intro: "x < y".to_owned(),
            sections: vec![Section {
                name: "one".to_owned(),
                title: "First <b>".to_owned(),
                caption: "see \"it\"".to_owned(),
                config_text: "[target]\n# a < b".to_owned(),
                figure_svg: Some(
                    "<?xml version=\"1.0\"?>\n<svg id=\"a\"><clipPath id=\"c\"/><g clip-path=\"url(#c)\"/></svg>\n"
                        .to_owned(),
                ),
                figure_file: Some("one.png".to_owned()),
                numbers: vec![("T_c".to_owned(), "3.31".to_owned())],
                csv_file: Some("one.csv".to_owned()),
                notes: vec!["a note".to_owned()],
            }],
            verdicts: vec![
                Verdict { claim: "holds".to_owned(), passed: true, ..Verdict::default() },
                Verdict { claim: "does not".to_owned(), measured: "3 > 2".to_owned(), ..Verdict::default() },
            ],
            provenance: vec![("program".to_owned(), "collapsar".to_owned())],
        }
    }

    #[test]
    fn everything_is_there_once_escaped_and_closed() {
        let page = html(&sample());
        for text in [
            "A &amp; B",
            "x &lt; y",
            "First &lt;b&gt;",
            "see &quot;it&quot;",
            "# a &lt; b",
            "3 &gt; 2",
            "1 failed",
            "a note",
        ] {
            assert!(page.contains(text), "{text}");
        }
        for tag in
            ["html", "head", "body", "section", "figure", "table", "details", "ul", "nav", "tr", "td", "svg", "pre"]
        {
            let opened = page.matches(&format!("<{tag}>")).count() + page.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, page.matches(&format!("</{tag}>")).count(), "{tag}");
        }
        assert!(page.contains("id=\"one-c\"") && page.contains("url(#one-c)"));
        assert!(
            !page.contains("<?xml") && !page.contains("http:") && !page.contains("https:") && !page.contains("<script")
        );
    }
}
