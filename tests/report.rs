//! Reports: everything said is there, escaped; the page stands alone and is well formed.

use collapsar::figures::{Axis, Figure, Grid, Heatmap, Panel, Series, render_svg};
use collapsar::report::{JudgedClaim, Provenance, ReportPage, ReportSection, ReportTable, html, markdown};

/// A picture with text, markers and an embedded bitmap.
fn picture() -> String {
    let grid = Grid::new([0.0, 1.0], [0.0, 1.0], [1.0, 2.0, 3.0, 4.0]).unwrap();
    let panel = Panel::new(Axis::linear("a < b & \"c\""), Axis::linear("*y*"))
        .with(Series::heatmap(Heatmap::new(grid).bar("*P*_c")))
        .with(Series::line(&[0.0, 1.0], &[0.0, 1.0]));
    render_svg(&Figure::one_column().row([panel])).unwrap()
}

fn report() -> ReportPage {
    let section = |name: &str, title: &str| ReportSection {
        explorer: String::new(),
        name: name.into(),
        title: title.into(),
        caption: "Solid: P_c < 1/2; <b>dashed</b>: formula & \"limit\".".into(),
        config_text: "[target]\nseparation = 3.0 # R < 4 & more\n".into(),
        figure_svg: picture(),
        figure_file: format!("figures/{name}.png"),
        numbers: vec![("P_c | exact".into(), "0.119 ± 1e-6".into()), ("R*".into(), "<3>".into())],
        csv_file: format!("{name}.csv"),
        table: ReportTable {
            columns: vec!["run".into(), "a | b".into()],
            rows: vec![vec!["<1>".into(), "0.5".into()], vec!["2".into(), String::new()]],
        },
        notes: vec!["A note with 'quotes'.".into()],
    };
    ReportPage {
        title: "Collapse & <annealing>".into(),
        intro: "First paragraph.\n\nSecond <script>alert(1)</script> paragraph.".into(),
        sections: vec![section("grid one", "The grid"), section("portrait", "Phase portrait")],
        verdicts: vec![
            JudgedClaim {
                claim: "T_c(3) = 3.313".into(),
                expected: "3.3129993482".into(),
                measured: "3.3129993".into(),
                passed: true,
                note: "|difference| < 1e-8".into(),
            },
            JudgedClaim {
                claim: "counts agree".into(),
                expected: "p > 0.01".into(),
                measured: "p = 0.004".into(),
                passed: false,
                note: "see <b>".into(),
            },
        ],
        provenance: Provenance {
            version: "0.1.0".into(),
            command: "collapsar reproduce --out \"a b\"".into(),
            seed: "1".into(),
            details: vec![("threads".into(), "2".into())],
        },
    }
}

/// Elements of HTML without an end tag.
const VOID: [&str; 4] = ["!doctype", "meta", "link", "br"];

/// Checks that every start tag has its end tag, in order; returns the start tags.
fn balanced(page: &str) -> Vec<String> {
    let (mut open, mut tags): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        let end = at + rest[at..].find('>').expect("every < begins a tag: the rest is escaped");
        let tag = &rest[at + 1..end];
        rest = &rest[end + 1..];
        let name: String =
            tag.trim_start_matches('/').chars().take_while(|c| !c.is_whitespace() && *c != '/').collect();
        let name = name.to_lowercase();
        if tag.starts_with('/') {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "</{name}> closes another element");
        } else {
            if !tag.ends_with('/') && !VOID.contains(&name.as_str()) {
                open.push(name);
            }
            tags.push(tag.to_owned());
        }
    }
    assert_eq!(open, [""; 0], "elements are left open");
    tags
}

#[test]
fn the_page_is_well_formed_and_says_everything() {
    let report = report();
    let page = html(&report);
    let tags = balanced(&page);
    assert!(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    for text in [
        "<h1>Collapse &amp; &lt;annealing&gt;</h1>",
        "<p>First paragraph.</p>",
        "<p>Second &lt;script&gt;alert(1)&lt;/script&gt; paragraph.</p>",
        "<h2>The grid</h2>",
        "<h2>Phase portrait</h2>",
        "&lt;b&gt;dashed&lt;/b&gt;: formula &amp; &quot;limit&quot;.",
        "separation = 3.0 # R &lt; 4 &amp; more",
        "<th scope=\"row\">P_c | exact</th><td>0.119 ± 1e-6</td>",
        "A note with &#39;quotes&#39;.",
        "<code>portrait.csv</code>",
        "1 of 2 claims hold",
        "class=\"badge pass\">✓ pass<",
        "<thead><tr><th>run</th><th>a | b</th></tr></thead>",
        "<tr><td>&lt;1&gt;</td><td>0.5</td></tr>",
        "class=\"badge fail\">✗ fail<",
        "<td>|difference| &lt; 1e-8</td>",
        "collapsar reproduce --out &quot;a b&quot;",
        "<th scope=\"row\">threads</th><td>2</td>",
        "prefers-color-scheme: dark",
    ] {
        assert!(page.contains(text), "{text} is missing");
    }
    assert_eq!(tags.iter().filter(|tag| tag.starts_with("svg ")).count(), 2);
    assert!(!tags.iter().any(|tag| tag.starts_with("script")), "a text became an element");
}

#[test]
fn the_page_stands_alone() {
    let page = html(&report());
    assert!(!page.contains("http"), "an address");
    for tag in balanced(&page) {
        for attribute in ["src=\"", "href=\""] {
            for (at, _) in tag.match_indices(attribute) {
                let value = &tag[at + attribute.len()..];
                assert!(
                    ["#", "data:image/png;base64,", "data:,\""].iter().any(|own| value.starts_with(own)),
                    "{attribute}{value:.40}"
                );
            }
        }
        // An empty icon keeps browsers from asking for one; no other link is wanted.
        assert!(!tag.starts_with("link") || tag == "link rel=\"icon\" href=\"data:,\"", "{tag}");
        assert!(!tag.starts_with("script") && !tag.starts_with("iframe"), "{tag}");
    }
    // Links within the page have their places, and no place has two names.
    let mut places: Vec<&str> = page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    for link in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(places.contains(&link), "#{link} leads nowhere");
    }
    let count = places.len();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), count, "an identifier is given twice");
}

#[test]
fn what_is_empty_leaves_no_trace() {
    for page in [
        html(&ReportPage::default()),
        html(&ReportPage { sections: vec![ReportSection::default()], ..ReportPage::default() }),
    ] {
        balanced(&page);
        for word in ["Verdicts", "Provenance", "<table>", "<figure>", "<details>"] {
            assert!(!page.contains(word), "{word}");
        }
    }
    let broken = ReportSection { figure_svg: "</svg><svg".into(), ..ReportSection::default() };
    balanced(&html(&ReportPage { sections: vec![broken], ..ReportPage::default() }));
    assert_eq!(markdown(&ReportPage::default()), "# \n");
}

#[test]
fn the_twin_says_the_same_beside_its_pictures() {
    let text = markdown(&report());
    for part in [
        "# Collapse & \\<annealing\\>\n\nFirst paragraph.\n\nSecond \\<script\\>",
        "1 of 2 claims hold: see the end.",
        "| pass | T\\_c(3) = 3.313 | 3.3129993482 | 3.3129993 | \\|difference\\| \\< 1e-8 |\n| **fail** | counts agree |",
        "## The grid\n\n![The grid](figures/grid%20one.png)\n\n*Solid: P\\_c \\< 1/2;",
        "![Phase portrait](figures/portrait.png)",
        "| P\\_c \\| exact | 0.119 ± 1e-6 |",
        "Numbers behind the figure: [portrait.csv](portrait.csv)",
        "```toml\n[target]\nseparation = 3.0 # R < 4 & more\n```",
        "| seed | 1 |\n| threads | 2 |",
    ] {
        assert!(text.contains(part), "{part} is missing:\n{text}");
    }
    assert!(!text.contains("<svg") && !text.contains("http"));
    let ticks = ReportSection { config_text: "a = \"````\"".into(), ..ReportSection::default() };
    let text = markdown(&ReportPage { sections: vec![ticks], ..ReportPage::default() });
    assert!(text.contains("`````toml\na = \"````\"\n`````"), "{text}");
}
