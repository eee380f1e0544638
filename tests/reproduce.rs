//! `collapsar reproduce`: what it runs, keeps, restores, judges and refuses.

mod support;

use std::path::{Path, PathBuf};
use std::process::Output;

use serde_json::Value;
use support::program::{FAILED, SUCCESS, code, collapsar, refused, text};

const SOLVE: &str = "[target]\nseparation = 3.0\n[family]\npreset = \"free\"\n[schedule]\nkind = \"constant\"\n\
    initial_temperature = 1.0\n[start]\nmeans = [[0.9, 0.4], [0.3, -0.2]]\n[solve]\ntimes = [0.0, 20.0]\n\
    [experiment]\nverb = \"solve\"\norder = 2\ntitle = \"One run\"\ncaption = \"Both means end on one mode.\"\n\
    quick = [\"solve.times=[0.0, 10.0]\"]\n\
    [[experiment.checks]]\nclaim = \"it collapses\"\nvalue = \"/collapsed\"\nequals = 1\ntolerance = 0\n\
    [[experiment.checks]]\nclaim = \"it is followed to t = 20\"\nvalue = \"/times/1\"\nat_least = 20\nfull = true\n";

const SWEEP: &str = "[target]\nseparation = 3.0\n[family]\npreset = \"free\"\n[schedule]\nkind = \"exponential\"\nrate = 0.3\n\
    [start]\ndimension = 1\nscale = 1.0\nseed = 3\n[exact]\ntolerance = 1e-3\n[montecarlo]\nsamples = 2000\n\
    [sweep]\nroutes = [\"exact\", \"montecarlo\"]\nschedule.initial_temperature = [1.0, 5.0]\n\
    [plot.heat]\nkind = \"curves\"\nx = \"schedule.initial_temperature\"\ntitle = \"Heat\"\n\
    [experiment]\nverb = \"sweep\"\norder = 1\ntitle = \"A grid\"\ncaption = \"Heat prevents collapse.\"\n\
    quick = [\"montecarlo.samples=500\"]\n\
    [[experiment.checks]]\nclaim = \"exact and counted values agree\"\nvalue = \"/agreement/chi_square_p\"\nat_least = 1e-4\n";

/// Everything that a run of both leaves; the joint agreement is made anew each time.
const OUTPUTS: [&str; 10] = [
    "one.csv",
    "one.json",
    "one.png",
    "one.svg",
    "grid.csv",
    "grid.json",
    "grid-heat.png",
    "grid-heat.svg",
    "report.html",
    "report.md",
];

/// A folder with both configurations in `configs`.
fn workplace() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("configs")).unwrap();
    write(folder.path(), "one", SOLVE);
    write(folder.path(), "grid", SWEEP);
    folder
}

fn write(folder: &Path, name: &str, config: &str) {
    std::fs::write(folder.join(format!("configs/{name}.toml")), config).unwrap();
}

fn reproduce(folder: &Path, extra: &[&str]) -> Output {
    let (configs, out) = (folder.join("configs"), folder.join("out"));
    let base = ["reproduce", "--configs", configs.to_str().unwrap(), "--out", out.to_str().unwrap()];
    collapsar(&[base.as_slice(), extra].concat())
}

/// The words of a run that succeeds.
fn words(folder: &Path, extra: &[&str]) -> String {
    let output = reproduce(folder, extra);
    assert_eq!(code(&output), SUCCESS, "{}", text(&output.stderr));
    text(&output.stdout)
}

fn outputs(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    OUTPUTS
        .iter()
        .map(|name| folder.join("out").join(name))
        .map(|path| (path.clone(), std::fs::read(path).unwrap()))
        .collect()
}

fn markdown(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("out/report.md")).unwrap()
}

fn record(folder: &Path, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(folder.join(format!("out/{name}.json"))).unwrap()).unwrap()
}

#[test]
fn what_is_there_is_kept_and_what_is_missing_is_restored_byte_for_byte() {
    let folder = workplace();
    let folder = folder.path();
    let first = words(folder, &[]);
    assert!(first.contains("2 experiments (0 unchanged), ") && first.contains(" 0 failed"), "{first}");
    let before = outputs(folder);
    let report = markdown(folder);
    let place = |words: &str| report.find(words).unwrap_or_else(|| panic!("`{words}` in {report}"));
    assert!(place("Heat") < place("One run") && place("it collapses") > 0, "the order of the report");
    let again = words(folder, &[]);
    assert!(again.contains("2 experiments (2 unchanged), "), "{again}");
    assert!(!again.contains(" 1/2 ") && before == outputs(folder), "{again}");
    for name in ["one.svg", "grid-heat.png", "one.json"] {
        std::fs::remove_file(folder.join("out").join(name)).unwrap();
        let restored = words(folder, &[]);
        assert!(restored.contains("(1 unchanged)"), "{name}: {restored}");
        assert!(before == outputs(folder), "{name} is not what it was");
    }
    let forced = words(folder, &["--force"]);
    assert!(forced.contains("(0 unchanged)") && before == outputs(folder), "{forced}");
}

#[test]
fn experiments_are_linked_to_the_explorer_where_it_is_named() {
    let folder = workplace();
    let folder = folder.path();
    words(folder, &["--only", "one"]);
    let page = || std::fs::read_to_string(folder.join("out/report.html")).unwrap();
    assert!(!page().contains("explorer"));
    words(folder, &["--only", "one", "--explorer", "page.html"]);
    let link = "href=\"page.html#view=configuration&amp;verb=solve&amp;toml=%5Btarget%5D%0Aseparation%20%3D%203.0%0A";
    assert!(page().contains(link), "{}", page());
    assert!(markdown(folder).contains("(<page.html#view=configuration&verb=solve&toml="), "{}", markdown(folder));
    // Beside the report it is found.
    std::fs::write(folder.join("out/collapsar.html"), "").unwrap();
    words(folder, &["--only", "one"]);
    assert!(page().contains("href=\"collapsar.html#view=configuration&amp;verb=solve&amp;toml="), "{}", page());
}

#[test]
fn a_changed_value_runs_its_experiment_only() {
    let folder = workplace();
    let folder = folder.path();
    words(folder, &["--quiet"]);
    let grid = std::fs::read(folder.join("out/grid.json")).unwrap();
    write(folder, "one", &SOLVE.replace("times = [0.0, 20.0]", "times = [0.0, 25.0]"));
    let told = words(folder, &[]);
    assert!(told.contains("(1 unchanged)") && told.contains("2/2 one") && !told.contains("1/2 grid"), "{told}");
    assert_eq!(record(folder, "one")["times"][1].as_f64(), Some(25.0));
    assert!(grid == std::fs::read(folder.join("out/grid.json")).unwrap());
}

#[test]
fn a_claim_that_fails_is_told_in_the_report_and_by_the_exit_code() {
    let folder = workplace();
    let folder = folder.path();
    for (value, measured) in [("/steps/accepted", ""), ("/no/such", "nothing at /no/such")] {
        write(folder, "one", &SOLVE.replace("value = \"/collapsed\"", &format!("value = \"{value}\"")));
        let output = reproduce(folder, &["--only", "one"]);
        let told = text(&output.stdout);
        assert_eq!(code(&output), FAILED, "{told}");
        assert!(told.contains("2 checks, 1 failed") && told.contains("failed      it collapses: "), "{told}");
        assert!(text(&output.stderr).contains("1 of 2 checks failed"), "{}", text(&output.stderr));
        let report = markdown(folder);
        let row = report.lines().find(|line| line.starts_with('|') && line.contains("it collapses")).unwrap();
        assert!(row.contains("fail") && row.contains(measured), "{row}");
        assert!(report.contains("1 of 2 claims hold"), "{report}");
    }
}

#[test]
fn only_the_named_experiments_run() {
    let folder = workplace();
    let folder = folder.path();
    let told = words(folder, &["--only", "one"]);
    assert!(told.contains("1 experiments (0 unchanged), 2 checks") && folder.join("out/one.json").exists(), "{told}");
    assert!(!folder.join("out/grid.json").exists());
    let message = refused(&reproduce(folder, &["--only", "two"]));
    assert!(message.contains("--only two: no such experiment; known are grid, one"), "{message}");
}

#[test]
fn a_configuration_without_the_section_is_refused_by_name() {
    let folder = workplace();
    let folder = folder.path();
    write(folder, "bare", &SOLVE[..SOLVE.find("[experiment]").unwrap()]);
    let message = refused(&reproduce(folder, &[]));
    assert!(message.contains("bare.toml") && message.contains("[experiment]"), "{message}");
    assert!(!folder.join("out").exists(), "nothing is run before all configurations are read");
    std::fs::remove_dir_all(folder.join("configs")).unwrap();
    let message = refused(&reproduce(folder, &[]));
    assert!(message.contains("cannot read the folder") && message.contains("configs"), "{message}");
}

#[test]
fn the_quick_setting_overrides_leaves_out_and_says_so() {
    let folder = workplace();
    let folder = folder.path();
    let told = words(folder, &["--quick"]);
    assert!(told.contains("2 experiments (0 unchanged), 4 checks"), "the claim for the full size is left out: {told}");
    assert_eq!(record(folder, "one")["times"][1].as_f64(), Some(10.0));
    let report = markdown(folder);
    assert!(
        report.contains("This is the quick setting") && report.contains("quick: smaller samples and grids"),
        "{report}"
    );
    // Quick results are not taken for full ones.
    let full = words(folder, &[]);
    assert!(full.contains("(0 unchanged), 5 checks"), "{full}");
    assert_eq!(record(folder, "one")["times"][1].as_f64(), Some(20.0));
    assert!(!markdown(folder).contains("quick setting"));
}
