//! `collapsar solve` on a configuration with `[compare]`: every variant as if it were alone, and refusals that name it.

mod support;

use support::program::{SUCCESS, code, collapsar, path, refused, text};
use support::{config_file, solve_json, solve_json_with};

const PLAIN: &str = "[target]\nseparation = 3.0\n[family]\npreset = \"free\"\n\
    [schedule]\nkind = \"constant\"\ninitial_temperature = 1.0\n\
    [start]\nmeans = [[0.9, 0.4], [0.3, -0.2]]\n[solve]\ntimes = [0.0, 5.0]\n";
const HOT: [&str; 3] = ["schedule.kind=exponential", "schedule.initial_temperature=5", "schedule.rate=0.3"];

fn compared() -> String {
    format!("{PLAIN}[compare]\n\"not annealed\" = []\nannealed = {HOT:?}\n")
}

#[test]
fn each_variant_is_what_its_overrides_give_alone() {
    let record = solve_json(&compared());
    let variants = record["variants"].as_array().unwrap();
    let labels: Vec<&str> = variants.iter().map(|v| v["label"].as_str().unwrap()).collect();
    // In the order of the text, not of the alphabet.
    assert_eq!(labels, ["not annealed", "annealed"]);
    assert_eq!((&variants[0]["collapsed"], &variants[1]["collapsed"]), (&true.into(), &false.into()));
    for (variant, alone) in variants.iter().zip([solve_json(PLAIN), solve_json_with(PLAIN, &HOT)]) {
        let mut own = variant.as_object().unwrap().clone();
        own.remove("label");
        assert_eq!(serde_json::Value::Object(own), alone);
    }
    let moved = solve_json_with(&compared(), &["solve.times=[1]"]);
    let times = moved["variants"].as_array().unwrap().iter().map(|v| v["times"][0].as_f64().unwrap());
    assert_eq!(times.collect::<Vec<_>>(), [1.0, 1.0], "an override of the command line holds for all variants");
}

#[test]
fn files_hold_all_variants() {
    let (file, folder) = (config_file(&compared()), tempfile::tempdir().unwrap());
    let output = collapsar(&["solve", path(file.path()), "--out", path(folder.path())]);
    assert_eq!((code(&output), text(&output.stderr).as_str()), (SUCCESS, ""));
    let words = text(&output.stdout);
    assert!(words.contains("variant     not annealed\n") && words.contains("verdict     collapsed"), "{words}");
    assert!(words.contains("variant     annealed\n") && words.contains("verdict     recovered"), "{words}");
    let stem = file.path().file_stem().unwrap().to_str().unwrap();
    let mut table = csv::Reader::from_path(folder.path().join(format!("{stem}.csv"))).unwrap();
    assert_eq!(table.headers().unwrap().iter().take(3).collect::<Vec<_>>(), ["variant", "time", "temperature"]);
    let rows: Vec<(String, f64)> = table
        .deserialize()
        .map(|row| {
            let row: Vec<String> = row.unwrap();
            (row[0].clone(), row[1].parse().unwrap())
        })
        .collect();
    for label in ["not annealed", "annealed"] {
        let times: Vec<f64> = rows.iter().filter(|row| row.0 == label).map(|row| row.1).collect();
        assert!(times.len() > 10 && times[0] == 0.0 && times[times.len() - 1] == 5.0, "{times:?}");
    }
    for end in ["json", "png", "svg"] {
        assert!(folder.path().join(format!("{stem}.{end}")).exists(), "{end}");
    }
}

#[test]
fn refusals_name_the_variant_and_its_line() {
    for (value, expected) in [
        ("[\"schedule.duration\"]", "schedule.duration: an override must read key=value, for example"),
        ("[\"target.seperation=1\"]", "target.seperation=1: unknown key in [target] `seperation`: did you mean"),
        ("[\"target.separation=-1\"]", "target.separation=-1: `target.separation` is -1: it must"),
        ("[\"schedule.kind=quench\"]", "`schedule.duration` is missing: a schedule of kind \"quench\" needs it"),
    ] {
        let file = config_file(&format!("{PLAIN}[compare]\nfine = []\n\"T0 = 5\" = {value}\n"));
        let message = refused(&collapsar(&["solve", path(file.path())]));
        let place = ", line 14: variant \"T0 = 5\": ";
        assert!(message.contains(place) && message.contains(expected), "{message}");
    }
    let file = config_file(&format!("{PLAIN}[compare]\nfast = \"schedule.duration=1\"\n"));
    let message = refused(&collapsar(&["solve", path(file.path())]));
    assert!(
        message.contains("line 13: `compare.fast` is \"schedule.duration=1\": it must be a list of overrides"),
        "{message}"
    );
}
