//! What a column or an array is, by its name.

/// The names that the user gave; what is not given is recognised by the usual names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Columns {
    /// The columns of the coordinates, in their order; or the name of the array of samples.
    pub coordinates: Vec<String>,
    /// log q of each sample.
    pub log_q: Option<String>,
    /// log p of each sample.
    pub log_p: Option<String>,
    /// Which run a row is of.
    pub run: Option<String>,
}

/// What a column is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A coordinate of the samples.
    Coordinate,
    /// log q.
    LogQ,
    /// log p.
    LogP,
    /// The run of the row.
    Run,
    /// Coordinate j of mu_i.
    Mean(usize, usize),
    /// w_i.
    Weight(usize),
    /// var_i; of all components without a number.
    Variance(Option<usize>),
    /// sqrt(var_i).
    Deviation(Option<usize>),
    /// C_k.
    Coverage(usize),
    /// T.
    Temperature,
    /// 1/T.
    Beta,
    /// Step or time.
    Time,
    /// Nothing that matters here.
    Ignored,
}

const LOG_Q: &[&str] = &["log_q", "logq", "log_g__", "log_prob_q", "lq"];
const LOG_P: &[&str] = &["log_p", "logp", "log_p__", "log_prob", "log_prob_p", "target_log_prob", "log_density"];
const RUN: &[&str] = &["run", ".chain", "chain", "seed"];
const TEMPERATURE: &[&str] = &["temperature", "temp"];
const BETA: &[&str] = &["beta", "inverse_temperature"];
const TIME: &[&str] = &["time", "t", "step", "steps", "iteration", "iter", "epoch"];
/// Row numbers, and what samplers write beside a draw.
const IGNORED: &[&str] = &["", "index", "unnamed: 0", "rownames", ".iteration", ".draw", "objective", "loss", "elbo"];
const MEAN: &[&str] = &["mu", "mean", "means", "loc"];
const WEIGHT: &[&str] = &["w", "weight", "weights", "pi"];
const VARIANCE: &[&str] = &["var", "variance", "variances"];
const DEVIATION: &[&str] = &["sd", "std", "sigma", "scale"];
const COVERAGE: &[&str] = &["c", "coverage", "mode"];

impl Columns {
    /// What a column of a table is, by what was given, else by its name.
    pub(crate) fn role(&self, name: &str) -> Role {
        let given = |column: &Option<String>| column.as_deref() == Some(name);
        if self.coordinates.iter().any(|column| column == name) {
            return Role::Coordinate;
        }
        if given(&self.log_q) {
            return Role::LogQ;
        }
        if given(&self.log_p) {
            return Role::LogP;
        }
        if given(&self.run) {
            return Role::Run;
        }
        match usual(name) {
            Role::LogQ if self.log_q.is_some() => Role::Ignored,
            Role::LogP if self.log_p.is_some() => Role::Ignored,
            Role::Run if self.run.is_some() => Role::Ignored,
            Role::Coordinate if !self.coordinates.is_empty() => Role::Ignored,
            role => role,
        }
    }

    /// The names given that are none of `names`.
    pub(crate) fn missing<'a>(&'a self, names: &[&str]) -> Option<&'a str> {
        let given = self.coordinates.iter().chain(&self.log_q).chain(&self.log_p).chain(&self.run);
        given.map(String::as_str).find(|given| !names.contains(given))
    }
}

/// By the usual names, whatever their case.
fn usual(name: &str) -> Role {
    let name = name.trim().to_lowercase();
    let is = |names: &[&str]| names.contains(&name.as_str());
    if is(LOG_Q) {
        return Role::LogQ;
    }
    if is(LOG_P) {
        return Role::LogP;
    }
    if is(RUN) {
        return Role::Run;
    }
    if is(TEMPERATURE) {
        return Role::Temperature;
    }
    if is(BETA) {
        return Role::Beta;
    }
    if is(TIME) {
        return Role::Time;
    }
    // Stan writes what is no parameter with two underscores at the end; the last two are overlaps in a table of trajectories.
    if is(IGNORED) || name.ends_with("__") || name.contains(".mu_") || name.contains(".nu_") {
        return Role::Ignored;
    }
    let Some((stem, numbers)) = numbered(&name) else {
        return match name.as_str() {
            name if VARIANCE.contains(&name) => Role::Variance(None),
            name if DEVIATION.contains(&name) => Role::Deviation(None),
            _ => Role::Coordinate,
        };
    };
    let of = |names: &[&str]| names.contains(&stem);
    match numbers[..] {
        [i, j] if of(MEAN) => Role::Mean(i, j),
        [i] if of(WEIGHT) => Role::Weight(i),
        [i] if of(VARIANCE) => Role::Variance(Some(i)),
        [i] if of(DEVIATION) => Role::Deviation(Some(i)),
        [k] if of(COVERAGE) => Role::Coverage(k),
        _ => Role::Coordinate,
    }
}

/// `w_2`, `mu_1[3]`, `mu[1,3]`, `mean_1_3`, `c2`: the name and its numbers.
fn numbered(name: &str) -> Option<(&str, Vec<usize>)> {
    let first = name.find(|c: char| c.is_ascii_digit())?;
    let stem = name[..first].trim_end_matches(['_', '[', '.', ' ']);
    let numbers: Vec<&str> =
        name[first..].split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let plain = name[first..].chars().all(|c| c.is_ascii_digit() || "_[],. ".contains(c));
    let numbers: Option<Vec<usize>> = numbers.iter().map(|n| n.parse().ok()).collect();
    numbers.filter(|_| plain && !stem.is_empty()).map(|numbers| (stem, numbers))
}

/// What an array is, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ArrayRole {
    Samples,
    LogQ,
    LogP,
    Means,
    Weights,
    Variances,
    Deviations,
    Temperature,
    Beta,
    Time,
    Other,
}

impl Columns {
    /// What an array is, by what was given, else by its name.
    pub(crate) fn array_role(&self, name: &str) -> ArrayRole {
        const SAMPLES: &[&str] = &["samples", "sample", "x", "z", "theta", "draws", "points", "arr_0"];
        if self.coordinates.iter().any(|given| given == name) {
            return ArrayRole::Samples;
        }
        let lower = name.to_lowercase();
        let is = |names: &[&str]| names.contains(&lower.as_str());
        match self.role(name) {
            Role::LogQ => ArrayRole::LogQ,
            Role::LogP => ArrayRole::LogP,
            Role::Temperature => ArrayRole::Temperature,
            Role::Beta => ArrayRole::Beta,
            Role::Time => ArrayRole::Time,
            _ if is(MEAN) => ArrayRole::Means,
            _ if is(WEIGHT) => ArrayRole::Weights,
            _ if is(VARIANCE) => ArrayRole::Variances,
            _ if is(DEVIATION) => ArrayRole::Deviations,
            _ if is(SAMPLES) && self.coordinates.is_empty() => ArrayRole::Samples,
            _ => ArrayRole::Other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usual_names() {
        let role = |name: &str| Columns::default().role(name);
        assert_eq!(role("x_1"), Role::Coordinate);
        assert_eq!(role("theta[2]"), Role::Coordinate);
        assert_eq!(role("log_q"), Role::LogQ);
        assert_eq!(role("log_p__"), Role::LogP);
        assert_eq!(role("lp__"), Role::Ignored);
        assert_eq!(role("mu_1[2]"), Role::Mean(1, 2));
        assert_eq!(role("mu[3,4]"), Role::Mean(3, 4));
        assert_eq!(role("mean_2_1"), Role::Mean(2, 1));
        assert_eq!(role("mu_1.mu_2"), Role::Ignored);
        assert_eq!(role("mu_1.nu_2"), Role::Ignored);
        assert_eq!(role("w_2"), Role::Weight(2));
        assert_eq!(role("var_2"), Role::Variance(Some(2)));
        assert_eq!(role("variance"), Role::Variance(None));
        assert_eq!(role("C_1"), Role::Coverage(1));
        assert_eq!(role("T"), Role::Time, "t is time whatever its case");
        assert_eq!(role("\u{3b8}_1"), Role::Coordinate);
    }

    #[test]
    fn what_is_given_goes_first() {
        let given =
            Columns { coordinates: vec!["w_1".into(), "b".into()], log_p: Some("y".into()), ..Columns::default() };
        assert_eq!(given.role("w_1"), Role::Coordinate);
        assert_eq!(given.role("x"), Role::Ignored);
        assert_eq!(given.role("y"), Role::LogP);
        assert_eq!(given.role("log_p"), Role::Ignored);
        assert_eq!(given.missing(&["w_1", "y"]), Some("b"));
    }
}
