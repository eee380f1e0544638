//! Configurations: what is refused and in which words, what is defaulted, and that a resolved run resolves to itself.

mod support;

use std::path::Path;

use collapsar::config::{
    BifurcationRun, BoundaryRun, CollapseRun, ConfigError, DensityRun, DesignRun, Document, ExperimentConfig, FlowRun,
    MeanFieldRun, Origin, Override, PortraitRun, SolveRun, SweepConfig, Verb,
};
use collapsar::theory::{Rules, ScheduleKind};
use support::configs::{BASE, DOZEN, LAW};
use support::refusals::{KEYS, VALUES};

fn document(text: &str, overrides: &[Override]) -> Result<Document, ConfigError> {
    Document::parse("case.toml", text, overrides)
}

fn parse(text: &str) -> Result<SolveRun, String> {
    document(text, &[]).and_then(|document| SolveRun::resolve(&document)).map_err(|error| error.to_string())
}

fn refusal(text: &str) -> String {
    match parse(text) {
        Ok(run) => panic!("accepted: {text}\n{run:?}"),
        Err(error) => error,
    }
}

fn with_override(text: &str, given: &str) -> Result<SolveRun, String> {
    let document = document(text, &[Override(given.to_owned())]);
    document.and_then(|document| SolveRun::resolve(&document)).map_err(|error| error.to_string())
}

#[test]
fn values_are_refused_with_key_value_rule_and_line() {
    for (from, to, expected) in VALUES {
        assert!(BASE.contains(from), "{from}");
        assert_eq!(refusal(&BASE.replace(from, to)), format!("case.toml, {expected}"), "{to}");
    }
}

/// What a tool reads off a refusal: the place, the key, its value and the rule.
#[test]
fn refusals_have_fields_for_tools() {
    let fields = |text: &str| {
        let error = document(text, &[]).and_then(|document| SolveRun::resolve(&document)).unwrap_err();
        let parts = [error.key(), error.value(), error.rule()].map(|part| part.unwrap_or_default().to_owned());
        (error.origin, parts)
    };
    let texts = |key: &str, value: &str, rule: &str| [key, value, rule].map(str::to_owned);
    let cases = [
        // By a resolver, and by the theory.
        ("times = [1.0, 5.0]", "max_steps = 0", 14, texts("solve.max_steps", "0", "be at least 1")),
        ("duration = 5.0", "duration = -2.5", 9, texts("schedule.duration", "-2.5", "be positive and finite")),
        // Neither key nor section exists: nothing to obey.
        ("times =", "time =", 14, texts("solve.time", "", "")),
        ("[solve]", "[sovle]", 13, texts("sovle", "", "")),
        ("kind = \"geometric\"", "kind = \"quench\"\nrate = 2.0", 8, texts("schedule.rate", "2.0", "")),
        ("[target]", "[target", 1, texts("", "", "")),
    ];
    for (from, to, line, expected) in cases {
        assert_eq!(fields(&BASE.replacen(from, to, 1)), (Origin::Line(line), expected), "{to}");
    }
    assert_eq!(fields(""), (Origin::Absent, texts("target.separation", "", "")));
}

#[test]
fn laws_are_refused_with_key_value_rule_and_line() {
    let cases = [
        ("dimension = 5", "dimension = 0", "line 7: `start.dimension` is 0: it must be at least 1"),
        (
            "dimension = 5",
            "dimension = -1",
            "line 7: `start.dimension` is -1: it must be an integer that is not negative",
        ),
        (
            "dimension = 5",
            "dimension = 5.0",
            "line 7: `start.dimension` is 5.0: it must be an integer that is not negative",
        ),
        ("scale = 0.1", "scale = 0", "line 8: `start.scale` is 0: it must be positive and finite"),
        ("scale = 0.1", "scale = -0.1", "line 8: `start.scale` is -0.1: it must be positive and finite"),
        ("seed = 3", "seed = -3", "line 9: `start.seed` is -3: it must be an integer that is not negative"),
        (
            "seed = 3",
            "seed = 99999999999999999999",
            "line 9: `start.seed` is a number too large: it must be an integer that is not negative",
        ),
        (
            "separation = 2.0",
            "means = [[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]]",
            "line 7: `start.dimension` is 5: it must be at least the dimension of the modes, 6",
        ),
        (
            "preset = \"free\"",
            "preset = \"paper\"",
            "line 8: `start.scale` has no meaning here: means on the sphere start uniform on it",
        ),
        (
            "seed = 3",
            "means = [[1.0], [2.0]]",
            "line 7: `start.dimension` has no meaning here: `start.means` is an explicit start",
        ),
        (
            "seed = 3",
            "variance = 2.0",
            "line 9: `start.variance` has no meaning here: only a trained variance has an initial value of its own",
        ),
    ];
    for (from, to, expected) in cases {
        assert_eq!(refusal(&LAW.replace(from, to)), format!("case.toml, {expected}"), "{to}");
    }
    assert_eq!(
        refusal(&LAW.replace("scale = 0.1\n", "")),
        "case.toml: `start.scale` is missing: free means start as N(0, scale^2 I)"
    );
}

#[test]
fn keys_are_refused_with_a_suggestion_and_line() {
    for (from, to, expected) in KEYS {
        assert_eq!(refusal(&BASE.replacen(from, to, 1)), format!("case.toml, {expected}"), "{to}");
    }
    let nowhere = refusal(&BASE.replace("[solve]", "[zzz]"));
    assert!(nowhere.starts_with("case.toml, line 13: unknown section `zzz`: known are target, family, "), "{nowhere}");
    assert_eq!(refusal("solve = 3"), "case.toml, line 1: `solve` is 3: it must be a section, written [solve]");
}

#[test]
fn what_is_missing_is_named() {
    let cases = [
        ("", "`target.separation` is missing: give it, or the modes as `target.means`"),
        ("[target]\nseparation = 1", "`start.means` is missing: give initial means, or a law by `start.dimension`"),
        (
            "[target]\nseparation = 1\n[schedule]\nduration = 1\n[start]\nmeans = [[1.0]]",
            "`schedule.kind` is missing: say which schedule the other keys belong to, for example kind = \"geometric\"",
        ),
        (
            "[target]\nseparation = 1\n[schedule]\nkind = \"quench\"\nduration = 1\n[start]\nmeans = [[1.0]]",
            "`schedule.initial_temperature` is missing: a schedule of kind \"quench\" needs it",
        ),
        (
            "[target]\nseparation = 1\n[schedule]\nkind = \"table\"\ntimes = [1.0]\n[start]\nmeans = [[1.0]]",
            "`schedule.temperatures` is missing: a schedule of kind \"table\" needs it",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(refusal(text), format!("case.toml: {expected}"));
    }
}

#[test]
fn the_sphere_needs_one_positive_radius_and_a_direction() {
    let sphere = "`family.means` is sphere: it must be free unless all modes have one common positive norm, \
                  the radius of the sphere";
    let paper = BASE.replace("\"free\"", "\"paper\"");
    assert_eq!(refusal(&paper.replace("separation = 3.0", "separation = 0")), format!("case.toml, line 5: {sphere}"));
    assert_eq!(
        refusal(
            &BASE
                .replace("separation = 3.0", "means = [[1.0, 0.0], [2.0, 0.0]]")
                .replace("preset = \"free\"", "means = \"sphere\"")
        ),
        format!("case.toml, line 5: {sphere}")
    );
    assert_eq!(
        refusal(&paper.replace("[0.3, 0.8]", "[0, 0]")),
        "case.toml, line 12: `start.means` is a mean at the origin: it must not be 0: it is scaled to the sphere"
    );
}

#[test]
fn overrides_replace_add_and_are_named_in_errors() {
    assert_eq!(with_override(BASE, "schedule.duration=7").unwrap().problem.schedule.duration, Some(7.0));
    assert_eq!(
        with_override(BASE, "solve.engine=diffsol").unwrap(),
        with_override(BASE, "solve.engine = \"diffsol\"").unwrap()
    );
    assert_eq!(
        with_override("", "target.separation=1").unwrap_err(),
        "case.toml: `start.means` is missing: give initial means, or a law by `start.dimension`"
    );
    let cases = [
        ("target", "an override must read key=value, for example schedule.duration=20"),
        ("target=3", "the key must be dotted, section.key, for example schedule.duration"),
        ("target.separation=", "`target.separation` is \"\": it must be a finite number"),
        ("target.separation=nan", "`target.separation` is NaN: it must be a finite number"),
        ("target.seperation=1", "unknown key in [target] `seperation`: did you mean `separation`?"),
        ("targt.separation=1", "unknown section `targt`: did you mean `target`?"),
        (
            "solve.times=[2,1]",
            "`solve.times` is [2, 1]: it must hold at least one time, none negative, strictly increasing",
        ),
        ("family.weights=[0.5,0.4]", "`family.weights` is [0.5, 0.4] (sum 0.9): it must sum to 1 within 1e-6"),
    ];
    for (given, expected) in cases {
        assert_eq!(with_override(BASE, given).unwrap_err(), format!("--set {given}: {expected}"));
    }
}

#[test]
fn defaults_are_the_free_preset_without_annealing() {
    let run = parse("[target]\nseparation = 2\n[start]\nmeans = [[1.0], [2.0], [3.0]]").unwrap();
    let family = &run.problem.family;
    assert_eq!(family.rules(), Rules::FREE);
    assert_eq!((run.problem.target.weights.clone(), family.weights.len()), (vec![0.5, 0.5], 3));
    assert_eq!(
        (run.problem.schedule.kind, run.problem.schedule.initial_temperature),
        (ScheduleKind::Constant, Some(1.0))
    );
    assert_eq!((run.solve.times.len(), run.solve.times[0], run.solve.times[60]), (61, 0.0, 30.0));
    let paper = parse(&BASE.replace("\"free\"", "\"paper\"")).unwrap().problem.family;
    assert_eq!(paper.rules(), Rules::PAPER);
    // The words of a record are those of the configuration.
    let words = serde_json::to_value(&paper).unwrap();
    let keys = ["means", "variance", "train_weights", "clock", "metric", "tempering"];
    let words = keys.map(|key| words[key].as_str().unwrap());
    assert_eq!(words, ["sphere", "trained", "no", "free-energy", "euclidean", "density"]);
}

/// A resolved run, written as TOML, is a configuration that resolves to the same run.
fn fixed<R: serde::Serialize + PartialEq + std::fmt::Debug>(run: &R, resolve: fn(&Document) -> Result<R, ConfigError>) {
    let written = toml::to_string(run).unwrap();
    assert_eq!(&resolve(&document(&written, &[]).unwrap()).unwrap(), run, "{written}");
}

fn resolves_to_itself<R: serde::Serialize + PartialEq + std::fmt::Debug>(
    document: &Document,
    resolve: fn(&Document) -> Result<R, ConfigError>,
) {
    fixed(&resolve(document).unwrap(), resolve);
}

/// What the verb of a configuration reads; a grid's points if it has one, a run of the closed flow unless it says more.
fn round_trip(text: &str) {
    let document = document(text, &[]).unwrap();
    if text.contains("[sweep]") {
        let sweep = SweepConfig::resolve(document).unwrap();
        return (0..sweep.len()).for_each(|index| fixed(&sweep.point(index).unwrap(), CollapseRun::resolve));
    }
    match ExperimentConfig::resolve(&document).unwrap().map_or(Verb::Solve, |experiment| experiment.verb) {
        Verb::Solve => resolves_to_itself(&document, SolveRun::resolve),
        Verb::Bifurcate => resolves_to_itself(&document, BifurcationRun::resolve),
        Verb::Boundary => resolves_to_itself(&document, BoundaryRun::resolve),
        Verb::Probability | Verb::Sweep => resolves_to_itself(&document, CollapseRun::resolve),
        Verb::Design => resolves_to_itself(&document, DesignRun::resolve),
        Verb::Density => resolves_to_itself(&document, DensityRun::resolve),
        Verb::Portrait => resolves_to_itself(&document, PortraitRun::resolve),
        Verb::RealNvp => resolves_to_itself(&document, FlowRun::resolve),
        Verb::MeanField => resolves_to_itself(&document, MeanFieldRun::resolve),
    }
}

#[test]
fn resolved_runs_resolve_to_themselves() {
    round_trip(BASE);
    round_trip(LAW);
    for text in DOZEN {
        round_trip(text);
    }
}

#[test]
fn committed_and_documented_configurations_resolve_to_themselves() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut count = 0;
    let entries = ["configs", "configs/long"].map(|folder| std::fs::read_dir(root.join(folder)).unwrap());
    for entry in entries.into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "toml") {
            round_trip(&std::fs::read_to_string(&path).unwrap());
            count += 1;
        }
    }
    assert!(count > 30, "{count} configurations");
    for name in ["README.md", "figures/README.md"] {
        let text = std::fs::read_to_string(root.join(name)).unwrap();
        let samples: Vec<&str> = text.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
        assert!(!samples.is_empty(), "{name} shows a configuration");
        samples.into_iter().for_each(round_trip);
    }
}

/// The published counts of the configuration are those of the reference file.
#[test]
fn published_counts_are_those_of_the_reference() {
    let gaussian = include_str!("reference/published_grid.json");
    let flows = include_str!("reference/published_realnvp.json");
    for (name, reference) in [("published.toml", gaussian), ("realnvp-map.toml", flows)] {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs").join(name);
        let text = std::fs::read_to_string(path).unwrap();
        let sweep = SweepConfig::resolve(Document::parse(name, &text, &[]).unwrap()).unwrap();
        let counts = sweep.published().unwrap();
        let reference: serde_json::Value = serde_json::from_str(reference).unwrap();
        let cells = reference["cells"].as_array().unwrap();
        assert_eq!(counts.cells.len(), cells.len());
        for (ours, theirs) in counts.cells.iter().zip(cells) {
            let number = |i: usize| theirs[i].as_f64().unwrap();
            // T0 = 1/beta_i to its six printed digits, t0 = 0.05 steps.
            assert!((ours[0] * number(0) - 1.0).abs() < 1e-5 && (ours[1] - 0.05 * number(1)).abs() < 1e-12, "{ours:?}");
            assert_eq!(ours[2..], [number(2), number(3)]);
        }
    }
}
