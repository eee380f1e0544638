//! Tables in text: CSV with comma, semicolon, tab or blanks between the fields, with a header or without, as NumPy, pandas,
//! R and Stan write them.

use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};

use crate::runs::error::RunError;
use crate::runs::role::Columns;
use crate::runs::run::Run;
use crate::runs::table::{Roles, TableRow};
use crate::runs::thin::Thin;

const COMMENT: u8 = b'#';
/// Where a value is missing.
const MISSING: [&str; 7] = ["", "na", "nan", "null", "none", "?", "-nan"];
/// The longest line that is looked at for what separates its fields.
const LONGEST_LINE: u64 = 1 << 24;

/// The runs of the table.
pub(crate) fn read(
    file: &str,
    mut source: impl Read + Seek,
    columns: &Columns,
    most: usize,
) -> Result<Vec<Run>, RunError> {
    let unreadable = |error: &dyn std::fmt::Display| RunError::unreadable(file, error);
    let delimiter = delimiter(&mut BufReader::new((&mut source).take(LONGEST_LINE))).map_err(|e| unreadable(&e))?;
    let delimiter = delimiter.ok_or_else(|| RunError::new(file, "it holds no row"))?;
    source.seek(SeekFrom::Start(0)).map_err(|e| unreadable(&e))?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .comment(Some(COMMENT))
        .trim(csv::Trim::All)
        .from_reader(BufReader::with_capacity(1 << 20, source));
    let mut record = csv::StringRecord::new();
    let mut next =
        |record: &mut csv::StringRecord| reader.read_record(record).map_err(|error| unreadable_line(file, &error));
    if !next(&mut record)? {
        return Err(RunError::new(file, "it holds no row"));
    }
    let split = |record: &csv::StringRecord| -> Vec<String> {
        let all = record.iter().map(|field| field.trim_start_matches('\u{feff}').to_owned());
        // Blanks in a row are one.
        if delimiter == b' ' { all.filter(|field| !field.is_empty()).collect() } else { all.collect() }
    };
    let first = split(&record);
    let is_number = |field: &String| number(field, delimiter).is_ok();
    let headed = !first.iter().all(is_number);
    let mut names = if headed { first.clone() } else { (1..=first.len()).map(|i| format!("x_{i}")).collect() };
    let mut pending = if headed { None } else { Some((first, line_of(&record))) };
    if pending.is_none() && next(&mut record)? {
        let fields = split(&record);
        // R leaves out the name of the column of row names.
        if fields.len() == names.len() + 1 {
            names.insert(0, String::new());
        }
        pending = Some((fields, line_of(&record)));
    }
    let Some(mut row) = pending else { return Err(RunError::new(file, "it has a header and no rows")) };
    let listed: Vec<&str> = names.iter().map(String::as_str).collect();
    let roles = Roles::new(file, &listed, columns)?;
    let mut kept = Thin::new(most / roles.width().max(1), roles.are_samples());
    loop {
        let (fields, line) = &row;
        if fields.len() != names.len() {
            return Err(RunError::new(
                file,
                format!("line {line} has {} fields: it must have {}", fields.len(), names.len()),
            ));
        }
        let wanted = kept.wants();
        let after = next(&mut record)?;
        // The end of a trace is what a run is judged by.
        if wanted || !(after || roles.are_samples()) {
            let mut values = vec![f64::NAN; names.len()];
            for (column, field) in fields.iter().enumerate().filter(|(column, _)| roles.is_read(*column)) {
                values[column] = number(field, delimiter).map_err(|()| {
                    let of = &names[column];
                    RunError::new(file, format!("line {line}, column `{of}`: `{field}` is no number"))
                })?;
            }
            let label = roles.label.map_or_else(String::new, |at| fields[at].clone());
            kept.rows.push(TableRow { values, label });
        }
        if !after {
            break;
        }
        row = (split(&record), line_of(&record));
    }
    roles.runs(file, &kept.rows, kept.stride())
}

fn line_of(record: &csv::StringRecord) -> u64 {
    record.position().map_or(0, csv::Position::line)
}

fn unreadable_line(file: &str, error: &csv::Error) -> RunError {
    match error.kind() {
        csv::ErrorKind::Utf8 { pos, .. } => {
            let line = pos.as_ref().map_or(0, csv::Position::line);
            RunError::new(file, format!("line {line} is no text: it is in none of the formats that are read"))
        }
        _ => RunError::unreadable(file, error),
    }
}

/// What separates the fields, by the first line that is no comment; nothing without one.
fn delimiter(source: &mut impl BufRead) -> std::io::Result<Option<u8>> {
    let mut line = Vec::new();
    while source.read_until(b'\n', &mut line)? > 0 {
        if line.first() != Some(&COMMENT) && !line.iter().all(u8::is_ascii_whitespace) {
            let line = line.trim_ascii();
            let separators = [b';', b'\t', b',', b' '];
            return Ok(Some(separators.into_iter().find(|byte| line.contains(byte)).unwrap_or(b',')));
        }
        line.clear();
    }
    Ok(None)
}

/// A number, NaN where it is missing; with a decimal comma where fields are not separated by one.
fn number(field: &str, delimiter: u8) -> Result<f64, ()> {
    if MISSING.contains(&field.to_lowercase().as_str()) {
        return Ok(f64::NAN);
    }
    if let Ok(value) = field.parse() {
        return Ok(value);
    }
    match field.contains(',') && delimiter != b',' && !field.contains('.') {
        true => field.replace(',', ".").parse().map_err(|_| ()),
        false => Err(()),
    }
}
