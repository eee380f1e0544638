//! The figure of a pair's equilibria: branches with their stability, and where collapse is possible.

use crate::figures::{Axis, Color, Dash, Figure, LegendPlace, Marker, Panel, Series, SeriesData, palette};
use crate::results::{BifurcationRecord, BranchRecord};

/// Ink of unstable branches.
const UNSTABLE: Color = palette::GRAY;
/// Width of branches.
const BRANCH_PX: f64 = 1.3;
/// Limit of alpha for large R.
const ALPHA_LIMIT: f64 = 0.583_429_51;
/// Share of the span of a coordinate within which two curves look like one.
const COINCIDENT: f64 = 4e-3;

/// Two views of the branches, the phase diagram, and the approach to large separations.
pub fn bifurcation(record: &BifurcationRecord) -> Figure {
    let last = if record.pair == "free" { asymptotics(record) } else { alpha(record) };
    let views: [usize; 2] = if record.pair == "free" { [0, 1] } else { [0, 2] };
    Figure::two_column().row(views.map(|view| diagram(record, view))).row([phase(record), last])
}

fn parameter_axis(record: &BifurcationRecord) -> Axis {
    if record.parameter == "temperature" { Axis::log("temperature *T*") } else { Axis::linear(separation(record)) }
}

pub(super) fn separation(record: &BifurcationRecord) -> &'static str {
    if record.pair == "free" { "separation *ρ*" } else { "radius *R*" }
}

fn coordinate(record: &BifurcationRecord, view: usize) -> &'static str {
    let names = if record.pair == "free" { ["*x*", "*y*", "*z*"] } else { ["*m*_1", "*m*_2", "*s*"] };
    names[view]
}

/// The points of a branch that are stable, or not; the others are no numbers and break the line.
fn run(branch: &BranchRecord, view: usize, stable: bool) -> Vec<[f64; 2]> {
    let points = (0..branch.states.len()).map(|i| {
        let near = i.saturating_sub(1)..(i + 2).min(branch.states.len());
        // An unstable run is drawn up to its stable neighbour, so that no gap is left.
        let shown = if stable { branch.stable[i] } else { near.clone().any(|j| !branch.stable[j]) };
        [branch.parameter[i], if shown { branch.states[i][view] } else { f64::NAN }]
    });
    points.collect()
}

/// Whether a point lies on a line, to the eye.
fn on_line(line: &[[f64; 2]], [x, y]: [f64; 2], near: f64) -> bool {
    line.windows(2).any(|ends| {
        let ([a, p], [b, q]) = (ends[0], ends[1]);
        let share = (x - a) / (b - a);
        (0.0..=1.0).contains(&share) && (p + share * (q - p) - y).abs() <= near
    })
}

/// The unstable runs, each place drawn once: dashes of several branches in one view would close to a line.
fn unstable(record: &BifurcationRecord, view: usize) -> Vec<Series> {
    let values = record.branches.iter().flat_map(|branch| branch.states.iter().map(|state| state[view]));
    let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
    let mut drawn: Vec<Vec<[f64; 2]>> = Vec::new();
    for branch in &record.branches {
        let near = COINCIDENT * (high - low);
        let mut fresh: Vec<[f64; 2]> = Vec::new();
        for point in run(branch, view, false) {
            // A branch may turn back on itself in a view; its last points are its neighbours.
            let own = &fresh[..fresh.len().saturating_sub(2)];
            let covered = on_line(own, point, near) || drawn.iter().any(|line| on_line(line, point, near));
            fresh.push(if covered { [point[0], f64::NAN] } else { point });
        }
        drawn.push(fresh);
    }
    let line =
        |points: Vec<[f64; 2]>| Series::new(SeriesData::Line(points)).color(UNSTABLE).dash(Dash::Dashed).width(1.0);
    drawn.into_iter().map(line).collect()
}

/// Colour of the outcome that a stable branch stands for: both means on one side of the plane between the modes, or not.
fn outcome(record: &BifurcationRecord, branch: &BranchRecord) -> Color {
    let state = branch.states.iter().zip(&branch.stable).find(|(_, stable)| **stable).map(|(state, _)| *state);
    let collapsed = match state {
        Some([x, y, _]) if record.pair == "free" => x.abs() > y.abs(),
        Some([m1, m2, _]) => m1 * m2 > 0.0,
        None => false,
    };
    if collapsed { palette::VERMILLION } else { palette::BLUE }
}

fn diagram(record: &BifurcationRecord, view: usize) -> Panel {
    let mut panel = Panel::new(parameter_axis(record), Axis::linear(coordinate(record, view)));
    panel = panel.with_all(unstable(record, view));
    for branch in record.branches.iter().filter(|branch| branch.stable.contains(&true)) {
        let line = Series::new(SeriesData::Line(run(branch, view, true)));
        panel = panel.with(line.color(outcome(record, branch)).width(BRANCH_PX));
    }
    for (kind, marker, color) in [
        ("fold", Marker::Circle, palette::BLACK),
        ("pitchfork", Marker::Square, palette::GREEN),
        ("transcritical", Marker::Diamond, palette::PURPLE),
    ] {
        let points: Vec<_> =
            record.special_points.iter().filter(|point| point.kind == kind && point.happens()).collect();
        let x: Vec<f64> = points.iter().map(|point| point.parameter).collect();
        let y: Vec<f64> = points.iter().map(|point| point.coordinates[view]).collect();
        if !x.is_empty() {
            panel = panel.with(Series::points(&x, &y, marker).color(color).size(4.5).open().label(kind));
        }
    }
    let nothing = [f64::NAN];
    let key = |color| Series::line(&nothing, &nothing).color(color).width(BRANCH_PX);
    panel
        .with(key(palette::BLUE).label("recovered"))
        .with(key(palette::VERMILLION).label("collapsed"))
        .with(key(UNSTABLE).dash(Dash::Dashed).width(1.0).label("unstable"))
        .legend(if view == 0 { LegendPlace::Below } else { LegendPlace::None })
}

/// The pairs of a curve that exist, from T = 1 on.
pub(super) fn known(x: &[f64], y: &[Option<f64>]) -> (Vec<f64>, Vec<f64>) {
    x.iter().zip(y).filter_map(|(&x, &y)| y.filter(|y| *y >= 1.0).map(|y| (x, y))).unzip()
}

fn phase(record: &BifurcationRecord) -> Panel {
    let curve = &record.critical_curve;
    let (x, y) = known(&curve.separations, &curve.temperatures);
    // A heavy mode has its stable collapsed state even hotter, on a small sphere.
    let highest: Vec<Option<f64>> = curve
        .temperatures
        .iter()
        .zip(&curve.heavier)
        .map(|(a, b)| a.map_or(*b, |a| Some(a.max(b.unwrap_or(a)))))
        .collect();
    let (edge, top) = known(&curve.separations, &highest);
    let mut region: Vec<[f64; 2]> = edge.iter().zip(&top).map(|(&x, &y)| [x, y]).collect();
    if let (Some(&first), Some(&last)) = (edge.first(), edge.last()) {
        region.extend([[last, 1.0], [first, 1.0]]);
    }
    let mut panel = Panel::new(Axis::linear(separation(record)), Axis::log("temperature *T*"))
        .with(Series::region(region).color(palette::VERMILLION.with_alpha(0.16)).label("collapse possible"))
        .with(Series::line(&x, &y).color(palette::VERMILLION).label("*T*_c"));
    let equal = record.target_weight == 0.5;
    let names = if equal { ["stable collapsed state", ""] } else { ["stable, heavier mode", "stable, lighter mode"] };
    let lines = [(&curve.heavier, Dash::Dashed, palette::PURPLE), (&curve.lighter, Dash::Dotted, palette::GREEN)];
    for ((temperatures, dash, color), name) in lines.into_iter().zip(names) {
        // On the free pair with equal weights all three curves are one.
        let wanted = !(name.is_empty() || equal && record.pair == "free");
        let (x, y) = known(&curve.separations, temperatures);
        if wanted && !x.is_empty() {
            panel = panel.with(Series::line(&x, &y).color(color).dash(dash).label(name));
        }
    }
    let mark =
        Series::points(&[record.separation], &[record.temperature], Marker::Star).color(palette::BLACK).size(6.0);
    let place = if record.pair == "free" { LegendPlace::UpperLeft } else { LegendPlace::LowerRight };
    panel.with(mark.label("this configuration")).legend(place)
}

fn asymptotics(record: &BifurcationRecord) -> Panel {
    let curve = &record.critical_curve;
    let (x, y) = known(&curve.separations, &curve.temperatures);
    let logs: Vec<f64> = x.iter().zip(&y).map(|(x, y)| y.ln() / (0.5 * x * x)).collect();
    let mut panel = Panel::new(Axis::linear(separation(record)), Axis::linear("ln *T*_c / (*ρ*^2/2)"))
        .with(Series::line(&x, &logs).color(palette::VERMILLION).label("*T*_c"));
    let (x, y) = known(&curve.separations, &curve.asymptotic);
    if !x.is_empty() {
        let logs: Vec<f64> = x.iter().zip(&y).map(|(x, y)| y.ln() / (0.5 * x * x)).collect();
        panel = panel.with(
            Series::line(&x, &logs).color(palette::BLACK).dash(Dash::Dashed).width(1.0).label("large separation"),
        );
    }
    panel.legend(LegendPlace::LowerRight)
}

fn alpha(record: &BifurcationRecord) -> Panel {
    let mut panel = Panel::new(Axis::linear(separation(record)), Axis::linear("*α* = *R*^2/*T*_c"));
    for (index, curve) in record.alpha_curves.iter().flatten().enumerate() {
        let (x, y): (Vec<f64>, Vec<f64>) =
            curve.radii.iter().zip(&curve.alpha).filter_map(|(&x, &y)| y.map(|y| (x, y))).unzip();
        let label = format!("weight {}", curve.target_weight);
        panel = panel.with(Series::line(&x, &y).color(palette::cycle(index)).label(label));
    }
    if record.variance == "slaved" {
        let limit = Series::horizontal(ALPHA_LIMIT).color(palette::BLACK).width(0.8);
        panel = panel.with(limit.label("limit 0.5834"));
    }
    panel
}
