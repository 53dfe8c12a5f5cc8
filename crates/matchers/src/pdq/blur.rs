//! From a picture to the brightness of 64 × 64 points: two passes of a box along rows and along columns, then the centre of
//! each of 64 × 64 tiles.
//!
//! Each box is a running sum in floats, and its rounding decides bits: every sum here adds and takes away in the order of
//! the reference. What is done differently is what stands beside each other: sixteen rows are summed at once, and sums
//! down the columns take a whole row at once, so that each lane has the reference's order and none waits for another.
//! Rows pass through in one stream. No copy of the picture is made; what is kept are as many rows as a box is high.

use crate::machine::for_machine;
use crate::pdq::{Grid, SMALL, Small};

/// Rows that are summed at once.
const LANES: usize = 16;

/// What the reference takes red, green and blue for.
const LUMA: [f32; 3] = [0.299, 0.587, 0.114];

/// Sixteen rows side by side: one point of each.
type Lanes = [f32; LANES];

pub(super) fn shrink(grid: &Grid<'_>) -> Small {
    if grid.rows.len() == SMALL && grid.columns.len() == SMALL {
        let mut small = [[0.0; SMALL]; SMALL];
        for (row, out) in small.iter_mut().enumerate() {
            brightness(grid, row, out);
        }
        return small;
    }
    blurred(grid)
}

for_machine! {
    fn blurred(grid: &Grid<'_>) -> Small = blurred_by
}

/// The same operations in the same order on every machine: wider ones do more lanes at once, and none is fused.
#[inline(always)]
pub(super) fn blurred_by(grid: &Grid<'_>) -> Small {
    let (height, width) = (grid.rows.len(), grid.columns.len());
    let columns = Window::of(width);
    let mut down = Down::new(Window::of(height), width);
    let mut second = Second::new(height, width);
    let mut rows = vec![0.0; LANES * width];
    let mut points = vec![[0.0; LANES]; width];
    let mut means = points.clone();
    for top in (0..height).step_by(LANES) {
        let count = LANES.min(height - top);
        for (row, out) in (top..top + count).zip(rows.chunks_exact_mut(width)) {
            brightness(grid, row, out);
        }
        stand(&rows, &mut points);
        columns.means(&points, &mut means);
        lie(&means, &mut rows);
        for row in rows.chunks_exact(width).take(count) {
            if down.push(row, second.next()) {
                second.taken();
            }
        }
    }
    while down.rest(second.next()) {
        second.taken();
    }
    second.finish();
    second.small
}

/// The brightness of a row's pixels, in the reference's order of operations.
#[inline(always)]
fn brightness(grid: &Grid<'_>, row: usize, out: &mut [f32]) {
    let [red, green, blue] = LUMA;
    let start = grid.rows[row];
    let adjoining = grid.columns.len() * grid.channels;
    let runs = grid.columns[0] == 0 && grid.columns[grid.columns.len() - 1] == adjoining - grid.channels;
    if grid.channels == 1 && runs {
        for (out, value) in out.iter_mut().zip(&grid.bytes[start..start + adjoining]) {
            *out = f32::from(*value);
        }
    } else if grid.channels == 1 {
        for (out, column) in out.iter_mut().zip(&grid.columns) {
            *out = f32::from(grid.bytes[start + column]);
        }
    } else if runs {
        let (pixels, _) = grid.bytes[start..start + adjoining].as_chunks::<3>();
        for (out, [r, g, b]) in out.iter_mut().zip(pixels) {
            *out = red * f32::from(*r) + green * f32::from(*g) + blue * f32::from(*b);
        }
    } else {
        for (out, column) in out.iter_mut().zip(&grid.columns) {
            let pixel = &grid.bytes[start + column..start + column + 3];
            *out = red * f32::from(pixel[0]) + green * f32::from(pixel[1]) + blue * f32::from(pixel[2]);
        }
    }
}

/// Sixteen rows, one after the other, to sixteen rows side by side.
#[inline(always)]
fn stand(rows: &[f32], points: &mut [Lanes]) {
    let width = points.len();
    for (column, point) in points.iter_mut().enumerate() {
        for (lane, value) in point.iter_mut().enumerate() {
            *value = rows[lane * width + column];
        }
    }
}

/// And back.
#[inline(always)]
fn lie(points: &[Lanes], rows: &mut [f32]) {
    let width = points.len();
    for (lane, row) in rows.chunks_exact_mut(width).enumerate() {
        for (value, point) in row.iter_mut().zip(points) {
            *value = point[lane];
        }
    }
}

/// A box along one axis.
#[derive(Clone, Copy)]
struct Window {
    /// How many points it has, where none is cut off by an edge.
    size: usize,
    /// How many of them stand before its centre is passed: the first mean is of so many.
    half: usize,
}

impl Window {
    /// The reference's box for an axis: half a tile, rounded up, so that two passes reach over a whole one.
    fn of(length: usize) -> Self {
        let size = length.div_ceil(2 * SMALL);
        Self { size, half: size.midpoint(2) }
    }

    /// The mean around each point. The sum takes the next point, then gives up the one that it leaves behind.
    #[inline(always)]
    fn means(self, points: &[Lanes], means: &mut [Lanes]) {
        let Self { size, half } = self;
        let mut sum = [0.0; LANES];
        let mut means = means.iter_mut();
        for (idx, point) in points[..size].iter().enumerate() {
            add(&mut sum, point);
            if idx + 1 >= half {
                divide(&sum, idx + 1, means.next());
            }
        }
        for (point, left) in points[size..].iter().zip(points) {
            add(&mut sum, point);
            subtract(&mut sum, left);
            divide(&sum, size, means.next());
        }
        for (idx, left) in points[points.len() - size..].iter().take(half - 1).enumerate() {
            subtract(&mut sum, left);
            divide(&sum, size - 1 - idx, means.next());
        }
    }

    /// The means around some points, of which none is so near to the end that the edge cuts its box.
    #[inline(always)]
    fn means_at(self, centres: &[usize; SMALL], points: &[Lanes], means: &mut [Lanes; SMALL]) {
        let Self { size, half } = self;
        let mut sum = [0.0; LANES];
        let mut next = 0;
        for (centre, mean) in centres.iter().zip(means) {
            for idx in next..centre + half {
                add(&mut sum, &points[idx]);
                if idx >= size {
                    subtract(&mut sum, &points[idx - size]);
                }
            }
            next = centre + half;
            divide(&sum, size.min(next), Some(mean));
        }
    }
}

#[inline(always)]
fn add(sum: &mut Lanes, point: &Lanes) {
    for (sum, point) in sum.iter_mut().zip(point) {
        *sum += point;
    }
}

#[inline(always)]
fn subtract(sum: &mut Lanes, point: &Lanes) {
    for (sum, point) in sum.iter_mut().zip(point) {
        *sum -= point;
    }
}

#[inline(always)]
fn divide(sum: &Lanes, count: usize, mean: Option<&mut Lanes>) {
    for (mean, sum) in mean.into_iter().flatten().zip(sum) {
        *mean = sum / count as f32;
    }
}

/// A box down all columns, fed row by row.
struct Down {
    window: Window,
    /// The last rows, as many as the box is high: row `r` at place `r % size`.
    rows: Vec<f32>,
    sums: Vec<f32>,
    /// How many rows came.
    came: usize,
    /// How many rows of means have left.
    left: usize,
}

impl Down {
    fn new(window: Window, width: usize) -> Self {
        Self { window, rows: vec![0.0; window.size * width], sums: vec![0.0; width], came: 0, left: 0 }
    }

    /// Takes the next row, and writes the row of means that can be given then, if there is one.
    #[inline(always)]
    fn push(&mut self, row: &[f32], means: &mut [f32]) -> bool {
        let Window { size, half } = self.window;
        let width = self.sums.len();
        let place = self.came % size * width;
        let kept = &mut self.rows[place..place + width];
        let count = size.min(self.came + 1) as f32;
        let sums = self.sums.iter_mut().zip(means);
        if self.came < size {
            for (((sum, mean), new), kept) in sums.zip(row).zip(kept) {
                *sum += new;
                *kept = *new;
                *mean = *sum / count;
            }
        } else {
            for (((sum, mean), new), kept) in sums.zip(row).zip(kept) {
                *sum += new;
                *sum -= *kept;
                *kept = *new;
                *mean = *sum / count;
            }
        }
        self.came += 1;
        let given = self.came >= half;
        self.left += usize::from(given);
        given
    }

    /// The next row of means when no more rows come, if one is left.
    #[inline(always)]
    fn rest(&mut self, means: &mut [f32]) -> bool {
        let Window { size, half } = self.window;
        if self.left == self.came {
            return false;
        }
        let width = self.sums.len();
        // The means of the first of these rows are of all rows but one of the box that came last.
        let given_up = self.left + half - 1 - self.came + 1;
        let place = (self.came - size + given_up - 1) % size * width;
        let count = (size - given_up) as f32;
        let sums = self.sums.iter_mut().zip(means);
        for ((sum, mean), kept) in sums.zip(&self.rows[place..place + width]) {
            *sum -= kept;
            *mean = *sum / count;
        }
        self.left += 1;
        true
    }
}

/// The second pass, of which only the centres of tiles are wanted.
struct Second {
    window: Window,
    centres: [usize; SMALL],
    rows: Vec<f32>,
    filled: usize,
    points: Vec<Lanes>,
    down: Down,
    /// The rows that are wanted, and how many of them there are.
    wanted: [usize; SMALL],
    done: usize,
    small: Small,
}

impl Second {
    fn new(height: usize, width: usize) -> Self {
        Self {
            window: Window::of(width),
            centres: centres(width),
            rows: vec![0.0; LANES * width],
            filled: 0,
            points: vec![[0.0; LANES]; width],
            down: Down::new(Window::of(height), SMALL),
            wanted: centres(height),
            done: 0,
            small: [[0.0; SMALL]; SMALL],
        }
    }

    /// Where the next row is written.
    #[inline(always)]
    fn next(&mut self) -> &mut [f32] {
        let width = self.points.len();
        &mut self.rows[self.filled * width..(self.filled + 1) * width]
    }

    /// The next row is written.
    #[inline(always)]
    fn taken(&mut self) {
        self.filled += 1;
        if self.filled == LANES {
            self.finish();
        }
    }

    /// Takes the rows that are written.
    #[inline(always)]
    fn finish(&mut self) {
        stand(&self.rows, &mut self.points);
        let mut means = [[0.0; LANES]; SMALL];
        self.window.means_at(&self.centres, &self.points, &mut means);
        let mut row = [0.0; SMALL];
        let mut mean = [0.0; SMALL];
        for lane in 0..self.filled {
            for (value, point) in row.iter_mut().zip(&means) {
                *value = point[lane];
            }
            if self.down.push(&row, &mut mean) {
                self.keep(&mean);
            }
        }
        self.filled = 0;
    }

    /// Keeps a row if it is wanted: a picture of fewer than 64 rows gives some of them several times.
    #[inline(always)]
    fn keep(&mut self, mean: &[f32; SMALL]) {
        while self.wanted.get(self.done) == Some(&(self.down.left - 1)) {
            self.small[self.done] = *mean;
            self.done += 1;
        }
    }
}

/// The middle of each of 64 tiles of an axis.
fn centres(length: usize) -> [usize; SMALL] {
    std::array::from_fn(|tile| (2 * tile + 1) * length / (2 * SMALL))
}
