//! Runs of named columns.

use crate::runs::error::RunError;
use crate::runs::role::{Columns, Role};
use crate::runs::run::{Data, Run, Samples, Trace};

/// What a file's columns are.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Roles {
    /// Of each column.
    pub(crate) of: Vec<Role>,
    /// The column whose text says which run a row is of.
    pub(crate) label: Option<usize>,
    kind: ColumnKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ColumnKind {
    Samples,
    Trace,
    Coverage,
}

/// A row: the numbers of its columns, NaN where there is none, and the run that it is of.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct TableRow {
    pub(crate) values: Vec<f64>,
    pub(crate) label: String,
}

impl Roles {
    /// By the names of the columns.
    pub(crate) fn new(file: &str, names: &[&str], columns: &Columns) -> Result<Self, RunError> {
        if let Some(missing) = columns.missing(names) {
            return Err(RunError::new(file, format!("it has no column `{missing}`: it has {}", some(names))));
        }
        let mut of: Vec<Role> = names.iter().map(|name| columns.role(name)).collect();
        // Beside a column of times T is the temperature.
        if of.iter().filter(|role| **role == Role::Time).count() > 1 {
            of.iter_mut()
                .zip(names)
                .filter(|(_, name)| name.trim() == "T")
                .for_each(|(role, _)| *role = Role::Temperature);
        }
        let has = |of: &[Role], wanted: &dyn Fn(&Role) -> bool| of.iter().any(wanted);
        let kind = if columns.coordinates.is_empty() && has(&of, &|role| matches!(role, Role::Mean(..))) {
            ColumnKind::Trace
        } else if has(&of, &|role| matches!(role, Role::Coverage(_))) && !has(&of, &|role| *role == Role::Coordinate) {
            ColumnKind::Coverage
        } else {
            ColumnKind::Samples
        };
        // Numbered names that are of no trace here are coordinates like others.
        let loose = kind == ColumnKind::Samples && columns.coordinates.is_empty();
        if loose {
            for role in &mut of {
                if matches!(
                    role,
                    Role::Weight(_) | Role::Variance(Some(_)) | Role::Deviation(Some(_)) | Role::Coverage(_)
                ) {
                    *role = Role::Coordinate;
                }
            }
        }
        let label = of.iter().position(|role| *role == Role::Run);
        Ok(Self { of, label, kind })
    }

    /// Whether the numbers of the column matter.
    pub(crate) fn is_read(&self, column: usize) -> bool {
        let of = |wanted: &[Role]| wanted.contains(&self.of[column]);
        match self.kind {
            ColumnKind::Samples => of(&[Role::Coordinate, Role::LogQ, Role::LogP]),
            ColumnKind::Coverage => matches!(self.of[column], Role::Coverage(_)),
            ColumnKind::Trace => !of(&[Role::Coordinate, Role::LogQ, Role::LogP, Role::Run, Role::Ignored]),
        }
    }

    /// How many numbers of a row matter.
    pub(crate) fn width(&self) -> usize {
        (0..self.of.len()).filter(|column| self.is_read(*column)).count()
    }

    /// Whether rows are exchangeable: those of samples.
    pub(crate) fn are_samples(&self) -> bool {
        self.kind == ColumnKind::Samples
    }

    fn at(&self, role: Role) -> Option<usize> {
        self.of.iter().position(|other| *other == role)
    }

    /// The runs of these rows, one for every `stride` of the file.
    pub(crate) fn runs(&self, file: &str, rows: &[TableRow], stride: usize) -> Result<Vec<Run>, RunError> {
        if self.width() == 0 {
            return Err(RunError::new(file, "no column holds coordinates, means or coverages"));
        }
        match self.kind {
            ColumnKind::Coverage => Ok(self.coverages(file, rows)),
            ColumnKind::Samples => Ok(by_label(file, rows)
                .map(|(name, rows)| Run { name, data: Data::Samples(self.samples(&rows, stride)) })
                .collect()),
            ColumnKind::Trace => by_label(file, rows)
                .map(|(name, rows)| Ok(Run { name, data: Data::Trace(self.trace(file, &rows, stride)?) }))
                .collect(),
        }
    }

    fn samples(&self, rows: &[&TableRow], stride: usize) -> Samples {
        let places: Vec<usize> = (0..self.of.len()).filter(|c| self.of[*c] == Role::Coordinate).collect();
        let column = |role| self.at(role).map(|at| rows.iter().map(|row| row.values[at]).collect());
        let samples = Samples {
            dimension: places.len(),
            points: rows.iter().flat_map(|row| places.iter().map(|at| row.values[*at])).collect(),
            log_q: column(Role::LogQ),
            log_p: column(Role::LogP),
            incomplete: 0,
            stride,
        };
        samples.completed()
    }

    /// A row a run.
    fn coverages(&self, file: &str, rows: &[TableRow]) -> Vec<Run> {
        let mut places: Vec<(usize, usize)> = (0..self.of.len())
            .filter_map(|column| match self.of[column] {
                Role::Coverage(k) => Some((k, column)),
                _ => None,
            })
            .collect();
        places.sort_unstable();
        let run = |(i, row): (usize, &TableRow)| Run {
            name: if row.label.is_empty() { format!("{file}:{}", i + 1) } else { format!("{file}:{}", row.label) },
            data: Data::Coverage(places.iter().map(|(_, at)| row.values[*at]).collect()),
        };
        rows.iter().enumerate().map(run).collect()
    }

    fn trace(&self, file: &str, rows: &[&TableRow], stride: usize) -> Result<Trace, RunError> {
        let components = self.largest(&|role| match role {
            Role::Mean(i, _) => Some(i),
            _ => None,
        });
        let dimension = self.largest(&|role| match role {
            Role::Mean(_, j) => Some(j),
            _ => None,
        });
        // Numbers from 0 or from 1.
        let first = |of: &dyn Fn(Role) -> Option<usize>| self.of.iter().filter_map(|role| of(*role)).min().unwrap_or(1);
        let (i0, j0) = (
            first(&|role| if let Role::Mean(i, _) = role { Some(i) } else { None }).min(1),
            first(&|role| if let Role::Mean(_, j) = role { Some(j) } else { None }).min(1),
        );
        let (components, dimension) = (components + 1 - i0, dimension + 1 - j0);
        let mut trace = Trace { components, dimension, ..Trace::default() };
        let place = |role: Role, what: String| {
            self.at(role).ok_or_else(|| RunError::new(file, format!("its trace lacks the column of {what}")))
        };
        let mut means = Vec::new();
        for i in i0..components + i0 {
            for j in j0..dimension + j0 {
                means.push(place(Role::Mean(i, j), format!("coordinate {j} of mean {i}"))?);
            }
        }
        trace.means = rows.iter().flat_map(|row| means.iter().map(|at| row.values[*at])).collect();
        let weights: Vec<Option<usize>> = (i0..components + i0).map(|i| self.at(Role::Weight(i))).collect();
        let even = 1.0 / components as f64;
        if weights.iter().any(Option::is_some) && weights.iter().any(Option::is_none) {
            return Err(RunError::new(file, "its trace has the weights of some components only"));
        }
        trace.weights =
            rows.iter().flat_map(|row| weights.iter().map(|at| at.map_or(even, |at| row.values[at]))).collect();
        let spread = |of: &dyn Fn(Option<usize>) -> Role| -> Option<Vec<usize>> {
            (i0..components + i0).map(|i| self.at(of(Some(i))).or_else(|| self.at(of(None)))).collect()
        };
        let read = |places: Vec<usize>| rows.iter().flat_map(|row| places.iter().map(|at| row.values[*at])).collect();
        trace.variances = spread(&Role::Variance).map(read);
        if trace.variances.is_none() {
            let squares = |places: Vec<usize>| -> Vec<f64> {
                rows.iter().flat_map(|row| places.iter().map(|at| row.values[*at].powi(2))).collect()
            };
            trace.variances = spread(&Role::Deviation).map(squares);
        }
        let column = |role| self.at(role).map(|at| rows.iter().map(|row| row.values[at]).collect::<Vec<f64>>());
        trace.temperature =
            column(Role::Temperature).or_else(|| Some(column(Role::Beta)?.into_iter().map(f64::recip).collect()));
        trace.times = column(Role::Time).unwrap_or_else(|| (1..=rows.len()).map(|i| (i * stride - 1) as f64).collect());
        Ok(trace)
    }

    fn largest(&self, of: &dyn Fn(Role) -> Option<usize>) -> usize {
        self.of.iter().filter_map(|role| of(*role)).max().unwrap_or(0)
    }
}

/// The rows of each run, in the order in which the runs come.
fn by_label<'a>(file: &str, rows: &'a [TableRow]) -> impl Iterator<Item = (String, Vec<&'a TableRow>)> + use<'a> {
    let mut groups: Vec<(&str, Vec<&TableRow>)> = Vec::new();
    let mut places = std::collections::HashMap::new();
    for row in rows {
        let at = *places.entry(row.label.as_str()).or_insert_with(|| {
            groups.push((&row.label, Vec::new()));
            groups.len() - 1
        });
        groups[at].1.push(row);
    }
    let file = file.to_owned();
    let name = move |label: &str| if label.is_empty() { file.clone() } else { format!("{file}:{label}") };
    groups.into_iter().map(move |(label, rows)| (name(label), rows))
}

/// The first names of a list.
fn some(names: &[&str]) -> String {
    const MOST: usize = 12;
    let more = if names.len() > MOST { ", .." } else { "" };
    format!("{}{more}", names[..names.len().min(MOST)].join(", "))
}
