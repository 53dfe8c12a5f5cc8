//! The cosine transform of 64 × 64 points to the 16 × 16 lowest frequencies, and the bits that are made of them.

use crate::pdq::{PdqHash, SMALL, Small};

/// The frequencies 1 to 16 from top to bottom, each with the frequencies 1 to 16 from left to right.
pub(super) type Coefficients = [[f32; 16]; 16];

/// `sqrt(2 / 64) * cos(pi / 128 * k)` for `k` from 0 to 64, each rounded to a float once: the sign of the rest of the circle
/// follows from these. Constants, because the cosine of one machine's library may be another's but for its last bit.
#[rustfmt::skip]
const WAVE: [f32; 65] = [
    0.17677669, 0.17672345, 0.17656375, 0.17629771, 0.17592546, 0.17544726, 0.17486335, 0.17417413,
    0.17337997, 0.17248139, 0.17147891, 0.17037314, 0.16916475, 0.16785446, 0.16644305, 0.16493139,
    0.16332036, 0.16161098, 0.15980424, 0.15790124, 0.15590313, 0.1538111, 0.15162642, 0.14935042,
    0.14698444, 0.14452994, 0.14198837, 0.13936128, 0.13665023, 0.13385688, 0.13098289, 0.12803, 0.125,
    0.121894695, 0.11871597, 0.11546574, 0.112145945, 0.108758606, 0.10530575, 0.10178947, 0.09821187,
    0.09457511, 0.090881385, 0.08713291, 0.08333196, 0.079480805, 0.075581774, 0.07163722, 0.06764951,
    0.06362105, 0.059554275, 0.05545162, 0.051315565, 0.0471486, 0.042953234, 0.038731992, 0.034487423,
    0.030222077, 0.025938528, 0.021639355, 0.017327147, 0.0130045, 0.008674021, 0.004338317, 0.0,
];

/// The transform's matrix: row `i` is frequency `i + 1` at 64 points.
const fn matrix() -> [[f32; SMALL]; 16] {
    let mut matrix = [[0.0; SMALL]; 16];
    let mut row = 0;
    while row < 16 {
        let mut column = 0;
        while column < SMALL {
            // The angle in steps of pi / 128, of which 256 are a circle.
            let step = (row + 1) * (2 * column + 1) % 256;
            let half = if step > 128 { 256 - step } else { step };
            matrix[row][column] = if half > 64 { -WAVE[128 - half] } else { WAVE[half] };
            column += 1;
        }
        row += 1;
    }
    matrix
}

static MATRIX: [[f32; SMALL]; 16] = matrix();

/// Every sum is taken in the order of its terms and not fused, as the reference does.
pub(super) fn transform(small: &Small) -> Coefficients {
    let mut coefficients = [[0.0; 16]; 16];
    for (out, wave) in coefficients.iter_mut().zip(&MATRIX) {
        let mut down = [0.0_f32; SMALL];
        for (weight, row) in wave.iter().zip(small) {
            for (sum, point) in down.iter_mut().zip(row) {
                *sum += weight * point;
            }
        }
        for (sum, wave) in out.iter_mut().zip(&MATRIX) {
            for (point, weight) in down.iter().zip(wave) {
                *sum += point * weight;
            }
        }
    }
    coefficients
}

/// A bit is set where a frequency is above the median, which is the lower of the two in the middle of 256.
pub(super) fn bits(coefficients: &Coefficients) -> PdqHash {
    let mut values = *coefficients.as_flattened().first_chunk::<256>().expect("16 times 16");
    let (_, median, _) = values.select_nth_unstable_by(127, f32::total_cmp);
    let mut limbs = [0; 4];
    for (idx, value) in coefficients.as_flattened().iter().enumerate() {
        limbs[idx / 64] |= u64::from(*value > *median) << (idx % 64);
    }
    PdqHash::of_limbs(limbs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_is_the_reference_s_formula_rounded_once() {
        // As the reference: the factor is a float, the cosine is not, and the product is rounded to a float.
        let factor = (2.0_f64 / 64.0).sqrt() as f32;
        for (row_idx, row) in MATRIX.iter().enumerate() {
            for (column_idx, value) in row.iter().enumerate() {
                let angle =
                    std::f64::consts::PI / 2.0 / 64.0 * (row_idx + 1) as f64 * (2 * column_idx + 1) as f64;
                assert_eq!(*value, (f64::from(factor) * angle.cos()) as f32, "{row_idx}, {column_idx}");
            }
        }
    }
}
