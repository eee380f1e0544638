//! What the documents and the help say is so: paths exist, commands parse, configurations resolve, outputs are printed.

mod support;

use std::path::{Path, PathBuf};

use collapsar::commands::command;
use collapsar::config::{Document, Override};
use collapsar::studies::{
    Bifurcate, Boundary, Density, Design, Diagnose, MeanField, Portrait, Probability, RealNvp, Solve, Study, Sweep,
};
use support::program::{SUCCESS, code, collapsar, path, text};

const DOCUMENTS: [&str; 6] =
    ["README.md", "figures/README.md", "src/README.md", "theory/README.md", "benches/README.md", "CHANGELOG.md"];
/// A front page is read at once.
const MOST_LINES: usize = 150;
/// What the examples of the front page must show, beside others.
const SHOWN: [&str; 2] = [
    "$ collapsar solve configs/free-pair.toml --set schedule.initial_temperature=1\n",
    "$ collapsar design configs/design-sphere.toml --set 'design.schedules=[\"geometric\",\"hold\"]'\n",
];

type Resolve = fn(&Document) -> Result<(), String>;

/// Every study: its verb, its question, and the reading of its configuration.
const STUDIES: [(&str, &str, Resolve); 11] = [
    study::<Solve>(),
    study::<Bifurcate>(),
    study::<Boundary>(),
    study::<Probability>(),
    study::<Sweep>(),
    study::<Design>(),
    study::<Density>(),
    study::<Portrait>(),
    study::<RealNvp>(),
    study::<MeanField>(),
    study::<Diagnose>(),
];

const fn study<S: Study>() -> (&'static str, &'static str, Resolve) {
    (S::NAME, S::QUESTION, resolve::<S>)
}

fn resolve<S: Study>(document: &Document) -> Result<(), String> {
    S::resolve(document).map(drop).map_err(|error| error.to_string())
}

/// A document, or the help of a verb.
struct Text {
    name: String,
    /// What relative links start from; nothing in a help text, whose every line may be a command.
    folder: Option<PathBuf>,
    words: String,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn document(name: &str) -> Text {
    let file = root().join(name);
    let words = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{name}: {error}"));
    Text { name: name.to_owned(), folder: file.parent().map(Path::to_owned), words }
}

fn texts() -> Vec<Text> {
    let verbs = command();
    let help = |verb: &str| {
        let output = if verb.is_empty() { collapsar(&["--help"]) } else { collapsar(&[verb, "--help"]) };
        assert_eq!(code(&output), SUCCESS, "{verb} --help");
        Text { name: format!("{verb} --help"), folder: None, words: text(&output.stdout) }
    };
    let helps = [""].into_iter().chain(verbs.get_subcommands().map(|verb| verb.get_name())).map(help);
    DOCUMENTS.iter().map(|name| document(name)).chain(helps).collect()
}

/// The contents of the fenced blocks in a language.
fn blocks<'a>(words: &'a str, language: &str) -> Vec<&'a str> {
    let fence = format!("```{language}\n");
    let found: Vec<&str> = words.split(fence.as_str()).skip(1).filter_map(|rest| rest.split("```").next()).collect();
    found
}

impl Text {
    /// Lines of fenced blocks, and inline code; of a help text every line.
    fn code(&self) -> Vec<&str> {
        if self.folder.is_none() {
            return self.words.lines().map(str::trim).collect();
        }
        let (mut found, mut fenced) = (Vec::new(), false);
        for line in self.words.lines() {
            if line.trim_start().starts_with("```") {
                fenced = !fenced;
            } else if fenced {
                found.push(line.trim());
            } else {
                found.extend(line.split('`').skip(1).step_by(2));
            }
        }
        found
    }

    /// The words of each command line.
    fn commands(&self) -> Vec<Vec<String>> {
        self.code().into_iter().filter_map(command_line).collect()
    }

    /// The targets of links within the project.
    fn links(&self) -> Vec<&str> {
        let targets = self.words.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        targets.filter(|target| !target.contains("://") && !target.contains(char::is_whitespace)).collect()
    }

    /// Paths from the root that begin with `folder` and end with one of `endings`.
    fn paths(&self, folder: &str, endings: &[&str]) -> Vec<&str> {
        let within = |c: char| c.is_ascii_alphanumeric() || "_-./".contains(c);
        let begins = |at: usize| {
            let before = &self.words[..at];
            before.ends_with("../") || !before.ends_with(within)
        };
        let whole = |at: usize| {
            let rest = &self.words[at..];
            rest[..rest.find(|c: char| !within(c)).unwrap_or(rest.len())].trim_end_matches('.')
        };
        let found = self.words.match_indices(folder).filter(|(at, _)| begins(*at)).map(|(at, _)| whole(at));
        found.filter(|path| endings.iter().any(|end| path.ends_with(end)) && !path.contains("NAME")).collect()
    }
}

/// A command line of the program as words, without prompt, pipe, redirection and comment; nothing for other code, and for
/// one with a place for a word of the reader's.
fn command_line(code: &str) -> Option<Vec<String>> {
    let line = code.trim_start_matches("$ ");
    let line = match line.strip_prefix("cargo run --release -- ") {
        Some(rest) => format!("collapsar {rest}"),
        None => line.to_owned(),
    };
    let end = [" | ", " > ", " #"].iter().filter_map(|cut| line.find(cut)).min().unwrap_or(line.len());
    // No quoted word has a space.
    let words: Vec<String> = line[..end].split_whitespace().map(|word| word.trim_matches('\'').to_owned()).collect();
    let open = |word: &String| word.len() > 1 && word.chars().all(|c| c.is_ascii_uppercase());
    let whole = words.first().is_some_and(|word| word == "collapsar") && words.len() > 1 && !words.iter().any(open);
    // `collapsar help VERB` and `collapsar --version` end before they run anything.
    whole.then_some(words).filter(|words| words[1] != "help" && !words[1].starts_with('-'))
}

/// The anchor of a heading.
fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || " -_".contains(*c);
    heading.trim().to_lowercase().chars().filter(kept).collect::<String>().replace(' ', "-")
}

#[test]
fn links_lead_somewhere() {
    let mut count = 0;
    for document in texts() {
        let Some(folder) = &document.folder else { continue };
        for link in document.links() {
            let (file, place) = link.split_once('#').map_or((link, None), |(file, place)| (file, Some(place)));
            let target = if file.is_empty() { root().join(&document.name) } else { folder.join(file) };
            assert!(target.exists(), "{}: nothing at {link}", document.name);
            if let Some(place) = place {
                let words = std::fs::read_to_string(&target).unwrap();
                let headings = words.lines().filter(|line| line.starts_with('#'));
                let known = headings.map(|line| anchor(line.trim_start_matches('#'))).any(|name| name == place);
                assert!(known, "{}: no heading for {link}", document.name);
            }
            count += 1;
        }
    }
    assert!(count > 60, "{count} links");
}

#[test]
fn configurations_figures_and_sources_that_are_named_exist() {
    let mut count = 0;
    let exists = |name: &str, path: &str| assert!(root().join(path).exists(), "{name}: no {path}");
    for document in texts() {
        let configurations = document.paths("configs/", &[".toml"]);
        let figures = document.paths("figures/", &[".png", ".svg", ".md", ".csv"]);
        count += configurations.len() + figures.len();
        configurations.into_iter().chain(figures).for_each(|path| exists(&document.name, path));
        let roots = ["src/", "theory/", "tests/", "benches/", "examples/", ".ci/"];
        for path in document.code().into_iter().filter_map(|code| code.split_whitespace().next()) {
            if roots.iter().any(|root| path.starts_with(root)) && !path.contains(|c| "{*<".contains(c)) {
                exists(&document.name, if path.contains("NAME") { "src" } else { path });
                count += 1;
            }
        }
    }
    assert!(count > 150, "{count} paths");
}

#[test]
fn commands_parse_and_their_configurations_resolve() {
    let mut count = 0;
    for document in texts() {
        for words in document.commands() {
            let line = format!("{}: {}", document.name, words.join(" "));
            let verb = words[1].as_str();
            assert!(command().find_subcommand(verb).is_some(), "{line}: no such verb");
            // A verb by itself is a name, not a command.
            if words.len() == 2 {
                continue;
            }
            let matches = command().try_get_matches_from(&words).unwrap_or_else(|error| panic!("{line}: {error}"));
            count += 1;
            let study = if verb == "merge" { Sweep::NAME } else { verb };
            let Some((_, _, resolve)) = STUDIES.iter().find(|(name, ..)| *name == study) else { continue };
            let (_, given) = matches.subcommand().unwrap();
            let overrides = given.get_many::<String>("overrides").into_iter().flatten();
            let overrides: Vec<Override> = overrides.cloned().map(Override).collect();
            // Runs of somebody else's need no configuration.
            let file = given.get_one::<PathBuf>("config").map_or("settings", |file| path(file));
            let toml = match file {
                "settings" => String::new(),
                file => std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{line}: {error}")),
            };
            let parsed = Document::parse(file, &toml, &overrides).unwrap_or_else(|error| panic!("{line}: {error}"));
            resolve(&parsed).unwrap_or_else(|error| panic!("{line}: {error}"));
        }
    }
    assert!(count > 70, "{count} commands");
}

#[test]
fn every_verb_has_its_question_in_the_help_and_a_row_on_the_front_page() {
    let (verbs, front) = (command(), document("README.md").words);
    for (name, question, _) in STUDIES {
        let about = verbs.find_subcommand(name).and_then(|verb| verb.get_about()).map(ToString::to_string);
        assert_eq!(about.as_deref(), Some(question), "{name}");
    }
    for verb in verbs.get_subcommands().map(|verb| verb.get_name()).filter(|name| *name != "completions") {
        let row = front.lines().any(|line| line.starts_with('|') && line.contains(&format!("`{verb}`")));
        assert!(row, "no row for {verb}");
    }
}

#[test]
fn the_front_page_is_short_and_begins_with_two_commands() {
    let front = document("README.md").words;
    let lines = front.lines().count();
    assert!(lines <= MOST_LINES, "{lines} lines, at most {MOST_LINES}");
    assert_eq!(blocks(&front, "sh")[0], "cargo run --release -- reproduce\ncargo test --workspace\n");
}

#[test]
fn the_program_on_the_front_page_is_the_example() {
    let example = std::fs::read_to_string(root().join("examples/collapse.rs")).unwrap();
    let body = example.lines().skip_while(|line| line.starts_with("//!") || line.is_empty()).collect::<Vec<_>>();
    assert_eq!(blocks(&document("README.md").words, "rust"), [body.join("\n") + "\n"]);
}

#[test]
fn outputs_on_the_front_page_are_printed() {
    let front = document("README.md").words;
    let printed = |words: &[String]| {
        let folder = tempfile::tempdir().unwrap();
        let mut arguments: Vec<&str> = words[1..].iter().map(String::as_str).collect();
        arguments.extend(["--out", path(folder.path())]);
        let output = collapsar(&arguments);
        assert_eq!(code(&output), SUCCESS, "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    let all = blocks(&front, "text");
    for command in SHOWN {
        assert!(all.iter().any(|block| block.starts_with(command)), "{command} is not shown");
    }
    for block in all.into_iter().filter(|block| block.starts_with("$ collapsar ")) {
        let (line, shown) = block.split_once('\n').unwrap();
        let said = printed(&command_line(line).unwrap());
        // Time and place differ from run to run.
        let said: Vec<&str> = said.lines().filter(|l| !l.starts_with("cost ") && !l.starts_with("wrote ")).collect();
        assert_eq!(said, shown.lines().collect::<Vec<_>>(), "{line}");
    }
    let verdict = "verdict     recovered: no mode is lost, at t = 60 and in the limit";
    let annealed = command_line("collapsar solve configs/free-pair.toml").unwrap();
    assert!(front.contains(verdict) && printed(&annealed).lines().any(|line| line == verdict));
}
