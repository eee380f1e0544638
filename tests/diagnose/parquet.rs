//! Parquet: what columns hold, and traces that say the same as in other formats.

use std::path::Path;
use std::sync::Arc;

use half::f16;
use parquet::basic::Compression;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, FixedLenByteArray, FixedLenByteArrayType, FloatType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;
use serde_json::Value;

use super::formats::{doubles, npy, npz};
use super::own::json;
use super::{read, samples};

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

/// A file of this schema whose groups of rows are written by `write`.
fn parquet(schema: &str, compression: Compression, groups: usize, write: impl Fn(usize, &mut Group<'_>)) -> Vec<u8> {
    let properties = Arc::new(WriterProperties::builder().set_compression(compression).build());
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, properties).unwrap();
    for group in 0..groups {
        let mut rows = writer.next_row_group().unwrap();
        write(group, &mut rows);
        rows.close().unwrap();
    }
    writer.into_inner().unwrap()
}

/// Writes the next column of a group.
macro_rules! column {
    ($rows:expr, $kind:ty, $values:expr, $levels:expr) => {{
        let mut column = $rows.next_column().unwrap().unwrap();
        column.typed::<$kind>().write_batch($values, $levels, None).unwrap();
        column.close().unwrap();
    }};
}

#[test]
fn nulls_and_row_groups() {
    let schema =
        "message runs { REQUIRED DOUBLE x_1; OPTIONAL FLOAT x_2; OPTIONAL FIXED_LEN_BYTE_ARRAY(2) x_3 (FLOAT16); }";
    for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY] {
        let bytes = parquet(schema, compression, 2, |group, rows| {
            column!(rows, DoubleType, &[group as f64, 1.5, 2.5], None);
            // The second is missing.
            column!(rows, FloatType, &[7.0, 8.0], Some(&[1, 0, 1]));
            let half = |v: f32| FixedLenByteArray::from(f16::from_f32(v).to_le_bytes().to_vec());
            column!(rows, FixedLenByteArrayType, &[half(-0.5), half(65504.0)], Some(&[1, 0, 1]));
        });
        let found = read("a.parquet", bytes).unwrap();
        let row = |x: f64| [x, 7.0, -0.5];
        assert_eq!(samples(&found[0]).points, [row(0.0), [2.5, 8.0, 65504.0], row(1.0), [2.5, 8.0, 65504.0]].concat());
        assert_eq!(samples(&found[0]).incomplete, 2);
    }
    let schema = "message runs { REQUIRED FIXED_LEN_BYTE_ARRAY(2) x_1; }";
    let bytes = parquet(schema, Compression::UNCOMPRESSED, 1, |_, rows| {
        column!(rows, FixedLenByteArrayType, &[FixedLenByteArray::from(vec![0, 1])], None);
    });
    let error = read("a.parquet", bytes).unwrap_err();
    assert!(error.contains("numbers of this type: they must be real"), "{error}");
}

/// Names, and rows of a trace: two components in the plane go to modes 6 apart, or both to the first, while it cools.
fn trace(run: usize) -> (Vec<String>, Vec<Vec<f64>>) {
    let names = ["t", "T", "w_1", "w_2", "mu_1[1]", "mu_1[2]", "mu_2[1]", "mu_2[2]", "var_1", "var_2"];
    let sign = if run.is_multiple_of(3) { 1.0 } else { -1.0 };
    let row = |step: usize| {
        let t = step as f64 / 20.0;
        let grown = 1.0 - (-3.0 * t).exp();
        let first = if run.is_multiple_of(2) { 0.5 } else { 0.625 };
        let away = 3.0 * grown + 0.01 * run as f64;
        let heat = 1.0 + 7.0 * (-4.0 * t).exp();
        vec![t, heat, first, 1.0 - first, away, 0.1 * run as f64 * (-t).exp(), sign * away, 0.0, heat.sqrt(), 1.0]
    };
    (names.map(String::from).to_vec(), (0..=40).map(row).collect())
}

/// Without the names of files.
fn diagnosed(folder: &Path, files: &[String]) -> Value {
    let paths: Vec<String> = files.iter().map(|name| folder.join(name).display().to_string()).collect();
    let mut arguments = vec!["diagnose"];
    arguments.extend(paths.iter().map(String::as_str));
    arguments.extend(["--json", "--set", "diagnose.family=mixture"]);
    let mut record = json(&arguments);
    for run in record["runs"].as_array_mut().unwrap() {
        run.as_object_mut().unwrap().remove("file");
    }
    record
}

/// One table with a column `run`, a table a run, and arrays: the same numbers, the same record.
#[test]
fn traces_are_those_of_other_formats() {
    const RUNS: usize = 9;
    let folder = tempfile::tempdir().unwrap();
    let write = |name: String, bytes: &[u8]| {
        std::fs::write(folder.path().join(&name), bytes).unwrap();
        name
    };
    let (mut csv, mut npz_files, mut tables) = (Vec::new(), Vec::new(), Vec::new());
    let (names, _) = trace(0);
    let plain = |name: &String| name.replace(['[', ']'], "_").trim_end_matches('_').to_owned();
    let columns: String = names.iter().map(|name| format!(" REQUIRED DOUBLE {};", plain(name))).collect();
    for run in 0..RUNS {
        let (_, rows) = trace(run);
        let line = |row: &Vec<f64>| row.iter().map(f64::to_string).collect::<Vec<_>>().join(",") + "\n";
        let text = names.join(",") + "\n" + &rows.iter().map(line).collect::<String>();
        csv.push(write(format!("{run}.csv"), text.as_bytes()));
        let pick =
            |at: &[usize]| doubles(&rows.iter().flat_map(|row| at.iter().map(|i| row[*i])).collect::<Vec<f64>>());
        let array = |shape: &str, at: &[usize]| npy("<f8", false, shape, &pick(at));
        let arrays = [
            ("t", array("(41,)", &[0])),
            ("T", array("(41,)", &[1])),
            ("weights", array("(41, 2)", &[2, 3])),
            ("means", array("(41, 2, 2)", &[4, 5, 6, 7])),
            ("variances", array("(41, 2)", &[8, 9])),
        ];
        npz_files.push(write(format!("{run}.npz"), &npz(&arrays, true)));
        let bytes = parquet(&format!("message trace {{{columns} }}"), Compression::SNAPPY, 2, |group, rows_of| {
            let part = if group == 0 { &rows[..17] } else { &rows[17..] };
            for at in 0..names.len() {
                column!(rows_of, DoubleType, &part.iter().map(|row| row[at]).collect::<Vec<f64>>(), None);
            }
        });
        tables.push(write(format!("{run}.parquet"), &bytes));
    }
    let schema = format!("message traces {{ REQUIRED BYTE_ARRAY run (UTF8);{columns} }}");
    let together = parquet(&schema, Compression::UNCOMPRESSED, RUNS, |run, rows_of| {
        let (_, rows) = trace(run);
        let label = ByteArray::from(format!("run {run}").into_bytes());
        column!(rows_of, ByteArrayType, &vec![label; rows.len()], None);
        for at in 0..names.len() {
            column!(rows_of, DoubleType, &rows.iter().map(|row| row[at]).collect::<Vec<f64>>(), None);
        }
    });
    let together = write("all.parquet".to_owned(), &together);
    let wanted = diagnosed(folder.path(), &csv);
    // Runs 0, 3 and 6 end on one mode, which they left when they cooled.
    assert_eq!(wanted["modes"].as_array().unwrap().len(), 2);
    assert_eq!(wanted["probability"]["count"], 3, "{}", wanted["runs"]);
    for (run, said) in wanted["runs"].as_array().unwrap().iter().enumerate() {
        let mechanism = if run.is_multiple_of(3) { "mean-alignment" } else { "none" };
        assert_eq!(said["mechanism"], mechanism, "{said}");
        // Where the rows say it.
        let lost = said["losses"].as_array().and_then(|losses| losses[0]["temperature"].as_f64());
        let at = |time: f64| 1.0 + 7.0 * (-4.0 * time).exp();
        assert_eq!(lost, (run.is_multiple_of(3)).then(|| at(said["losses"][0]["time"].as_f64().unwrap())));
    }
    assert_eq!(diagnosed(folder.path(), &npz_files), wanted);
    assert_eq!(diagnosed(folder.path(), &tables), wanted);
    assert_eq!(diagnosed(folder.path(), &[together]), wanted);
}
