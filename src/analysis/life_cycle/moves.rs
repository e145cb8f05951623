//! Moves from stage to stage, their pooled shares, and where they lead.

use super::{Move, STAGES, Share};
use crate::model::markov;
use crate::model::proportion::wilson;
use crate::segment::life_cycle::{Stage, Stages};

/// Moves from stage to stage by their places, over all periods.
pub(super) type Pooled = [[u64; STAGES]; STAGES];

/// The moves that somebody makes, in the order of the stages; who had not come last.
pub(super) fn told_moves(stages: Stages, moves: &[[u64; STAGES]; STAGES + 1]) -> Vec<Move> {
    let all = stages.all();
    let row = |(from, row): (usize, &[u64; STAGES])| {
        let from = all.get(from).copied();
        let some = all.iter().zip(*row).filter(|(_, users)| *users > 0);
        some.map(|(to, users)| Move { from, to: *to, users }).collect::<Vec<_>>()
    };
    moves.iter().take(all.len() + 1).enumerate().flat_map(row).collect()
}

/// Shares with what they are worth, and the mix in which today's settles.
pub(super) fn shares(stages: Stages, pooled: &Pooled, now: &[u64]) -> (Vec<Share>, Option<Vec<f64>>) {
    let all = stages.all();
    let sums: Vec<u64> = pooled.iter().take(all.len()).map(|row| row.iter().sum()).collect();
    let users: u64 = now.iter().sum();
    // From a stage that nobody was seen in nobody is seen to leave.
    let row = |(from, (row, sum)): (usize, (&[u64; STAGES], &u64))| -> Vec<f64> {
        let share = |(to, moves): (usize, &u64)| match sum {
            0 => f64::from(u8::from(from == to)),
            sum => *moves as f64 / *sum as f64,
        };
        row.iter().take(all.len()).enumerate().map(share).collect()
    };
    let matrix: Vec<Vec<f64>> = pooled.iter().zip(&sums).enumerate().map(row).collect();
    let mix: Vec<f64> = now.iter().map(|count| *count as f64 / users.max(1) as f64).collect();
    let known = users > 0 && sums.iter().any(|sum| *sum > 0);
    let settled = known.then(|| markov::settled(&matrix, &mix)).flatten();
    let kept = |mix: &[f64]| -> f64 {
        all.iter().zip(mix).filter(|(stage, _)| stage.is_kept()).map(|(_, share)| share).sum()
    };
    let share = |from: Stage, to: Stage, moves: u64, of: u64| {
        let worth = settled.as_ref().and_then(|settled| {
            let more = markov::with_more(&matrix, from.place(), to.place(), 0.01);
            Some(kept(&markov::settled(&more, &mix)?) - kept(settled))
        });
        Some(Share {
            from,
            to,
            moves,
            of,
            share: moves as f64 / of as f64,
            interval: wilson(moves, of)?,
            worth,
        })
    };
    let told = all.iter().zip(pooled.iter().zip(&sums)).flat_map(|(from, (row, sum))| {
        let some = all.iter().zip(*row).filter(|(_, moves)| *moves > 0);
        some.filter_map(|(to, moves)| share(*from, *to, moves, *sum)).collect::<Vec<_>>()
    });
    (told.collect(), settled)
}
