//! Pictures for tests, made of sums of whole numbers: gradients, rectangles, waves and noise.

/// A picture of red, green and blue.
pub(crate) struct Shape {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) rgb: Vec<u8>,
}

impl Shape {
    fn of(width: u32, height: u32, mut pixel: impl FnMut(u32, u32) -> [u32; 3]) -> Self {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let rgb = places.flat_map(|(x, y)| pixel(x, y).map(|value| (value % 256) as u8)).collect();
        Self { width, height, rgb }
    }

    /// The red of each pixel, as a grey picture.
    pub(crate) fn grey(&self) -> Vec<u8> {
        self.rgb.iter().step_by(3).copied().collect()
    }
}

/// Numbers without an order, the same on every machine (splitmix64).
pub(crate) struct Noise(pub(crate) u64);

impl Noise {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }
}

pub(crate) fn gradient(width: u32, height: u32) -> Shape {
    Shape::of(width, height, |x, y| [x * 255 / width, y * 255 / height, (x + y) * 255 / (width + height)])
}

/// Forty rectangles of any colour over each other.
pub(crate) fn rectangles(width: u32, height: u32, seed: u64) -> Shape {
    let mut noise = Noise(seed);
    let mut shape = Shape::of(width, height, |_, _| [40, 60, 80]);
    for _ in 0..40 {
        let mut between = |end: u32| {
            let (a, b) = (noise.below(u64::from(end)) as usize, noise.below(u64::from(end)) as usize);
            (a.min(b), a.max(b) + 1)
        };
        let ((left, right), (top, bottom)) = (between(width), between(height));
        let colour: [u8; 3] = std::array::from_fn(|_| noise.below(256) as u8);
        for row in shape.rgb.chunks_exact_mut(3 * width as usize).take(bottom).skip(top) {
            for pixel in row.chunks_exact_mut(3).take(right).skip(left) {
                pixel.copy_from_slice(&colour);
            }
        }
    }
    shape
}

pub(crate) fn noise(width: u32, height: u32, seed: u64) -> Shape {
    let mut noise = Noise(seed);
    Shape::of(width, height, |_, _| std::array::from_fn(|_| noise.below(256) as u32))
}

pub(crate) fn flat(width: u32, height: u32) -> Shape {
    Shape::of(width, height, |_, _| [97, 97, 97])
}
