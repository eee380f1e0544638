//! RealNVP as safetensors, and what is refused (theory section 10).

use collapsar::flows::{
    Activation, Architecture, BatchNorm, Conditioner, Flow, FlowKind, FlowProblem, Initial, Mask, Trainer, Training,
    Transport, WeightsError, evaluate, train,
};
use collapsar_theory::{InvalidParameter, Schedule, Target};

fn architecture() -> Architecture {
    Architecture { couplings: 4, hidden: vec![32], ..Architecture::default() }
}

fn pair() -> Target {
    Target::pair(3.0, [0.7, 0.3]).unwrap()
}

#[test]
fn a_saved_flow_is_the_same_flow() {
    let published = Architecture {
        dimension: 9,
        couplings: 3,
        hidden: vec![70, 6],
        batch_norm: BatchNorm::Hidden,
        mask: Mask::Checkerboard,
        conditioner: Conditioner::Separate,
        initial: Initial::Uniform,
        activation: Activation::Relu,
        ..Architecture::default()
    };
    let normalised_input = Architecture { batch_norm: BatchNorm::Input, initial: Initial::Masked, ..published.clone() };
    for architecture in [architecture(), published, normalised_input] {
        let training = Training { steps: 3, batch: 16, samples: 10, ..Training::default() };
        let schedule = Schedule::constant(1.0).unwrap();
        let problem = FlowProblem::new(architecture.clone(), pair(), schedule, training).unwrap();
        let flow = train::<f32>(&problem, 2, |_, _| ()).unwrap().flow;
        let bytes = flow.to_safetensors().unwrap();
        let back = Flow::<f32>::from_safetensors(&bytes).unwrap();
        assert_eq!((back.kind(), back.parameters()), (architecture.into(), flow.parameters()));
        assert_eq!(back.sample(3, 5), flow.sample(3, 5));
        assert_eq!(back.to_safetensors().unwrap(), bytes);
        // Single precision fits into double precision and back.
        let double = Flow::<f64>::from_safetensors(&bytes).unwrap();
        let again = Flow::<f32>::from_safetensors(&double.to_safetensors().unwrap()).unwrap();
        assert_eq!(again.parameters(), flow.parameters());
        // Training goes on from it.
        let mut trainer = Trainer::start_from(&problem, back, 2).unwrap();
        assert!(trainer.step().is_some() && trainer.next_step() == 1);
    }
}

/// First layers of 8 kept coordinates out of 16: uniform in +-1/sqrt(8), or in +-1/sqrt(16) if the others count as inputs.
#[test]
fn first_layers_of_masked_networks_start_smaller() {
    for (initial, bound) in [(Initial::Uniform, 8f32.sqrt().recip()), (Initial::Masked, 0.25)] {
        let flow =
            Flow::<f32>::new(&FlowKind::from(Architecture { dimension: 16, initial, ..architecture() }), 1).unwrap();
        let bytes = flow.to_safetensors().unwrap();
        let file = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let largest = |name: &str| {
            let bytes = file.tensor(name).unwrap().data().to_vec();
            let numbers = bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b).abs());
            numbers.fold(0.0, f32::max)
        };
        let (first, last) = (largest("coupling.0.net.layer.0.weight"), largest("coupling.0.net.layer.1.weight"));
        assert!(first <= bound && first > 0.95 * bound, "{initial:?}: {first}");
        assert!(last <= 32f32.sqrt().recip() && last > 0.95 * 32f32.sqrt().recip(), "{initial:?}: {last}");
    }
}

#[test]
fn bytes_that_are_no_flow_are_refused() {
    let refusal = |bytes: &[u8]| Flow::<f32>::from_safetensors(bytes).unwrap_err().to_string();
    assert_eq!(refusal(b"no flow"), "not a file of weights");
    let flow = Flow::<f32>::new(&FlowKind::from(architecture()), 1).unwrap();
    let bytes = flow.to_safetensors().unwrap();
    assert_eq!(refusal(&bytes[..bytes.len() - 4]), "not a file of weights");
    let text = String::from_utf8_lossy(&bytes).into_owned();
    assert!(text.contains("coupling.0.net.layer.1.weight"));
    let replaced = |from: &str, to: &str| {
        assert!(text.contains(from) && from.len() == to.len());
        let at = text.find(from).unwrap();
        let mut bytes = bytes.clone();
        bytes[at..at + to.len()].copy_from_slice(to.as_bytes());
        refusal(&bytes)
    };
    assert_eq!(
        replaced("\"architecture\"", "\"xrchitecture\""),
        "the metadata has neither `architecture` nor `mean_field`"
    );
    let bound = replaced("scale-bound\\\":2.0", "scale-bound\\\":-20");
    assert_eq!(bound, "`scale_bound` is -20: it must be positive and at most 20");
    let shape = replaced("hidden\\\":[32]", "hidden\\\":[31]");
    assert_eq!(shape, "tensor `coupling.0.net.layer.0.weight` is F32 [32, 1]: it must be F32 or F64 [31, 1]");
    assert!(matches!(Flow::<f32>::from_safetensors(b"no flow"), Err(WeightsError::Format(_))));
}

#[test]
fn refusals_say_name_value_and_rule() {
    let build = |architecture: Architecture, training: Training| {
        let error = FlowProblem::new(architecture, pair(), Schedule::constant(1.0).unwrap(), training);
        error.unwrap_err().to_string()
    };
    let shape = |change: fn(&mut Architecture)| {
        let mut architecture = architecture();
        change(&mut architecture);
        build(architecture, Training::default())
    };
    let rule = |change: fn(&mut Training)| {
        let mut training = Training::default();
        change(&mut training);
        build(architecture(), training)
    };
    assert!(shape(|a| a.dimension = 1).starts_with("`dimension` is 1: it must lie between 2 and 4096: a coupling "));
    assert_eq!(shape(|a| a.dimension = 5000), "`dimension` is 5000: it must lie between 2 and 4096");
    assert_eq!(shape(|a| a.couplings = 0), "`couplings` is 0: it must lie between 1 and 256");
    assert_eq!(shape(|a| a.hidden.clear()), "`hidden` is []: it must hold at least one width");
    assert_eq!(shape(|a| a.hidden[0] = 0), "`hidden` is 0: it must lie between 1 and 65536");
    assert_eq!(shape(|a| a.scale_bound = f64::NAN), "`scale_bound` is NaN: it must be positive and at most 20");
    assert_eq!(rule(|t| t.steps = 0), "`steps` is 0: it must lie between 1 and 1099511627776");
    assert_eq!(rule(|t| t.batch = 1), "`batch` is 1: it must lie between 2 and 16777216");
    assert_eq!(rule(|t| t.every = 0), "`every` is 0: it must be at least 1");
    assert_eq!(rule(|t| t.step_size = 0.0), "`step_size` is 0: it must be positive and finite");
    assert_eq!(rule(|t| t.settle = 1.5), "`settle` is 1.5: it must lie in [0, 1]");
    assert_eq!(rule(|t| t.clip = Some(-1.0)), "`clip` is -1: it must be positive and finite");
    assert_eq!(rule(|t| t.adam.beta1 = 1.0), "`beta1` is 1: it must lie in [0, 1)");
    assert_eq!(rule(|t| t.adam.epsilon = 0.0), "`epsilon` is 0: it must be positive and finite");

    let high = Target::new(vec![vec![0.0; 3]], vec![1.0]).unwrap();
    let schedule = Schedule::constant(1.0).unwrap();
    let error = FlowProblem::new(architecture(), high, schedule, Training::default()).unwrap_err();
    assert_eq!(error.to_string(), "`target.means` is 3 dimensions: it must have at most the 2 dimensions of the flow");
    let flow = Flow::<f32>::new(&FlowKind::from(architecture()), 1).unwrap();
    let refused: InvalidParameter = flow.forward(&[1.0; 3]).unwrap_err();
    assert_eq!(refused.to_string(), "`points` is 3 numbers: it must hold 2 numbers for each point");
    assert_eq!(evaluate(&flow, &pair().into(), 1, 0).unwrap_err().to_string(), "`samples` is 1: it must be at least 2");
}
