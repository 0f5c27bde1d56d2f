use std::io::{BufRead, BufReader};

use db::{Error, Tx, args, new_id};
use kernel::{Actor, Event, EventKind, Fact, local};
use rulebook::Rulebook;
use tokio::sync::mpsc;
use web::App;

use super::apply::{Done, apply};
use super::parse::{Format, Said, WrongFile, parse};
use crate::Broken;

/// What a file came to.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Outcome {
    pub booked: u64,
    pub returned: u64,
    /// Said before, by this file or another.
    pub known: u64,
    /// Lines about other payments, of which nothing is kept, or with another amount.
    pub others: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum ReadFailed {
    #[error(transparent)]
    Wrong(#[from] WrongFile),
    #[error(transparent)]
    Broken(#[from] Broken),
}

impl From<Error> for ReadFailed {
    fn from(error: Error) -> Self {
        Self::Broken(error.into())
    }
}

const AT_ONCE: usize = 1_000;

/// Reads a file of the bank to its end, some thousand statements in a step. Broken off halfway it can be read again: what
/// was said before is known.
pub async fn read(
    app: &App,
    actor: Actor,
    name: &str,
    file: std::fs::File,
) -> Result<Outcome, ReadFailed> {
    // A file that is wrong at its end changes nothing either.
    let (format, file) = tokio::task::spawn_blocking(move || {
        let format = parse(BufReader::new(&file), |_| {})?;
        std::io::Seek::rewind(&mut &file).map_err(|_| WrongFile::NotXml)?;
        Ok::<_, WrongFile>((format, file))
    })
    .await
    .map_err(|error| Broken::Io(error.into()))??;
    let (send, mut steps) = mpsc::channel(2);
    let reading = tokio::task::spawn_blocking(move || in_steps(BufReader::new(file), &send));

    let id = new_id();
    app.db().write(actor.clone(), async |tx| begin(tx, id, format, name).await).await?;
    let book = app.rulebook();
    let mut outcome = Outcome::default();
    while let Some(step) = steps.recv().await {
        let done = app.db().write(actor.clone(), async |tx| take(tx, &book, id, &step).await);
        outcome = outcome + done.await?;
    }
    reading.await.map_err(|error| Broken::Io(error.into()))??;
    app.db().write(actor, async |tx| end(tx, id, outcome).await).await?;
    Ok(outcome)
}

fn in_steps(file: impl BufRead, send: &mpsc::Sender<Vec<Said>>) -> Result<(), WrongFile> {
    let mut step = Vec::new();
    parse(file, |said| {
        step.push(said);
        if step.len() == AT_ONCE {
            // Nobody takes them any more: the reading failed, and says so itself.
            let _ = send.blocking_send(std::mem::take(&mut step));
        }
    })?;
    let _ = send.blocking_send(step);
    Ok(())
}

impl std::ops::Add for Outcome {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            booked: self.booked + other.booked,
            returned: self.returned + other.returned,
            known: self.known + other.known,
            others: self.others + other.others,
        }
    }
}

async fn take(tx: &mut Tx, book: &Rulebook, file: i64, step: &[Said]) -> Result<Outcome, Broken> {
    let mut outcome = Outcome::default();
    for said in step {
        match apply(tx, book, file, said).await? {
            Done::Booked(rows) => outcome.booked += rows,
            Done::Returned(rows) => outcome.returned += rows,
            Done::Known => outcome.known += 1,
            Done::Other => outcome.others += 1,
        }
    }
    Ok(outcome)
}

async fn begin(tx: &mut Tx, id: i64, format: Format, name: &str) -> Result<(), Error> {
    let (me, now) = (tx.actor().user, tx.now());
    tx.change_one(
        "insert into bank_files (id, kind, name, read_by, read_at, booked, returned, known, others)
         values ($1, $2, $3, $4, $5, 0, 0, 0, 0)",
        args![id, format, name, me, now],
    )
    .await
}

async fn end(tx: &mut Tx, id: i64, outcome: Outcome) -> Result<(), Error> {
    let number = |count: u64| i64::try_from(count).unwrap_or(i64::MAX);
    let Outcome { booked, returned, known, others } = outcome;
    tx.change_one(
        "update bank_files set booked = $1, returned = $2, known = $3, others = $4 where id = $5",
        args![number(booked), number(returned), number(known), number(others), id],
    )
    .await?;
    let event = Event::new(EventKind::BankFileRead, local(tx.now()).date())
        .with("file", Fact::Number(id))
        .with("booked", Fact::Number(number(booked)))
        .with("returned", Fact::Number(number(returned)))
        .with("known", Fact::Number(number(known)));
    activity::record(tx, event).await
}
