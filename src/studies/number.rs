//! Numbers for people.

/// Six significant digits, as short as they can be written.
pub fn number(x: f64) -> String {
    let x = if x == 0.0 { 0.0 } else { x };
    let rounded: f64 = format!("{x:.5e}").parse().unwrap_or(x);
    let plain = rounded == 0.0 || (1e-4..1e6).contains(&rounded.abs());
    if plain { rounded.to_string() } else { format!("{rounded:e}") }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_are_short() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (3.0, "3"),
            (0.1 + 0.2, "0.3"),
            (2.998_776_54, "2.99878"),
            (999_999.96, "1e6"),
            (1e6, "1e6"),
            (223_130.6, "223131"),
            (-6.012_345e-12, "-6.01235e-12"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "inf"),
        ];
        for (x, text) in cases {
            assert_eq!(number(x), text);
        }
    }
}
