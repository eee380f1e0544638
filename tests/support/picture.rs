//! Pictures read back.

use std::io::Cursor;

use png::{BitDepth, ColorType, Decoder};

/// RGB pixels, rows from the top.
#[derive(Debug, Clone, PartialEq)]
pub struct Picture {
    pub width: usize,
    pub height: usize,
    pub pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// The picture in a PNG file of eight bits a channel without transparency.
    pub fn decoded(bytes: &[u8]) -> Self {
        let mut reader = Decoder::new(Cursor::new(bytes)).read_info().expect("a PNG picture");
        let mut data = vec![0; reader.output_buffer_size().expect("a size in memory")];
        let frame = reader.next_frame(&mut data).expect("a whole picture");
        assert_eq!((frame.color_type, frame.bit_depth), (ColorType::Rgb, BitDepth::Eight));
        let pixels = data[..frame.buffer_size()].as_chunks().0.to_vec();
        Self { width: frame.width as usize, height: frame.height as usize, pixels }
    }

    pub fn at(&self, x: usize, y: usize) -> [u8; 3] {
        self.pixels[y * self.width + x]
    }
}
