//! The formats.

use std::io::{Cursor, Write};

use collapsar::runs::{Columns, Data};
use half::{bf16, f16};

use super::{read, runs, samples};

/// `.npy` version 1.0 as NumPy writes it.
pub(super) fn npy(dtype: &str, fortran: bool, shape: &str, data: &[u8]) -> Vec<u8> {
    let order = if fortran { "True" } else { "False" };
    let mut header = format!("{{'descr': '{dtype}', 'fortran_order': {order}, 'shape': {shape}, }}");
    while (10 + header.len() + 1) % 64 != 0 {
        header.push(' ');
    }
    header.push('\n');
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend((header.len() as u16).to_le_bytes());
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

pub(super) fn doubles(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|v| v.to_le_bytes()).collect()
}

const VALUES: [f64; 6] = [1.0, -2.5, 3.25, 4.0, 5.5, -6.0];

#[test]
fn npy_of_every_kind() {
    let singles: Vec<u8> = VALUES.iter().flat_map(|v| (*v as f32).to_le_bytes()).collect();
    let big: Vec<u8> = VALUES.iter().flat_map(|v| v.to_be_bytes()).collect();
    let halves = |big: bool| -> Vec<u8> {
        let bytes = |v: &f64| if big { f16::from_f64(*v).to_be_bytes() } else { f16::from_f64(*v).to_le_bytes() };
        VALUES.iter().flat_map(bytes).collect()
    };
    let big_singles: Vec<u8> = VALUES.iter().flat_map(|v| (*v as f32).to_be_bytes()).collect();
    let columns = [1.0, 3.25, 5.5, -2.5, 4.0, -6.0];
    let cases = [
        npy("<f2", false, "(3, 2)", &halves(false)),
        npy(">f2", false, "(3, 2)", &halves(true)),
        npy(">f4", false, "(3, 2)", &big_singles),
        npy("<f8", false, "(3, 2)", &doubles(&VALUES)),
        npy("<f4", false, "(3, 2)", &singles),
        npy(">f8", false, "(3, 2)", &big),
        npy("<f8", true, "(3, 2)", &doubles(&columns)),
    ];
    for bytes in cases {
        let found = read("a.npy", bytes).unwrap();
        assert_eq!((found.len(), found[0].name.as_str()), (1, "a.npy"));
        assert_eq!((samples(&found[0]).dimension, &samples(&found[0]).points[..]), (2, &VALUES[..]));
    }
    // One coordinate; and a stack of runs.
    assert_eq!(samples(&read("a", npy("<f8", false, "(6,)", &doubles(&VALUES))).unwrap()[0]).dimension, 1);
    let stack = read("a", npy("<f8", false, "(3, 1, 2)", &doubles(&VALUES))).unwrap();
    assert_eq!((stack.len(), stack[2].name.as_str()), (3, "a:3"));
    assert_eq!(samples(&stack[2]).points, [5.5, -6.0]);
}

#[test]
fn what_is_wrong_with_a_file_is_said() {
    let whole = npy("<f8", false, "(3, 2)", &doubles(&VALUES));
    let cases: Vec<(Vec<u8>, &str)> = vec![
        (Vec::new(), "the file is empty"),
        (whole[..whole.len() - 8].to_vec(), "it ends within row 3 of 3"),
        (whole[..40].to_vec(), "header"),
        (npy("<c16", false, "(3, 2)", &doubles(&VALUES)), "numbers of type"),
        (npy("|O", false, "(3, 2)", &doubles(&VALUES)), "numbers of type"),
        (npy("<f8", false, "(0, 2)", &[]), "it holds no samples"),
        (npy("<f8", false, "(1, 2)", &doubles(&[f64::NAN, 1.0])), "not finite in each of its 1 samples"),
        (b"PK\x03\x04 no archive".to_vec(), "it cannot be read"),
        (b"a,b\n1,2\n3\n".to_vec(), "line 3 has 1 fields: it must have 2"),
        (b"a,b\n1,2\n3,x\n".to_vec(), "line 3, column `b`: `x` is no number"),
        (b"a,b\n".to_vec(), "it has a header and no rows"),
        (b"# nothing\n".to_vec(), "it holds no row"),
        (b"\xff\xfe\x00\x01\x02\n\x80".to_vec(), "is no text"),
        (b"run,C_1,C_2\na,0.5,0.7\n".to_vec(), "its coverages sum to 1.2"),
        (b"PAR1 and then nothing".to_vec(), "it cannot be read"),
        (b"w_1,w_2,mu_1[1],mu_2[1],var_1,var_2\n.5,.4,0,0,1,1\n".to_vec(), "sum to 0.9"),
    ];
    for (bytes, words) in cases {
        let error = read("some.file", bytes).unwrap_err();
        assert!(error.starts_with("some.file:") && error.contains(words), "{error} / {words}");
    }
}

/// As NumPy, pandas, R (write.csv, write.csv2, write.table) and Stan write them.
#[test]
fn text_of_many_hands() {
    let cases = [
        "1.0,-2.5\n3.25,4.0\n5.5,-6.0\n",
        "1.0 -2.5\n3.25 4.0\n5.5 -6.0\n",
        "# numpy.savetxt\n1.000000000000000000e+00 -2.500000000000000000e+00\n3.25 4\n5.5 -6\n",
        ",a,b\n0,1.0,-2.5\n1,3.25,4.0\n2,5.5,-6.0\n",
        "\"\",\"x1\",\"x2\"\n\"1\",1,-2.5\n\"2\",3.25,4\n\"3\",5.5,-6\n",
        "\"\";\"x1\";\"x2\"\n\"1\";1;-2,5\n\"2\";3,25;4\n\"3\";5,5;-6\n",
        "\"x1\" \"x2\"\n\"1\" 1 -2.5\n\"2\" 3.25 4\n\"3\" 5.5 -6\n",
        "a\tb\r\n1\t-2.5\r\n3.25\t4\r\n5.5\t-6\r\n",
        "\u{feff}a,b\n1,-2.5\n3.25,4\n5.5,-6\n",
        "# method = variational\nlp__,log_p__,log_g__,mu,tau\n0,-1,-2,1,-2.5\n0,-1,-2,3.25,4\n0,-1,-2,5.5,-6\n",
    ];
    for text in cases {
        let found = read("a.csv", text.as_bytes().to_vec()).unwrap();
        assert_eq!(samples(&found[0]).points, VALUES, "{text}");
        assert_eq!(samples(&found[0]).log_q.is_some(), text.contains("log_g__"));
    }
    let missing = read("a", b"a,b\n1,NA\n2,3\n,4\nInf,1\n5,6\n".to_vec()).unwrap();
    assert_eq!((&samples(&missing[0]).points[..], samples(&missing[0]).incomplete), (&[2.0, 3.0, 5.0, 6.0][..], 3));
    // Several runs in one file.
    let chains = read("c.csv", b".chain,.iteration,mu\n1,1,0.5\n2,1,1.5\n1,2,2.5\n".to_vec()).unwrap();
    assert_eq!(chains.iter().map(|run| run.name.as_str()).collect::<Vec<_>>(), ["c.csv:1", "c.csv:2"]);
    assert_eq!(samples(&chains[0]).points, [0.5, 2.5]);
}

#[test]
fn names_that_are_given_go_first() {
    let columns = Columns {
        coordinates: vec!["b".into(), "w_1".into()],
        log_p: Some("target".into()),
        run: Some("model".into()),
        ..Columns::default()
    };
    let text = "w_1,a,b,target,model\n1,9,2,-3,x\n4,9,5,-6,y\n";
    let found = runs::read("f", Cursor::new(text), &columns, usize::MAX).unwrap();
    assert_eq!((found.len(), samples(&found[0]).dimension), (2, 2));
    assert_eq!(samples(&found[1]).points, [4.0, 5.0]);
    assert_eq!(samples(&found[1]).log_p, Some(vec![-6.0]));
    let wrong = Columns { log_q: Some("nothing".into()), ..Columns::default() };
    let error = runs::read("f", Cursor::new(text), &wrong, usize::MAX).unwrap_err().to_string();
    assert_eq!(error, "f: it has no column `nothing`: it has w_1, a, b, target, model");
}

pub(super) fn npz(arrays: &[(&str, Vec<u8>)], deflated: bool) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let method = if deflated { zip::CompressionMethod::Deflated } else { zip::CompressionMethod::Stored };
    let options = zip::write::SimpleFileOptions::default().compression_method(method);
    for (name, bytes) in arrays {
        archive.start_file(format!("{name}.npy"), options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn archives_of_samples_and_traces() {
    for deflated in [false, true] {
        let samples_file = npz(
            &[
                ("log_q", npy("<f8", false, "(3,)", &doubles(&[-1.0, -2.0, -3.0]))),
                ("x", npy("<f8", false, "(3, 2)", &doubles(&VALUES))),
                ("log_p", npy("<f8", false, "(3, 1)", &doubles(&[-1.5, -2.5, -3.5]))),
                ("schedule", npy("<f2", false, "(2,)", &f16::ONE.to_le_bytes().repeat(2))),
                ("names", npy("|S2", false, "(3,)", b"aabbcc")),
            ],
            deflated,
        );
        let found = read("r.npz", samples_file).unwrap();
        assert_eq!(samples(&found[0]).points, VALUES);
        assert_eq!(samples(&found[0]).log_p, Some(vec![-1.5, -2.5, -3.5]));
        // Two moments of three components in one dimension.
        let trace = npz(
            &[
                ("means", npy("<f8", false, "(2, 3, 1)", &doubles(&VALUES))),
                ("weights", npy("<f8", false, "(3,)", &doubles(&[0.5, 0.25, 0.25]))),
                ("sigma", npy("<f8", false, "()", &doubles(&[2.0]))),
                ("beta", npy("<f8", false, "(2,)", &doubles(&[0.5, 1.0]))),
            ],
            deflated,
        );
        let found = read("t.npz", trace).unwrap();
        let Data::Trace(trace) = &found[0].data else { panic!("{found:?}") };
        assert_eq!((trace.components, trace.dimension, &trace.means[..]), (3, 1, &VALUES[..]));
        assert_eq!(trace.weights, [0.5, 0.25, 0.25, 0.5, 0.25, 0.25]);
        assert_eq!(trace.variances, Some(vec![4.0; 6]));
        assert_eq!((&trace.temperature, &trace.times[..]), (&Some(vec![2.0, 1.0]), &[0.0, 1.0][..]));
    }
    let two = npz(
        &[
            ("first", npy("<f8", false, "(3, 2)", &doubles(&VALUES))),
            ("second", npy("<f8", false, "(3, 2)", &doubles(&VALUES))),
        ],
        true,
    );
    let error = read("r.npz", two).unwrap_err();
    assert!(error.contains("the arrays first, second: name that of the samples by `diagnose.columns`"), "{error}");
}

#[test]
fn tensors() {
    let bytes: Vec<u8> = VALUES.iter().flat_map(|v| (*v as f32).to_le_bytes()).collect();
    let logs = doubles(&[1.0, 2.0, 3.0]);
    fn view(dtype: safetensors::Dtype, shape: [usize; 2], data: &[u8]) -> safetensors::tensor::TensorView<'_> {
        let shape = shape.into_iter().filter(|n| *n > 0).collect();
        safetensors::tensor::TensorView::new(dtype, shape, data).unwrap()
    }
    let tensors = vec![
        ("samples", view(safetensors::Dtype::F32, [3, 2], &bytes)),
        ("log_q", view(safetensors::Dtype::F64, [3, 0], &logs)),
    ];
    let file = safetensors::serialize(tensors, None).unwrap();
    let found = read("a.safetensors", file.clone()).unwrap();
    assert_eq!((&samples(&found[0]).points[..], &samples(&found[0]).log_q), (&VALUES[..], &Some(vec![1.0, 2.0, 3.0])));
    for (dtype, wide) in [(safetensors::Dtype::F16, false), (safetensors::Dtype::BF16, true)] {
        let bytes = |v: &f64| if wide { bf16::from_f64(*v).to_le_bytes() } else { f16::from_f64(*v).to_le_bytes() };
        let bytes: Vec<u8> = VALUES.iter().flat_map(bytes).collect();
        let file = safetensors::serialize(vec![("x", view(dtype, [3, 2], &bytes))], None).unwrap();
        assert_eq!(samples(&read("a.safetensors", file).unwrap()[0]).points, VALUES, "{dtype:?}");
    }
    let eighths = view(safetensors::Dtype::F8_E4M3, [3, 2], &[0; 6]);
    let error = read("a", safetensors::serialize(vec![("x", eighths)], None).unwrap()).unwrap_err();
    assert!(error.contains("array `x` is of type F8_E4M3: they must be real, of 8, 4 or 2 bytes, or whole"), "{error}");
    let error = read("a.safetensors", file[..file.len() - 9].to_vec()).unwrap_err();
    assert!(error.contains("it ends within row") || error.contains("cannot be read"), "{error}");
}

/// What is larger than it may be is thinned evenly while it is read, whatever the period of its rows.
#[test]
fn memory_is_bounded() {
    let values: Vec<f64> = (0..20_000).map(f64::from).collect();
    let text: String = values.chunks_exact(2).map(|row| format!("{},{}\n", row[0], row[1])).collect();
    let binary = npy("<f8", false, "(10000, 2)", &doubles(&values));
    let columns = Columns::default();
    for bytes in [text.into_bytes(), binary.clone(), npz(&[("x", binary)], true)] {
        let found = runs::read("a", Cursor::new(bytes), &columns, 3000).unwrap();
        let found = samples(&found[0]);
        assert!(found.len() <= 1500 && found.len() > 500 && found.stride > 1, "{}", found.len());
        assert!((0..found.len()).all(|i| (found.point(i)[0] / 2.0) as usize / found.stride == i));
    }
}

/// A trace that is thinned ends where it ended, whatever the format.
#[test]
fn the_end_of_a_trace_is_kept() {
    const MOMENTS: usize = 1003;
    let mean = |t: usize| t as f64 / 100.0;
    let text: String = (0..MOMENTS).map(|t| format!("{},{}\n", mean(t), -mean(t))).collect();
    let means: Vec<f64> = (0..MOMENTS).flat_map(|t| [mean(t), -mean(t)]).collect();
    let arrays = npz(&[("means", npy("<f8", false, "(1003, 2, 1)", &doubles(&means)))], true);
    let table = format!("mu_1[1],mu_2[1]\n{text}").into_bytes();
    for (name, bytes, within) in [("a.npz", arrays, 200), ("a.csv", table, 200)] {
        let found = runs::read(name, Cursor::new(bytes), &Columns::default(), within).unwrap();
        let Data::Trace(trace) = &found[0].data else { panic!("{:?}", found[0]) };
        let last = trace.moments() - 1;
        assert!((10..110).contains(&last), "{name}: {last}");
        assert_eq!((trace.mean(last, 0), trace.mean(last, 1)), (&[10.02][..], &[-10.02][..]), "{name}");
        assert!(trace.times.windows(2).all(|pair| pair[0] < pair[1]), "{name}");
    }
}
