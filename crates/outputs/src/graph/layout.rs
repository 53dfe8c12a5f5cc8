//! Where nodes are drawn: rings by their steps from the first, then pulled together by what is between them.
//!
//! The same graph gives the same whole numbers on every machine: only sums, products, quotients and square roots are taken,
//! which IEEE 754 fixes to the bit, in an order that follows from the graph, and for a number of rounds that is fixed.

use std::collections::BTreeMap;

use super::{Edge, Node};

/// How far two nodes that hang together want to be apart.
const APART: f64 = 120.0;
/// Rounds of pulling and pushing.
const ROUNDS: u32 = 120;
/// How far a node may go in the first round.
const FIRST_STEP: f64 = 60.0;

/// Gives each node its place. They come in the order of their steps from the first, which stays at 0, 0.
pub(super) fn place(nodes: &mut [Node], edges: &[Edge]) {
    let number: BTreeMap<_, usize> = nodes.iter().map(|node| node.id.clone()).zip(0..).collect();
    let pairs: Vec<(usize, usize)> =
        edges.iter().map(|edge| (number[&edge.from], number[&edge.to])).collect();
    let mut at = rings(nodes);
    for round in 0..ROUNDS {
        let most = FIRST_STEP * f64::from(ROUNDS - round) / f64::from(ROUNDS);
        let forces = forces(&at, &pairs);
        // The first node stays where it is, so that the others are around it.
        for (place, force) in at.iter_mut().zip(&forces).skip(1) {
            let length = length(*force).max(0.001);
            let step = length.min(most) / length;
            *place = (place.0 + force.0 * step, place.1 + force.1 * step);
        }
    }
    for (node, (x, y)) in nodes.iter_mut().zip(at) {
        (node.x, node.y) = (x.round() as i32, y.round() as i32);
    }
}

/// Rings around the first node, the nodes of each at equal distances in their order.
fn rings(nodes: &[Node]) -> Vec<(f64, f64)> {
    let mut n_of: BTreeMap<u8, usize> = BTreeMap::new();
    nodes.iter().for_each(|node| *n_of.entry(node.hop).or_default() += 1);
    let mut nth: BTreeMap<u8, usize> = BTreeMap::new();
    let mut place = |node: &Node| {
        let nth = nth.entry(node.hop).or_default();
        *nth += 1;
        let turn = (*nth as f64 - 1.0) / n_of[&node.hop] as f64;
        // Rings begin at different sides, or their first nodes would stand in a row.
        let turn = turn + f64::from(node.hop) * 0.13;
        let (x, y) = direction(turn - turn.floor());
        let radius = f64::from(node.hop) * APART * 1.5;
        (x * radius, y * radius)
    };
    nodes.iter().map(&mut place).collect()
}

/// A direction by its part of a whole turn: on a square with round corners, for which no sine is needed, since that of one
/// machine may differ from that of another in its last bit.
fn direction(turn: f64) -> (f64, f64) {
    let side = turn * 4.0;
    let along = side - side.floor();
    let (x, y) = (1.0 - along, along);
    let norm = (x * x + y * y).sqrt();
    let (x, y) = (x / norm, y / norm);
    match side as u8 {
        0 => (x, y),
        1 => (-y, x),
        2 => (-x, -y),
        _ => (y, -x),
    }
}

/// Nodes push each other away, and those that hang together pull (Fruchterman and Reingold 1991).
fn forces(at: &[(f64, f64)], pairs: &[(usize, usize)]) -> Vec<(f64, f64)> {
    let mut forces = vec![(0.0, 0.0); at.len()];
    let mut push = |a: usize, b: usize, size: &dyn Fn(f64) -> f64| {
        let mut apart = (at[a].0 - at[b].0, at[a].1 - at[b].1);
        if length(apart) < 0.001 {
            // Two nodes at one place go apart in a direction that their numbers say.
            apart = direction((a * 7 + b) as f64 / 64.0 % 1.0);
        }
        let far = length(apart).max(1.0);
        let by = size(far) / far;
        forces[a] = (forces[a].0 + apart.0 * by, forces[a].1 + apart.1 * by);
        forces[b] = (forces[b].0 - apart.0 * by, forces[b].1 - apart.1 * by);
    };
    for a in 0..at.len() {
        for b in a + 1..at.len() {
            push(a, b, &|far| APART * APART / far);
        }
    }
    for (a, b) in pairs {
        push(*a, *b, &|far| -far * far / APART);
    }
    forces
}

fn length((x, y): (f64, f64)) -> f64 {
    (x * x + y * y).sqrt()
}
