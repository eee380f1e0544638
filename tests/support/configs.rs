//! Configurations that several tests start from.

/// An explicit start with every section.
pub const BASE: &str = r#"[target]
separation = 3.0
weights = [0.8, 0.2]
[family]
preset = "free"
[schedule]
kind = "geometric"
initial_temperature = 9.0
duration = 5.0

[start]
means = [[0.3, 0.8], [-0.2, -0.5]]
[solve]
times = [1.0, 5.0]
"#;

/// A law.
pub const LAW: &str = r#"[target]
separation = 2.0
[family]
preset = "free"

[start]
dimension = 5
scale = 0.1
seed = 3
"#;

/// Every kind of schedule, family and start.
pub const DOZEN: [&str; 18] = [
    r#"
    target = { separation = 3, weights = [0.8, 0.2] }
    family = { preset = "paper", weights = [0.5, 0.5] }
    schedule = { kind = "geometric", initial_temperature = 90.0, duration = 35.0 }
    start = { dimension = 512 }
    "#,
    r#"
    target = { separation = 1e-3 }
    family = { preset = "paper", variance = "slaved" }
    schedule = { kind = "quench", initial_temperature = 1e6, duration = 0.1 }
    start = { dimension = 1000000, seed = 9223372036854775807 }
    "#,
    r#"
    target = { separation = 0 }
    schedule = { kind = "constant", initial_temperature = 2 }
    start = { means = [[0.0], [0.0]] }
    solve = { times = [0] }
    "#,
    r#"
    target = { means = [[1, 2, 3], [4, 5, 6], [7, 8, 10]], weights = [0.333333, 0.333333, 0.333333] }
    schedule = { kind = "constant" }
    start = { means = [[0.1, 0.2, 0.3], [0.3, 0.2, 0.1]] }
    "#,
    r#"
    target = { separation = 2.5, weights = [0.6, 0.4] }
    family = { train_weights = "fisher-rao", clock = "free-energy" }
    schedule = { kind = "exponential", initial_temperature = 4.0, rate = 0.2 }
    start = { means = [[0.3, 0.8], [-0.2, -0.5]] }
    solve = { times = [1.0, 5.0, 20.0, 60.0] }
    "#,
    r#"
    target = { separation = 2.5, weights = [1, 0] }
    family = { train_weights = "softmax", variance = "trained", metric = "natural", weights = [0.9, 0.1, 0] }
    schedule = { kind = "linear-temperature", initial_temperature = 4.0, duration = 0.2 }
    start = { means = [[0.3, 0.8], [-0.2, -0.5], [1, 1]], variance = 0.25 }
    "#,
    r#"
    target = { separation = 2.5 }
    schedule = { kind = "linear-beta", initial_temperature = 1, duration = 1e3 }
    start = { means = [[0.3, 0.8]], seed = 4 }
    "#,
    r#"
    target = { separation = 2.5 }
    schedule = { kind = "power", initial_temperature = 12, duration = 7 }
    start = { dimension = 1, scale = 1e-9 }
    "#,
    r#"
    target = { separation = 2.5 }
    schedule = { kind = "power", initial_temperature = 12, duration = 7, exponent = -1.5 }
    start = { dimension = 3, scale = 1e9, seed = 0 }
    "#,
    r#"
    target = { separation = 2.5 }
    schedule = { kind = "cosine", initial_temperature = 12, duration = 7 }
    start = { dimension = 2, scale = 0.3 }
    "#,
    r#"
    target = { separation = 2.5 }
    schedule = { kind = "sigmoid", initial_temperature = 12, duration = 7, steepness = 30 }
    start = { dimension = 2, scale = 0.3 }
    "#,
    r#"
    target = { separation = 2.5 }
    schedule = { kind = "steps", initial_temperature = 12, duration = 7, levels = 3 }
    start = { dimension = 2, scale = 0.3 }
    "#,
    r#"
    target = { separation = 2.5 }
    schedule = { kind = "cyclical", initial_temperature = 12, duration = 7, cycles = 2 }
    start = { dimension = 2, scale = 0.3 }
    "#,
    r#"
    target = { separation = 2.5 }
    schedule = { kind = "table", times = [0, 1, 1, 2, 2], temperatures = [8, 8, 4, 4, 1] }
    start = { dimension = 2, scale = 0.3 }
    "#,
    r#"
    target = { separation = 2.5 }
    schedule = { kind = "table", times = [0, 2.5, 7], temperatures = [8, 3, 1] }
    start = { dimension = 3, scale = 0.3 }
    "#,
    r#"
    target = { separation = 2.5 }
    schedule = { kind = "table", times = [4], temperatures = [3] }
    start = { dimension = 3, scale = 0.3 }
    solve = { engine = "diffsol", relative_tolerance = 1e-8, absolute_tolerance = 1e-9, max_steps = 1000 }
    "#,
    r#"
    target = { means = [[3, 0], [0, 3], [-3, 0], [0, -3]], weights = [0.4, 0.3, 0.2, 0.1] }
    family = { preset = "paper", weights = [0.25, 0.25, 0.25, 0.25], means = "free" }
    schedule = { kind = "geometric", initial_temperature = 20, duration = 20 }
    start = { dimension = 64, scale = 0.1 }
    "#,
    r#"
    target = { means = [[3.0, 0.0], [0.0, 3.0]] }
    family = { means = "sphere", variance = "unit" }
    start = { means = [[1e-200, 0.0], [1e200, 1e200]] }
    "#,
];
