//! A found schedule in the optimiser's clock, as files that other programs read and lines that use them.

use serde::Serialize;

use collapsar_theory::{Clock, Schedule};

use crate::config::DesignRun;
use crate::config::keys::OptimiserConfig;
use crate::results::{DesignRecord, Steps};

/// Time per step of plain descent where no section says it.
const STEP: f64 = 0.05;
/// Most rows of a table.
const MOST_STEPS: u64 = 10_000_000;

impl Steps {
    /// The optimiser of a question, and how many of its steps make up a time.
    pub(super) fn of(config: &DesignRun, time: f64) -> Self {
        let run = &config.run;
        let adam = run.optimiser.as_ref().and_then(OptimiserConfig::adam);
        let (optimiser, step, learning_rate, batch) = match (&run.training, &run.simulation, adam) {
            (Some(training), ..) => ("adam", training.time_step, training.step_size, Some(training.batch)),
            (None, Some(descent), _) => {
                let share = descent.momentum.map_or(1.0, |kept| 1.0 - kept);
                (descent.optimiser.name(), descent.step, descent.step * share, Some(descent.batch))
            }
            (None, None, Some(step)) => ("adam", step, step, None),
            (None, None, None) => ("plain", STEP, STEP, None),
        };
        Self { optimiser, step, learning_rate, batch, steps: (time / step).ceil() as u64 }
    }
}

/// The row of a step, by columns.
#[derive(Debug, Default, Serialize)]
struct Table {
    step: Vec<u64>,
    time: Vec<f64>,
    beta: Vec<f64>,
    temperature: Vec<f64>,
}

impl Table {
    /// From step 0 to the first that is cold for good.
    fn new(schedule: &Schedule, steps: &Steps) -> Self {
        let mut table = Self::default();
        for step in 0..=steps.steps {
            let time = step as f64 * steps.step;
            table.step.push(step);
            table.time.push(time);
            table.beta.push(schedule.beta(time));
            table.temperature.push(schedule.temperature(time));
        }
        table
    }

    fn csv(&self) -> String {
        let rows = (0..self.step.len())
            .map(|i| format!("{},{},{},{}\n", self.step[i], self.time[i], self.beta[i], self.temperature[i]));
        rows.fold("step,time,beta,temperature\n".to_owned(), |text, row| text + &row)
    }
}

/// The sections to be put into a configuration.
pub(super) fn sections(record: &DesignRecord) -> String {
    let mut lines = section("schedule", &record.schedule);
    lines.extend(record.start.iter().flat_map(|start| section("start", start)));
    lines.join("\n")
}

/// The schedule step by step as CSV, JSON and TOML (this one with the sections of a configuration before the table), by the
/// endings of their names; none where the steps are too many for a table.
pub(super) fn files(record: &DesignRecord) -> Vec<(&'static str, Vec<u8>)> {
    // What was found is a schedule.
    let Ok(schedule) = record.schedule.schedule() else { return Vec::new() };
    if record.steps.steps > MOST_STEPS {
        return Vec::new();
    }
    let table = Table::new(&schedule, &record.steps);
    let json = serde_json::to_string(&table).unwrap_or_default();
    let toml = format!("{}\n{}", sections(record), section("table", &table).join("\n"));
    vec![(".csv", table.csv().into_bytes()), (".json", json.into_bytes()), (".toml", toml.into_bytes())]
}

/// The lines of a section whose values are words, numbers and lists of them: JSON and TOML write them alike.
fn section(name: &str, keys: &impl Serialize) -> Vec<String> {
    let keys = serde_json::to_value(keys).unwrap_or_default();
    let lines = keys.as_object().into_iter().flatten().map(|(key, value)| format!("{key} = {value}"));
    std::iter::once(format!("[{name}]")).chain(lines).chain([String::new()]).collect()
}

/// The lines with which a training loop uses the table in the file `csv`.
pub(super) fn lines(record: &DesignRecord, csv: &str) -> String {
    let steps = &record.steps;
    if let Some(interval) = record.schedule.interval {
        let next = match (record.schedule.tau, record.schedule.kappa) {
            (Some(tau), _) => format!("beta + {tau} / log_p.std()"),
            (_, kappa) => format!(
                "the largest b with (w.sum() ** 2 / (w ** 2).sum() / len(w)) >= {}, w = exp((b - beta) * log_p)",
                kappa.unwrap_or(0.0)
            ),
        };
        let every = (interval / steps.step).round().max(1.0);
        return format!(
            "the schedule watches the fit, so that there is no table of it: from beta = 1/{}, after every {every} steps of {} with \
             learning rate {},\n# beta = min(1, {next})\n",
            record.schedule.initial_temperature.unwrap_or(1.0),
            steps.optimiser,
            steps.learning_rate
        );
    }
    // The gradient that descends, of E_q[log q] - beta E_q[log p] or of it over beta: theory (1).
    let free_energy = record.config.run.flow.is_none() && record.config.run.problem.family.clock == Clock::FreeEnergy;
    let (torch, jax) = if free_energy {
        (
            "loss = (temperature[step] * log_q - log_p).mean()  # normflows: flow.reverse_kld(n, beta=beta[step]) / beta[step]",
            "loss = lambda params, temperature: (temperature * log_q(params, x) - log_p(x)).mean()",
        )
    } else {
        (
            "loss = (log_q - beta[step] * log_p).mean()  # normflows: flow.reverse_kld(n, beta=beta[step])",
            "loss = lambda params, beta: (log_q(params, x) - beta * log_p(x)).mean()  # NumPyro: handlers.scale(model, beta)",
        )
    };
    let batch = steps.batch.map_or_else(String::new, |batch| format!(", batch {batch}"));
    format!(
        "{} steps of {} with learning rate {}{batch}:\n\
         \n\
         # Python: read once\n\
         import csv\n\
         rows = list(csv.DictReader(open({csv:?})))\n\
         beta = [float(row[\"beta\"]) for row in rows]\n\
         temperature = [float(row[\"temperature\"]) for row in rows]\n\
         # PyTorch: for step in range(len(rows)), then at beta = 1\n\
         {torch}\n\
         # JAX\n\
         {jax}\n\
         # Stan: data {{ real beta; }} model {{ target += beta * log_p; }}, fitted in stages from where the last one ended\n",
        steps.steps, steps.optimiser, steps.learning_rate
    )
}
