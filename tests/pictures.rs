//! The figures of the report on its quick setting, against small copies in `tests/pictures`.
//!
//! `REPRODUCED` may name a folder with that report; without it the report is made here. After a change that was
//! looked at, `RENEW_PICTURES=1 cargo test --test pictures` writes the copies anew.

#[path = "support/picture.rs"]
mod picture;

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use picture::Picture;
use png::{BitDepth, ColorType, Compression, Encoder};

/// Pixels of a picture to one of its copy, along each side.
const SHRUNK: usize = 4;
/// Largest difference of a pixel of a copy: a line moved by less than a fifth of its width.
const PIXEL: u8 = 40;
/// Largest mean difference of a copy.
const MEAN: f64 = 0.25;

/// Means over squares of [`SHRUNK`] pixels; what is left over at the right and the lower rim is cut off.
fn shrunk(picture: &Picture) -> Picture {
    let (width, height) = (picture.width / SHRUNK, picture.height / SHRUNK);
    let mean = |x: usize, y: usize, channel: usize| {
        let square = (0..SHRUNK).flat_map(|j| (0..SHRUNK).map(move |i| (x * SHRUNK + i, y * SHRUNK + j)));
        let sum: usize = square.map(|(i, j)| usize::from(picture.at(i, j)[channel])).sum();
        ((sum + SHRUNK * SHRUNK / 2) / (SHRUNK * SHRUNK)) as u8
    };
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let pixels = pixels.map(|(x, y)| [0, 1, 2].map(|channel| mean(x, y, channel))).collect();
    Picture { width, height, pixels }
}

fn encoded(picture: &Picture) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, picture.width as u32, picture.height as u32);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::High);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(picture.pixels.as_flattened()).unwrap();
    writer.finish().unwrap();
    bytes
}

fn names(folder: &Path) -> BTreeSet<OsString> {
    let files = std::fs::read_dir(folder).expect("a folder").map(|entry| PathBuf::from(entry.unwrap().file_name()));
    files.filter(|file| file.extension().is_some_and(|end| end == "png")).map(PathBuf::into_os_string).collect()
}

/// What differs, if anything does that can be seen.
fn difference(found: &Picture, kept: &Picture) -> Option<String> {
    let sizes = [found, kept].map(|picture| (picture.width, picture.height));
    if sizes[0] != sizes[1] {
        return Some(format!("{:?} pixels, was {:?}", sizes[0], sizes[1]));
    }
    let channels = found.pixels.as_flattened().iter().zip(kept.pixels.as_flattened());
    let differences: Vec<u8> = channels.map(|(a, b)| a.abs_diff(*b)).collect();
    let mean = differences.iter().map(|&d| f64::from(d)).sum::<f64>() / differences.len() as f64;
    let (place, &worst) = differences.iter().enumerate().max_by_key(|(_, d)| **d)?;
    let (x, y) = (place / 3 % found.width * SHRUNK, place / 3 / found.width * SHRUNK);
    (worst > PIXEL || mean > MEAN).then(|| format!("{worst} of 255 at pixel ({x}, {y}), {mean:.2} in the mean"))
}

#[test]
fn pictures_are_those_that_were_looked_at() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures");
    let own = tempfile::tempdir().unwrap();
    let reproduced = std::env::var_os("REPRODUCED").map_or_else(
        || {
            let out = own.path().join("out");
            let mut program = Command::new(env!("CARGO_BIN_EXE_collapsar"));
            program.current_dir(env!("CARGO_MANIFEST_DIR")).args(["reproduce", "--quick", "--out"]).arg(&out);
            assert!(program.output().unwrap().status.success(), "{program:?}");
            out
        },
        PathBuf::from,
    );
    let found = names(&reproduced);
    let picture = |folder: &Path, name: &OsString| Picture::decoded(&std::fs::read(folder.join(name)).unwrap());
    if std::env::var_os("RENEW_PICTURES").is_some() {
        for name in names(&kept) {
            std::fs::remove_file(kept.join(name)).unwrap();
        }
        for name in &found {
            std::fs::write(kept.join(name), encoded(&shrunk(&picture(&reproduced, name)))).unwrap();
        }
    }
    assert_eq!(found, names(&kept), "pictures of the report, and of tests/pictures");
    let changed: Vec<String> = found
        .iter()
        .filter_map(|name| Some((name, difference(&shrunk(&picture(&reproduced, name)), &picture(&kept, name))?)))
        .map(|(name, what)| format!("{}: {what}", name.display()))
        .collect();
    assert!(changed.is_empty(), "look at these pictures of {}:\n{}", reproduced.display(), changed.join("\n"));
}

/// The comparison sees what a reader would see, and nothing below it.
#[test]
fn a_moved_line_is_a_difference_and_rounding_is_none() {
    let line = |left: usize, right: usize, ink: u8| Picture {
        width: 200,
        height: 80,
        pixels: (0..80)
            .flat_map(|_| (0..200).map(move |x| if (left..right).contains(&x) { [ink; 3] } else { [255; 3] }))
            .collect(),
    };
    let kept = shrunk(&line(101, 104, 0));
    assert_eq!(difference(&shrunk(&line(101, 104, 0)), &kept), None);
    assert_eq!(difference(&shrunk(&line(101, 104, 8)), &kept), None);
    assert!(difference(&shrunk(&line(102, 105, 0)), &kept).is_some(), "half a CSS pixel");
    assert!(difference(&shrunk(&line(0, 0, 0)), &kept).is_some(), "no line");
    assert!(difference(&line(101, 104, 0), &kept).is_some_and(|what| what.contains("was (50, 20)")));
}
