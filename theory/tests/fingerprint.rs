//! The seed of a problem: golden values, and what it does and does not depend on.

use collapsar_theory::{Family, Problem, Rules, Schedule, Start, Target, VarianceRule};

fn problem(rules: Rules, schedule: Schedule, start: Start) -> Problem {
    let family = Family::new(vec![0.5, 0.5], rules).unwrap();
    Problem::new(Target::pair(3.0, [0.8, 0.2]).unwrap(), family, schedule, start).unwrap()
}

fn paper() -> Problem {
    problem(Rules::PAPER, Schedule::geometric(90.0, 35.0).unwrap(), Start::sphere(512).unwrap())
}

/// Changing any of these renews every committed count.
#[test]
fn golden_lines_and_seeds() {
    let free = problem(Rules::FREE, Schedule::exponential(5.0, 0.3).unwrap(), Start::gaussian(1, 1.0).unwrap());
    let table = Schedule::table(vec![0.0, 2.5], vec![8.0, 1.0]).unwrap();
    let given = problem(Rules::FREE, table, Start::means(vec![vec![0.5, -0.0], vec![1e-200, 2.0]]).unwrap());
    let power = problem(Rules::FREE, Schedule::power(12.0, 7.0, -1.5).unwrap(), Start::gaussian(3, 0.1).unwrap());
    let cases = [
        (
            paper(),
            "collapsar-seed-1|target weights=[0.8,0.2] modes=[[3.0],[-3.0]]|family weights=[0.5,0.5] sphere trained \
             fixed free-energy euclidean density|schedule geometric T0=90.0 t0=35.0|start sphere dimension=512 \
             variance=90.0",
            PAPER_SEED,
        ),
        (
            free,
            "collapsar-seed-1|target weights=[0.8,0.2] modes=[[3.0],[-3.0]]|family weights=[0.5,0.5] free unit fixed kl \
             euclidean density|schedule exponential T0=5.0 kappa=0.3|start gaussian dimension=1 scale=1.0",
            FREE_SEED,
        ),
        (
            given,
            "collapsar-seed-1|target weights=[0.8,0.2] modes=[[3.0],[-3.0]]|family weights=[0.5,0.5] free unit fixed kl \
             euclidean density|schedule table times=[0.0,2.5] temperatures=[8.0,1.0]|start means=[[0.5,0.0],[1e-200,2.0]]",
            GIVEN_SEED,
        ),
        (
            power,
            "collapsar-seed-1|target weights=[0.8,0.2] modes=[[3.0],[-3.0]]|family weights=[0.5,0.5] free unit fixed kl \
             euclidean density|schedule power T0=12.0 t0=7.0 p=-1.5|start gaussian dimension=3 scale=0.1",
            POWER_SEED,
        ),
    ];
    for (problem, line, seed) in cases {
        assert_eq!(problem.fingerprint(), line);
        assert_eq!(problem.seed(1), seed, "{line}");
    }
}

/// Computed from the lines above by a few lines of Python: FNV-1a, then SplitMix64's finaliser.
const PAPER_SEED: u64 = 8_294_583_274_243_999;
const FREE_SEED: u64 = 5_557_484_606_639_429;
const GIVEN_SEED: u64 = 5_089_443_354_762_683;
const POWER_SEED: u64 = 2_560_646_985_129_902;

#[test]
fn every_part_of_a_problem_counts_and_53_bits_hold_it() {
    let base = paper();
    let trained = Rules { variance: VarianceRule::Trained, ..Rules::FREE };
    let start = || Start::gaussian(4, 1.0).unwrap();
    let cooled = || Schedule::geometric(90.0, 35.0).unwrap();
    let others = [
        problem(Rules::PAPER, Schedule::geometric(90.0, 35.5).unwrap(), Start::sphere(512).unwrap()),
        problem(Rules::PAPER, Schedule::quench(90.0, 35.0).unwrap(), Start::sphere(512).unwrap()),
        problem(Rules::PAPER, cooled(), Start::sphere(511).unwrap()),
        problem(Rules { variance: VarianceRule::Slaved, ..Rules::PAPER }, cooled(), Start::sphere(512).unwrap()),
        paper().with_initial_variance(15.0).unwrap(),
        problem(trained, cooled(), start()),
        problem(trained, cooled(), start()).with_initial_variance(1.0).unwrap(),
    ];
    let mut seeds: Vec<u64> = others.iter().chain([&base]).map(|p| p.seed(1)).chain([base.seed(2)]).collect();
    assert!(seeds.iter().all(|seed| *seed < 1 << 53));
    seeds.sort_unstable();
    seeds.dedup();
    assert_eq!(seeds.len(), others.len() + 2);
    // The default said aloud is the same problem.
    assert_eq!(paper().with_initial_variance(90.0).unwrap().fingerprint(), base.fingerprint());
}
