use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use access::presence::Mate;
use askama::Template;
use calls::callback::Callback;
use jiff::{Timestamp, ZonedDateTime};
use kernel::TeamId;
use texts::{Language, Texts};
use tokio::sync::Mutex;
use web::ui::Html;

use super::store::{Board, Good};

/// So many colleagues stand on a board by name; of the others, how many.
const SHOWN: usize = 48;

/// The part of a board that follows what colleagues do.
#[derive(Template)]
#[template(path = "team_board.html")]
pub(super) struct BoardPart<'a> {
    pub t: &'a Texts,
    pub now: &'a ZonedDateTime,
    pub board: &'a Board,
}

impl BoardPart<'_> {
    fn here(&self) -> i64 {
        let here = self.board.mates.iter().filter(|mate| mate.is_here());
        i64::try_from(here.count()).unwrap_or(i64::MAX)
    }

    fn shown(&self) -> impl Iterator<Item = &Mate> {
        self.board.mates.iter().take(SHOWN)
    }

    fn others(&self) -> i64 {
        i64::try_from(self.board.mates.len().saturating_sub(SHOWN)).unwrap_or(i64::MAX)
    }

    fn shape(&self, mate: &Mate) -> Html {
        access::presence::shape_of(mate)
    }

    fn status(&self, mate: &Mate) -> String {
        access::presence::status_of(self.t, mate)
    }

    fn news(&self, what: &Good) -> String {
        self.t.get(match what {
            Good::Joined => "figures-news-joined",
            Good::Retained => "figures-news-retained",
            Good::Kept => "figures-news-kept",
        })
    }

    fn icon(&self, what: &Good) -> Html {
        web::icon(match what {
            Good::Joined => "person-plus",
            Good::Retained => "heart",
            Good::Kept => "back",
        })
    }

    fn at(&self, at: &Timestamp) -> String {
        self.t.clock(*at)
    }
}

/// The board inside the frame, with what a team lead can do.
#[derive(Template)]
#[template(path = "team.html")]
pub(super) struct TeamPage<'a> {
    pub t: &'a Texts,
    pub team: &'a str,
    pub part: Html,
    pub mates: &'a [Mate],
    pub me: kernel::UserId,
    pub leads: bool,
    /// Promises that need somebody, for whoever leads: when and whose, not to whom.
    pub at_risk: Vec<Callback>,
    /// To whom they can be given.
    pub callers: Vec<(kernel::UserId, String)>,
    pub notice: Option<String>,
}

impl TeamPage<'_> {
    fn others(&self) -> impl Iterator<Item = &Mate> {
        self.mates.iter().filter(|mate| mate.id != self.me)
    }

    /// `Di 24 november, 9:15–9:45, van Noor`
    fn promise(&self, promise: &Callback) -> String {
        let t = self.t;
        let window = format!("{}–{}", t.time(promise.from_time), t.time(promise.until_time));
        let when = format!("{}, {window}", t.short_day(promise.due_on));
        match &promise.owner_name {
            Some(owner) => t.with2("figures-team-promise-of", "when", when, "who", owner.as_str()),
            None => t.with("figures-team-promise-of-team", "when", when),
        }
    }
}

/// For whoever is in no team yet.
#[derive(Template)]
#[template(path = "team_none.html")]
pub(super) struct NoTeamPage<'a> {
    pub t: &'a Texts,
}

/// The board on the wall, without a frame.
#[derive(Template)]
#[template(path = "team_wall.html")]
pub(super) struct WallPage<'a> {
    pub t: &'a Texts,
    pub team: &'a str,
    pub day: String,
    pub part: Html,
}

impl WallPage<'_> {
    fn asset(&self, name: &str) -> String {
        web::asset_path(name)
    }
}

/// The boards that are on a screen now. A thousand that ask at once are answered by one look: whoever asks gets
/// one that began after the question, never an older one.
#[derive(Default)]
pub struct Boards(Mutex<HashMap<(TeamId, Language), Looked>>);

/// A board with the moment at which the look at it began.
#[derive(Clone)]
struct Looked {
    begun: Instant,
    board: Arc<str>,
}

impl Boards {
    /// The rendered part of a team's board; `look` makes a new one.
    pub(super) async fn fresh<E>(
        &self,
        team: TeamId,
        language: Language,
        look: impl AsyncFnOnce() -> Result<String, E>,
    ) -> Result<Arc<str>, E> {
        let asked = Instant::now();
        let mut boards = self.0.lock().await;
        if let Some(Looked { begun, board }) = boards.get(&(team, language))
            && *begun >= asked
        {
            return Ok(Arc::clone(board));
        }
        let begun = Instant::now();
        let board: Arc<str> = look().await?.into();
        boards.insert((team, language), Looked { begun, board: Arc::clone(&board) });
        Ok(board)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test]
    async fn many_who_ask_at_once_share_one_look_and_nobody_gets_an_older_one() {
        let boards = Boards::default();
        let looks = AtomicU32::new(0);
        let ask = || {
            boards.fresh(TeamId(1), Language::Dutch, async || {
                let nr = looks.fetch_add(1, Ordering::Relaxed);
                tokio::task::yield_now().await;
                Ok::<_, ()>(nr.to_string())
            })
        };
        let (one, two, three, four) = tokio::join!(ask(), ask(), ask(), ask());
        // The first look may have begun before the others asked; the second serves all of them.
        assert_eq!(&*one.unwrap(), "0");
        for shared in [two, three, four] {
            assert_eq!(&*shared.unwrap(), "1");
        }
        assert_eq!(&*ask().await.unwrap(), "2", "asked later, looked later");
    }
}
