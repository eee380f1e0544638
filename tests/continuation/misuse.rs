//! What a caller can get wrong is refused with name, value and rule.

use collapsar::bifurcation::{
    Continuation, ContinuationOptions, CurveOptions, DifferenceLadder, NewtonOptions, Orientation, fold_curve, newton,
};

use crate::planted::{Mixed, Slave};

fn parabola() -> Mixed {
    Mixed::new(2, |y, [p, _]| Slave { kappa: 0.0, gamma: 1.0 }.couple(y, [p - y[0] * y[0], -2.0 * y[0], 1.0, 0.0]))
}

fn refusal(state: &[f64], parameter: f64, options: &ContinuationOptions) -> String {
    match Continuation::new(&parabola(), state, parameter, Orientation::Increasing, options) {
        Ok(_) => String::from("accepted"),
        Err(misuse) => misuse.to_string(),
    }
}

#[test]
fn options_are_refused_with_name_value_and_rule() {
    let fine = ContinuationOptions::default();
    let cases = [
        (ContinuationOptions { min_step: 0.0, ..fine.clone() }, "option min_step = 0 must satisfy 0 < min_step"),
        (
            ContinuationOptions { first_step: 1.0, ..fine.clone() },
            "option max_step = 0.1 must satisfy first_step <= max_step",
        ),
        (
            ContinuationOptions { max_angle: 2.0, ..fine.clone() },
            "option max_angle = 2 must satisfy 0 < max_angle < pi/2",
        ),
        (ContinuationOptions { max_points: 0, ..fine.clone() }, "option max_points = 0 must satisfy 1 <= max_points"),
        (
            ContinuationOptions { parameter: [1.0, 1.0], ..fine.clone() },
            "option parameter[0] = 1 must satisfy parameter[0] < parameter[1]",
        ),
        (
            ContinuationOptions { ladder: DifferenceLadder { step: -1.0 }, ..fine.clone() },
            "option step = -1 must satisfy 0 < step < inf",
        ),
        (
            ContinuationOptions {
                newton: NewtonOptions { tolerance: 0.0, ..NewtonOptions::default() },
                ..fine.clone()
            },
            "option tolerance = 0 must satisfy 0 < tolerance < inf",
        ),
    ];
    for (options, expected) in cases {
        assert_eq!(refusal(&[0.0, 0.0], 1.0, &options), expected);
    }
}

#[test]
fn lengths_and_values_of_the_start_are_refused() {
    let fine = ContinuationOptions::default();
    assert_eq!(refusal(&[0.0], 1.0, &fine), "state has 1 entries, the problem needs 2");
    assert_eq!(refusal(&[0.0, f64::NAN], 1.0, &fine), "state entry = NaN must be finite");
    assert_eq!(refusal(&[0.0, 0.0], f64::INFINITY, &fine), "parameter = inf must be finite");
    let damped = NewtonOptions { min_damping: 2.0, ..NewtonOptions::default() };
    let refused = newton(&parabola(), &[0.0, 0.0], 1.0, &damped).map_err(|misuse| misuse.to_string());
    assert_eq!(refused.err().as_deref(), Some("option min_damping = 2 must satisfy 0 < min_damping <= 1"));
}

#[test]
fn bounds_of_the_second_parameter_are_checked() {
    let options = CurveOptions { second_parameter: [2.0, 1.0], ..CurveOptions::default() };
    let refused = fold_curve(&parabola(), &[0.0, 0.0], [0.0, 1.5], Orientation::Increasing, &options);
    let text = refused.map_err(|misuse| misuse.to_string()).err();
    let expected = "option second_parameter[0] = 2 must satisfy second_parameter[0] < second_parameter[1]";
    assert_eq!(text.as_deref(), Some(expected));
}
