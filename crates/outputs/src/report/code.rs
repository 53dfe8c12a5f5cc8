//! The checkpoint of the record as a QR code (ISO/IEC 18004), for the foot of every page: a picture in pixels, which a PDF
//! holds once for all its pages, as it does not hold a drawing.

use qrcode::types::{Color, QrError};
use qrcode::{EcLevel, QrCode};

/// Pixels along a module: so many that a viewer who smooths pictures blurs only its edge.
const MODULE_PIXELS: usize = 8;

/// A code as its modules, row by row.
#[derive(Debug)]
pub(super) struct Code {
    width: usize,
    dark: Vec<bool>,
}

impl Code {
    /// The code of a text, so that it can be read when 15 of 100 modules are spoilt.
    pub fn of(text: &str) -> Result<Self, QrError> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M)?;
        let dark = code.to_colors().into_iter().map(|color| color == Color::Dark).collect();
        Ok(Self { width: code.width(), dark })
    }

    /// The picture, a square of bytes from black to white, row by row. It lacks the light margin that a reader needs: the
    /// page leaves it.
    pub fn pixels(&self) -> Vec<u8> {
        let side = self.width * MODULE_PIXELS;
        let module = |n: usize| n / side / MODULE_PIXELS * self.width + n % side / MODULE_PIXELS;
        (0..side * side).map(|n| if self.dark[module(n)] { 0 } else { u8::MAX }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example::Example;

    /// What stands in a code of version 6 with error correction M, read as ISO/IEC 18004 says and without its maker.
    fn read(code: &Code) -> String {
        assert_eq!(code.width, 41, "version 6");
        let dark = |row: usize, column: usize| usize::from(code.dark[row * 41 + column]);
        let format = (0..5).fold(0, |bits, column| bits << 1 | dark(8, column)) ^ 0b10101;
        assert_eq!(format >> 3, 0, "error correction M");
        let bits: Vec<usize> = path()
            .into_iter()
            .map(|(row, column)| dark(row, column) ^ usize::from(is_masked(format & 7, row, column)))
            .collect();
        // The 108 bytes of data come from four blocks in turn, the bytes of their correction after all of them.
        let bytes: Vec<usize> =
            bits.chunks(8).map(|byte| byte.iter().fold(0, |bits, bit| bits << 1 | bit)).collect();
        let data = (0..4).flat_map(|block| (0..27).map(move |n| block + 4 * n));
        text(
            &data
                .flat_map(|n| (0..8).rev().map(|bit| bytes[n] >> bit & 1).collect::<Vec<_>>())
                .collect::<Vec<_>>(),
        )
    }

    /// The modules that hold data, in their order: up and down in pairs of columns from the right, past the patterns.
    fn path() -> Vec<(usize, usize)> {
        let is_finder = |row, column| match row {
            0..9 => !(9..33).contains(&column),
            33.. => column < 9,
            _ => false,
        };
        let is_pattern = |row: usize, column: usize| {
            let is_aligning = row.abs_diff(34) < 3 && column.abs_diff(34) < 3;
            is_finder(row, column) || row == 6 || column == 6 || is_aligning
        };
        let pairs = (7..41).rev().step_by(2).chain([5, 3, 1]).enumerate();
        let both = pairs.flat_map(|(turn, right)| {
            let rows = (0..41).map(move |n| if turn % 2 == 0 { 40 - n } else { n });
            rows.flat_map(move |row| [(row, right), (row, right - 1)])
        });
        both.filter(|(row, column)| !is_pattern(*row, *column)).collect()
    }

    fn is_masked(mask: usize, i: usize, j: usize) -> bool {
        let product = i * j;
        0 == match mask {
            0 => (i + j) % 2,
            1 => i % 2,
            2 => j % 3,
            3 => (i + j) % 3,
            4 => (i / 2 + j / 3) % 2,
            5 => product % 2 + product % 3,
            6 => (product % 2 + product % 3) % 2,
            _ => ((i + j) % 2 + product % 3) % 2,
        }
    }

    /// The segments up to the terminator: digits, letters and digits, or bytes.
    fn text(bits: &[usize]) -> String {
        const LETTERS: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
        let mut at = 0;
        let mut take = |n: usize| {
            at += n;
            bits[at - n..at].iter().fold(0, |number, bit| number << 1 | bit)
        };
        let mut text = String::new();
        loop {
            match take(4) {
                0b0001 => {
                    let n_digits = take(10);
                    for n in (0..n_digits).step_by(3).map(|n| (n_digits - n).min(3)) {
                        text.push_str(&format!("{:0n$}", take(3 * n + 1)));
                    }
                }
                0b0010 => {
                    let n_letters = take(9);
                    for n in (0..n_letters).step_by(2).map(|n| (n_letters - n).min(2)) {
                        let value = take(5 * n + 1);
                        let pair = [LETTERS[value / 45], LETTERS[value % 45]];
                        text.extend(pair[2 - n..].iter().map(|letter| char::from(*letter)));
                    }
                }
                0b0100 => {
                    for _ in 0..take(8) {
                        text.push(char::from(u8::try_from(take(8)).expect("eight bits")));
                    }
                }
                _ => return text,
            }
        }
    }

    #[test]
    fn the_code_is_read_as_exactly_the_text_of_the_checkpoint() {
        let example = Example::new(0);
        let mut head = example.dossier().record;
        for (root, size) in [(0, 0), (85, 9), (170, 214), (204, 70_000), (255, 123_456_789)] {
            (head.size, head.root[31]) = (size, root);
            let text = head.checkpoint();
            let code = Code::of(&text).expect("a code");
            assert_eq!(read(&code), text);
        }
    }

    #[test]
    fn the_picture_has_a_square_of_pixels_for_each_module() {
        let code = Code { width: 2, dark: vec![true, false, false, true] };
        let row = |left: u8, right: u8| [[left; MODULE_PIXELS], [right; MODULE_PIXELS]].concat();
        let half = |left, right| row(left, right).repeat(MODULE_PIXELS);
        assert_eq!(code.pixels(), [half(0, 255), half(255, 0)].concat());
    }

    #[test]
    fn a_text_that_no_code_can_hold_is_refused() {
        assert_eq!(Code::of(&"x".repeat(3_000)).expect_err("too long"), QrError::DataTooLong);
    }
}
