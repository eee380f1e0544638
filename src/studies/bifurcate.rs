//! Equilibria of a pair, their branches, and where collapse is possible.

mod curves;
mod settings;
mod summary;

use collapsar_theory::{FreePair, Pair, SpherePair};

use crate::bifurcation::{
    Admissible, Branch, BranchPoint, ContinuationMisuse, ContinuationOptions, Diagram, Equilibria, Equilibrium,
    FreeFamily, OneParameter, PairParameter, ParametricProblem, SearchOptions, SpecialPoint, SphereFamily,
    TwoParameterProblem, admissible, antipodal_separation, antipodal_temperature, critical_separation,
    critical_temperature, free_equilibria, pair_continuation, sphere_equilibria,
};
use crate::config::{BifurcationRun, ConfigError, Document, Parameter};
#[cfg(feature = "figures")]
use crate::figures::Figure;
#[cfg(feature = "figures")]
use crate::plots;
use crate::results::{BifurcationRecord, BranchRecord, EquilibriumRecord, PROGRAM, SpecialRecord, VERSION};
use crate::studies::near::near_enough;
use crate::studies::{Study, StudyError, Watch};
use settings::Settings;

/// Values of the parameter at which all equilibria seed the branches.
const SEEDS: usize = 8;

/// All equilibria of a pair at one temperature, their branches with special points, and the critical curves.
#[derive(Debug)]
pub struct Bifurcate(BifurcationRecord);

impl Study for Bifurcate {
    const NAME: &'static str = "bifurcate";
    const QUESTION: &'static str =
        "List the equilibria of a pair, draw their branches and say where collapse is possible";
    type Config = BifurcationRun;
    type Record = BifurcationRecord;

    fn resolve(document: &Document) -> Result<Self::Config, ConfigError> {
        BifurcationRun::resolve(document)
    }

    fn compute(config: Self::Config, watch: &dyn Watch) -> Result<Self, StudyError> {
        let pair = config.pair()?;
        near_enough(&pair)?;
        let initial_temperature = config.schedule.schedule()?.initial_temperature();
        watch.begin(1, 0, "pairs");
        let settings = Settings::new(&config, &pair, initial_temperature)?;
        let record = match settings.pair {
            Pair::Free(flow) => free(config, &settings, flow)?,
            Pair::Sphere(flow) => sphere(config, &settings, flow)?,
        };
        watch.advance(1);
        Ok(Self(record))
    }

    fn record(&self) -> &BifurcationRecord {
        &self.0
    }

    fn table(&self) -> Result<Option<Vec<u8>>, csv::Error> {
        self.0.csv().map(Some)
    }

    #[cfg(feature = "figures")]
    fn figures(&self) -> Vec<(String, Figure)> {
        let figure = match self.0.config.bifurcation.draw {
            crate::config::Drawing::Branches => plots::bifurcation(&self.0),
            crate::config::Drawing::PhaseDiagram => plots::phase_diagram(&self.0),
        };
        vec![(String::new(), figure)]
    }

    fn summary(&self) -> String {
        summary::summary(&self.0)
    }
}

fn free(config: BifurcationRun, settings: &Settings, flow: FreePair) -> Result<BifurcationRecord, StudyError> {
    let options = SearchOptions::default();
    let states = free_equilibria(&flow, settings.point.temperature, &options).map_err(StudyError::computation)?;
    let family = FreeFamily::new(settings.point, VARIED).map_err(StudyError::computation)?;
    let find = |value: f64| {
        let point = settings.at(value);
        let flow = settings.free_at(&point)?;
        free_equilibria(&flow, point.temperature, &options).map_err(StudyError::computation)
    };
    // At T = 1 the states with y = 0 are neutral in z, whatever the separation.
    let neutral = settings.parameter == Parameter::Separation && settings.point.temperature == 1.0;
    let family = if neutral { family.in_plane() } else { family };
    let drawn = branches(settings, &family, &states, &find)?;
    let separation = critical_separation(&flow, settings.point.temperature).map_err(StudyError::computation)?;
    Ok(BifurcationRecord {
        critical_temperature: critical_temperature(&flow).map(|fold| fold.temperature),
        critical_separation: separation.map(|fold| fold.separation),
        critical_definition: "free pair: a stable state with both means over one mode exists, theory (12)",
        collapsed_states: curves::free_states(&flow),
        critical_curve: curves::free_curve(&config, &flow)?,
        trained_weights: curves::trained_window(&config, &flow)?,
        coordinates: ["x", "y", "z"],
        ..skeleton(config, settings, &states, drawn)
    })
}

fn sphere(config: BifurcationRun, settings: &Settings, flow: SpherePair) -> Result<BifurcationRecord, StudyError> {
    let options = SearchOptions::default();
    let states = sphere_equilibria(&flow, settings.point.temperature, &options).map_err(StudyError::computation)?;
    let family = SphereFamily::new(settings.point, settings.slaved, VARIED).map_err(StudyError::computation)?;
    let find = |value: f64| {
        let point = settings.at(value);
        let flow = settings.sphere_at(&point)?;
        sphere_equilibria(&flow, point.temperature, &options).map_err(StudyError::computation)
    };
    let drawn = branches(settings, &family, &states, &find)?;
    Ok(BifurcationRecord {
        critical_temperature: antipodal_temperature(&flow),
        critical_separation: antipodal_separation(&flow, settings.point.temperature)
            .map_err(StudyError::computation)?,
        critical_definition: "sphere pair: the antipodal state is unstable along m_1 + m_2, theory (9)",
        alpha: curves::alpha(&flow),
        collapsed_states: curves::sphere_states(&flow),
        critical_curve: curves::sphere_curve(&config, &flow)?,
        alpha_curves: Some(curves::alpha_curves(&config, &flow)?),
        coordinates: ["m_1", "m_2", "s"],
        ..skeleton(config, settings, &states, drawn)
    })
}

const VARIED: [PairParameter; 2] = [PairParameter::LogTemperature, PairParameter::Separation];

/// The branches, their special points and the number of equilibria on none of them.
type Drawn = (Vec<BranchRecord>, Vec<SpecialRecord>, usize);

/// All equilibria at a value of the parameter.
type Find<'a> = &'a dyn Fn(f64) -> Result<Equilibria, StudyError>;

fn branches<P: TwoParameterProblem>(
    settings: &Settings,
    family: &P,
    states: &Equilibria,
    find: Find<'_>,
) -> Result<Drawn, StudyError> {
    let [low, high] = settings.range;
    let mut seeds = Vec::new();
    for i in 0..SEEDS {
        let value = low + (high - low) * (i as f64 + 0.5) / SEEDS as f64;
        let found = find(value)?.states;
        seeds.extend(found.iter().map(|state| (value, state.coordinates[..family.dimension()].to_vec())));
    }
    let options = pair_continuation(settings.range);
    let drawn = match settings.parameter {
        Parameter::Temperature => {
            draw(settings, &OneParameter::along_first(family, settings.point.separation), &seeds, states, &options)
        }
        Parameter::Separation => draw(
            settings,
            &OneParameter::along_second(family, settings.point.temperature.ln()),
            &seeds,
            states,
            &options,
        ),
    };
    drawn.map_err(StudyError::computation)
}

fn draw<P: ParametricProblem>(
    settings: &Settings,
    problem: &P,
    seeds: &[(f64, Vec<f64>)],
    states: &Equilibria,
    options: &ContinuationOptions,
) -> Result<Drawn, ContinuationMisuse> {
    let diagram = Diagram::through(problem, seeds, options)?;
    let here = settings.own_value();
    let n = problem.dimension();
    let on_branch = |state: &&Equilibrium| diagram.holds(problem, &state.coordinates[..n], here, options);
    let missed = states.states.len() - states.states.iter().filter(on_branch).count();
    let inside = settings.range[0] <= here && here <= settings.range[1];
    let special = diagram.special_points().into_iter().filter(|point| settings.exists(&point.state));
    let special = special
        .map(|point| SpecialRecord::new(point, neutral(settings, point), |value| settings.shown(value)))
        .collect();
    let branches = diagram.branches.iter().map(|branch| branch_record(settings, branch));
    let branches = branches.filter(|branch| branch.states.len() > 1).collect();
    Ok((branches, special, if inside { missed } else { 0 }))
}

/// Whether means can move in the direction that is neutral at a special point.
fn neutral(settings: &Settings, point: &SpecialPoint) -> Option<Admissible> {
    let direction = &point.null_vectors.as_ref()?.right;
    match (&settings.pair, point.state.as_slice()) {
        (Pair::Sphere(_), [m1, m2, s]) => Some(admissible([*m1, *m2, *s], direction)),
        _ => Some(Admissible::Both),
    }
}

fn branch_record(settings: &Settings, branch: &Branch) -> BranchRecord {
    let points: Vec<&BranchPoint> = branch.points.iter().filter(|point| settings.exists(&point.state)).collect();
    let leading = |i: usize| points[i].eigenvalues.first().map_or(f64::NAN, |value| value.re);
    BranchRecord {
        parameter: points.iter().map(|point| settings.shown(point.parameter)).collect(),
        states: points.iter().map(|point| [0, 1, 2].map(|i| point.state.get(i).copied().unwrap_or(0.0))).collect(),
        stable: points.iter().map(|point| point.is_stable()).collect(),
        growth: (0..points.len()).map(|i| leading(i) * settings.speed(points[i].parameter)).collect(),
        stop: format!("{:?}", branch.stop),
    }
}

/// What both pairs record alike.
fn skeleton(
    config: BifurcationRun,
    settings: &Settings,
    states: &Equilibria,
    (branches, special_points, equilibria_off_branches): Drawn,
) -> BifurcationRecord {
    BifurcationRecord {
        program: PROGRAM,
        version: VERSION,
        pair: if matches!(settings.pair, Pair::Free(_)) { "free" } else { "sphere" },
        separation: settings.point.separation,
        target_weight: settings.target_weight,
        variance: if settings.slaved { "slaved" } else { "unit" },
        temperature: settings.point.temperature,
        temperature_source: settings.temperature_source,
        critical_temperature: None,
        critical_separation: None,
        critical_definition: "",
        alpha: None,
        collapsed_states: Vec::new(),
        coordinates: [""; 3],
        equilibria: states.states.iter().map(EquilibriumRecord::new).collect(),
        unresolved: states.unresolved.clone(),
        established: states.established.clone(),
        parameter: if settings.parameter == Parameter::Temperature { "temperature" } else { "separation" },
        branches,
        equilibria_off_branches,
        special_points,
        critical_curve: curves::empty(),
        alpha_curves: None,
        trained_weights: None,
        config,
    }
}
