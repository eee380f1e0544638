//! What a configuration refuses, and in which words.

/// A text of the base configuration, what replaces it, and the refusal after the file's name.
pub const VALUES: [(&str, &str, &str); 26] = [
    ("separation = 3.0", "separation = nan", "line 2: `target.separation` is NaN: it must be a finite number"),
    ("separation = 3.0", "separation = inf", "line 2: `target.separation` is inf: it must be a finite number"),
    ("separation = 3.0", "separation = -1.0", "line 2: `target.separation` is -1: it must be finite and not negative"),
    (
        "separation = 3.0",
        "separation = \"three\"",
        "line 2: `target.separation` is \"three\": it must be a finite number",
    ),
    ("separation = 3.0", "separation = true", "line 2: `target.separation` is true: it must be a finite number"),
    (
        "separation = 3.0",
        "separation = 1979-05-27",
        "line 2: `target.separation` is a date: it must be a finite number",
    ),
    (
        "weights = [0.8, 0.2]",
        "weights = [0.8, 0.1]",
        "line 3: `target.weights` is [0.8, 0.1] (sum 0.9): it must sum to 1 within 1e-6",
    ),
    (
        "weights = [0.8, 0.2]",
        "weights = [1.2, -0.2]",
        "line 3: `target.weights` is [1.2, -0.2]: it must hold finite weights that are not negative",
    ),
    (
        "weights = [0.8, 0.2]",
        "weights = [0.5, 0.3, 0.2]",
        "line 3: `target.weights` is [0.5, 0.3, 0.2]: it must hold two weights, one for each mode",
    ),
    ("weights = [0.8, 0.2]", "weights = 0.8", "line 3: `target.weights` is 0.8: it must be a list of finite numbers"),
    (
        "preset = \"free\"",
        "preset = \"papr\"",
        "line 5: `family.preset` is \"papr\": it must be one of \"paper\", \"free\", \"mean-field\"",
    ),
    (
        "preset = \"free\"",
        "variance = 2.0",
        "line 5: `family.variance` is 2.0: it must be one of \"unit\", \"slaved\", \"trained\", \"own\"",
    ),
    (
        "preset = \"free\"",
        "weights = [1.0]",
        "line 12: `start.means` is a list of 2: it must hold one mean for each of the 1 components",
    ),
    (
        "kind = \"geometric\"",
        "kind = \"geometrical\"",
        "line 7: `schedule.kind` is \"geometrical\": it must be one of \"geometric\", \"quench\", \"constant\", \
             \"exponential\", \"linear-temperature\", \"linear-beta\", \"power\", \"cosine\", \"sigmoid\", \"steps\", \
             \"cyclical\", \"table\", \"adaptive-kl\", \"adaptive-ess\"",
    ),
    (
        "initial_temperature = 9.0",
        "initial_temperature = 0.005",
        "line 8: `schedule.initial_temperature` is 0.005: it must be at least 0.01 and at most 1e12",
    ),
    ("duration = 5.0", "duration = 0", "line 9: `schedule.duration` is 0: it must be positive and finite"),
    ("duration = 5.0", "duration = -2.5", "line 9: `schedule.duration` is -2.5: it must be positive and finite"),
    (
        "means = [[0.3, 0.8], [-0.2, -0.5]]",
        "means = [[0.3, 0.8],\n [-0.2]]",
        "line 12: `start.means` is a vector of length 1: it must hold vectors of one length, 2",
    ),
    (
        "means = [[0.3, 0.8], [-0.2, -0.5]]",
        "means = [0.3, 0.8]",
        "line 12: `start.means` is [0.3, 0.8]: it must be a list of vectors of finite numbers, [[..], [..]]",
    ),
    (
        "means = [[0.3, 0.8], [-0.2, -0.5]]",
        "means = [[0.3, nan], [-0.2, -0.5]]",
        "line 12: `start.means` is [[0.3, NaN], [-0.2, -0.5]]: it must be a list of vectors of finite numbers, \
             [[..], [..]]",
    ),
    (
        "means = [[0.3, 0.8], [-0.2, -0.5]]",
        "means = []",
        "line 12: `start.means` is []: it must hold at least one vector",
    ),
    (
        "times = [1.0, 5.0]",
        "times = [5.0, 1.0]",
        "line 14: `solve.times` is [5.0, 1.0]: it must hold at least one time, none negative, strictly increasing",
    ),
    (
        "times = [1.0, 5.0]",
        "times = []",
        "line 14: `solve.times` is []: it must hold at least one time, none negative, strictly increasing",
    ),
    (
        "times = [1.0, 5.0]",
        "relative_tolerance = 0.0",
        "line 14: `solve.relative_tolerance` is 0.0: it must lie between 1e-14 and 1e-2",
    ),
    ("times = [1.0, 5.0]", "max_steps = 0", "line 14: `solve.max_steps` is 0: it must be at least 1"),
    (
        "times = [1.0, 5.0]",
        "engine = \"rk4\"",
        "line 14: `solve.engine` is \"rk4\": it must be one of \"tsit5\", \"diffsol\"",
    ),
];

/// Keys and sections that a configuration refuses: the first occurrence of a text of the base configuration, what
/// replaces it, and the refusal after the file's name.
pub const KEYS: [(&str, &str, &str); 14] = [
    (
        "separation = 3.0",
        "seperation = 3.0",
        "line 2: unknown key in [target] `seperation`: did you mean `separation`?",
    ),
    ("times =", "time =", "line 14: unknown key in [solve] `time`: did you mean `times`?"),
    ("[solve]", "[sovle]", "line 13: unknown section `sovle`: did you mean `solve`?"),
    (
        "[target]\n",
        "separation = 3.0\n[target]\n",
        "line 1: `separation` stands outside a section: it belongs to [target]",
    ),
    ("times =", "duration = 4.0\ntimes =", "line 14: unknown key in [solve] `duration`: it belongs to [schedule]"),
    (
        "times =",
        "zzz =",
        "line 14: unknown key in [solve] `zzz`: known are times, engine, relative_tolerance, absolute_tolerance, max_steps",
    ),
    ("[target]", "[[target]]", "line 1: `target` is [a table]: it must be a section, written [target]"),
    ("weights = [0.8, 0.2]", "separation = 4.0", "line 3: `separation` is given twice"),
    ("[solve]", "[target]", "line 13: `target` is given twice"),
    (
        "kind = \"geometric\"",
        "kind = \"quench\"\nrate = 2.0",
        "line 8: `schedule.rate` has no meaning here: kind \"quench\" has initial_temperature, duration",
    ),
    (
        "kind = \"geometric\"",
        "kind = \"exponential\"\nrate = 2.0",
        "line 10: `schedule.duration` has no meaning here: kind \"exponential\" has initial_temperature, rate",
    ),
    (
        "separation = 3.0",
        "separation = 3.0\nmeans = [[1.0], [2.0]]",
        "line 2: `target.separation` and `target.means` exclude each other",
    ),
    ("[target]", "[target", "line 1: unclosed table, expected `]`"),
    ("[target]", "what", "line 1: key with no value, expected `=`"),
];
