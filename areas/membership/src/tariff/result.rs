use membership_rules::tariff::{Move, Simulation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What a new version of a tariff would do. Amounts are cents a year.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
pub(super) struct ResultBody {
    pub members: i64,
    /// Of whom no amount can be told, before or after.
    pub without: i64,
    pub before: i64,
    pub after: i64,
    /// Who pays more, and who less.
    pub up: i64,
    pub down: i64,
    pub moves: Vec<MoveBody>,
}

/// Members who go from one class to another, or stay in one.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
pub(super) struct MoveBody {
    pub from: String,
    pub to: String,
    pub members: i64,
    pub before: i64,
    pub after: i64,
}

impl ResultBody {
    pub(super) fn of(simulation: &Simulation) -> Self {
        let Simulation { members, without, before, after, up, down, moves } = simulation;
        let moves = moves.iter().map(|((from, to), moved)| {
            let Move { members, before, after } = moved;
            MoveBody {
                from: from.clone(),
                to: to.clone(),
                members: *members,
                before: before.0,
                after: after.0,
            }
        });
        Self {
            members: *members,
            without: *without,
            before: before.0,
            after: after.0,
            up: *up,
            down: *down,
            moves: moves.collect(),
        }
    }

    pub(super) fn stored(&self) -> String {
        serde_json::to_string(self).expect("numbers and words")
    }

    pub(super) fn read(stored: &str) -> Self {
        serde_json::from_str(stored).expect("written by stored()")
    }
}
