//! Schedules that watch the fit, theory 16.4.

use collapsar_theory::{AdaptiveRule, FitComponent, ScheduleKind, TemperedFit};

fn gaussian(d: usize, beta: f64) -> TemperedFit {
    let alone = FitComponent { weight: 1.0, along: 0.0, across: 0.0 };
    TemperedFit::new(0.0, 0.5, 1.0 / beta, d, vec![alone]).unwrap()
}

/// The temperatures that a rule gives a fit which always follows.
fn betas(rule: &AdaptiveRule, d: usize) -> Vec<f64> {
    let mut all = vec![1.0 / rule.initial_temperature()];
    while let Some(beta) = all.last().copied().filter(|beta| *beta < 1.0) {
        all.push(rule.next_beta(beta, &gaussian(d, beta)));
    }
    all
}

/// On a Gaussian both rules are geometric: the ratio is 1 + tau sqrt(2/d), and that whose effective sample size
/// ((1+2 delta)/(1+delta)^2)^(d/2) is kappa.
#[test]
fn gaussians_are_cooled_geometrically() {
    for d in [1, 2, 8, 512, 10_000] {
        let n = d as f64;
        for (rule, ratio) in [
            (AdaptiveRule::kl(90.0, 0.3, 0.5).unwrap(), Some(1.0 + 0.3 * (2.0 / n).sqrt())),
            (AdaptiveRule::ess(90.0, 0.6, 0.5, false).unwrap(), None),
        ] {
            let betas = betas(&rule, d);
            let expected = rule.gaussian_ratio(d);
            if let Some(ratio) = ratio {
                assert!((expected / ratio - 1.0).abs() < 1e-14);
            } else {
                let delta = expected - 1.0;
                let size = (n / 2.0) * ((1.0 + 2.0 * delta) / ((1.0 + delta) * (1.0 + delta))).ln();
                assert!((size / 0.6f64.ln() - 1.0).abs() < 1e-10, "{d}: {size}");
            }
            for pair in betas[..betas.len() - 1].windows(2) {
                assert!((pair[1] / pair[0] / expected - 1.0).abs() < 1e-10, "{d} {rule:?}: {pair:?} {expected}");
            }
            assert_eq!(betas.last(), Some(&1.0));
            assert_eq!(rule.gaussian_duration(d), 0.5 * (betas.len() - 1) as f64);
        }
    }
}

/// Rules that are made for a duration take it.
#[test]
fn rules_for_a_duration() {
    for d in [1, 8, 512, 10_000] {
        for (hot, changes) in [(90.0, 40), (2.0, 7), (1e4, 40)] {
            let (kl, ess) = (AdaptiveRule::kl_for(hot, 20.0, changes, d), AdaptiveRule::ess_for(hot, 20.0, changes, d));
            for rule in [kl.unwrap(), ess.unwrap()] {
                assert!((rule.gaussian_duration(d) - 20.0).abs() < 1e-9, "{d} {rule:?}");
                let ratio = rule.gaussian_ratio(d).ln() * changes as f64;
                assert!((ratio / hot.ln() - 1.0).abs() < 1e-9, "{d} {rule:?}: {ratio}");
            }
        }
    }
}

/// To second order they are one rule, with tau^2 = log(1/kappa).
#[test]
fn the_rules_are_one_for_small_steps() {
    for d in [2, 512] {
        let excess = |tau: f64| {
            let kl = AdaptiveRule::kl(90.0, tau, 1.0).unwrap().gaussian_ratio(d) - 1.0;
            let ess = AdaptiveRule::ess(90.0, (-tau * tau).exp(), 1.0, false).unwrap().gaussian_ratio(d) - 1.0;
            ess / kl - 1.0
        };
        // What is left is of first order in tau.
        assert!(excess(1e-3).abs() < 2e-3 && (excess(1e-2) / excess(1e-3) - 10.0).abs() < 0.5, "{d} {}", excess(1e-3));
    }
}

/// Averages over samples converge to those over the fit; a corrected size is 1 for a fit that is the tempered target, and waits
/// for one that is not.
#[test]
fn samples_say_the_same() {
    // Quantiles of a standard normal law, by inversion of its distribution through a fine sum.
    let n = 200_001;
    let (beta, reach) = (0.25f64, 8.0);
    let nodes: Vec<f64> = (0..n).map(|i| -reach + 2.0 * reach * f64::from(i) / f64::from(n - 1)).collect();
    let density: Vec<f64> = nodes.iter().map(|g| (-g * g / 2.0).exp()).collect();
    let total: f64 = density.iter().sum();
    let (mut below, mut at, mut samples) = (0.0, 0, Vec::new());
    for i in 0..20_000 {
        let wanted = (f64::from(i) + 0.5) / 20_000.0;
        while below + density[at] / total < wanted {
            below += density[at] / total;
            at += 1;
        }
        samples.push(nodes[at] / beta.sqrt());
    }
    let log_p: Vec<f64> = samples.iter().map(|x| -x * x / 2.0).collect();
    let log_q: Vec<f64> = samples.iter().map(|x| -beta * x * x / 2.0).collect();
    for rule in [AdaptiveRule::kl(4.0, 0.3, 1.0), AdaptiveRule::ess(4.0, 0.7, 1.0, false)] {
        let rule = rule.unwrap();
        let (exact, found) =
            (rule.next_beta(beta, &gaussian(1, beta)), rule.next_beta_of_samples(beta, &log_p, &log_q));
        assert!((found / exact - 1.0).abs() < 2e-3, "{rule:?}: {found} {exact}");
    }
    let corrected = AdaptiveRule::ess(4.0, 0.7, 1.0, true).unwrap();
    let plain = AdaptiveRule::ess(4.0, 0.7, 1.0, false).unwrap();
    let [a, b] = [corrected, plain].map(|rule| rule.next_beta_of_samples(beta, &log_p, &log_q));
    assert!((a / b - 1.0).abs() < 1e-12, "q is the tempered target: {a} {b}");
    let narrow: Vec<f64> = samples.iter().map(|x| -2.0 * x * x).collect();
    assert_eq!(corrected.next_beta_of_samples(beta, &log_p, &narrow), beta, "too narrow a fit waits");
    assert!(plain.next_beta_of_samples(beta, &log_p, &narrow) > beta);
}

/// Batches of any kind: all alike, one sample, no number.
#[test]
fn degenerate_batches_do_not_break_a_rule() {
    let kl = AdaptiveRule::kl(4.0, 0.3, 1.0).unwrap();
    let ess = AdaptiveRule::ess(4.0, 0.7, 1.0, false).unwrap();
    for rule in [kl, ess] {
        assert_eq!(rule.next_beta_of_samples(0.25, &[-1.0; 9], &[-1.0; 9]), 1.0, "nothing to lose");
        let next = rule.next_beta_of_samples(0.25, &[f64::NAN, -1.0], &[0.0, 0.0]);
        assert!((0.25..=1.0).contains(&next), "{next}");
        let next = rule.next_beta_of_samples(0.25, &[-1.0, f64::NEG_INFINITY], &[0.0, 0.0]);
        assert!((0.25..=1.0).contains(&next), "{next}");
    }
}

#[test]
fn what_a_rule_is_made_of() {
    let rule = AdaptiveRule::kl(9.0, 0.2, 0.5).unwrap();
    assert_eq!(
        (rule.kind(), rule.tau(), rule.kappa(), rule.corrected()),
        (ScheduleKind::AdaptiveKl, Some(0.2), None, None)
    );
    let rule = AdaptiveRule::ess(9.0, 0.2, 0.5, true).unwrap();
    assert_eq!(rule.kind(), ScheduleKind::AdaptiveEss);
    assert_eq!((rule.tau(), rule.kappa(), rule.corrected()), (None, Some(0.2), Some(true)));
    assert_eq!(rule.at_pace(3.0).unwrap().interval(), 1.5);
    // T0 = 1 is cold.
    assert_eq!(betas(&AdaptiveRule::kl(1.0, 0.2, 0.5).unwrap(), 3), [1.0]);
    for (rule, name) in [
        (AdaptiveRule::kl(0.5, 0.2, 0.5), "initial_temperature"),
        (AdaptiveRule::kl(9.0, 0.0, 0.5), "tau"),
        (AdaptiveRule::kl(9.0, 0.2, -1.0), "interval"),
        (AdaptiveRule::ess(9.0, 1.0, 0.5, false), "kappa"),
        (AdaptiveRule::ess(9.0, f64::NAN, 0.5, false), "kappa"),
    ] {
        assert_eq!(rule.unwrap_err().name(), name);
    }
}

/// A change at every multiple of the interval, however the steps are rounded.
#[test]
fn changes_are_due_at_multiples_of_the_interval() {
    let rule = AdaptiveRule::kl(9.0, 0.5, 0.5).unwrap();
    for step in [0.1, 0.05, 0.025] {
        let each = (0.5f64 / step).round() as usize;
        assert!((0..400).all(|n| rule.changes_by(n as f64 * step) == n / each), "{step}");
    }
    assert_eq!(rule.changes_by(0.499), 0);
}
