//! `wijland keys`: with what account numbers and recordings are sealed.

use dues::account::reseal;
use kernel::Actor;

use super::say;
use crate::installation::take_alone;
use crate::{Failure, Installation, Place, keys};

#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Which keys there are, and how many account numbers and recordings each opens
    Show(#[command(flatten)] Place),
    /// Makes a new key and seals everything with it; the old one stays for older backups
    Rotate(#[command(flatten)] Place),
    /// Throws a key away that opens nothing any more: backups that were sealed with it do not open either
    Forget {
        /// Its number
        nr: i64,
        #[command(flatten)]
        place: Place,
    },
}

pub(crate) async fn run(command: Command) -> Result<(), Failure> {
    match command {
        Command::Show(place) => show(&place).await,
        Command::Rotate(place) => rotate(&place).await,
        Command::Forget { nr, place } => forget(&place, nr).await,
    }
}

async fn show(place: &Place) -> Result<(), Failure> {
    let installation = place.open().await?;
    let used = installation.db.read(Actor::SYSTEM, async |tx| keys::in_use(tx).await).await?;
    for nr in installation.keys.numbers() {
        say(format!(
            "key {nr} opens {} account numbers and recordings",
            used.get(&nr).unwrap_or(&0)
        ));
    }
    installation.db.close().await;
    Ok(())
}

/// A program that runs has the ring in memory and would not know the new key.
async fn alone(place: &Place) -> Result<Installation, Failure> {
    drop(take_alone(&place.settings()?.data)?);
    place.open().await
}

async fn rotate(place: &Place) -> Result<(), Failure> {
    let Installation { db, settings, keys: mut ring, .. } = alone(place).await?;
    let used = db.read(Actor::SYSTEM, async |tx| keys::in_use(tx).await).await?;
    // Broken off halfway, it goes on with the key that it made.
    let newest = ring.numbers().last();
    let begun = used.keys().any(|nr| Some(*nr) != newest);
    if !begun {
        let nr = ring.add();
        keys::replace(&settings.key_file(), &ring)?;
        say(format!(
            "key {nr} is in {}: keep a copy, and not beside the backups",
            settings.key_file().display()
        ));
    }
    let sealed = reseal(&db, &ring).await.map_err(|error| Failure::told(error.to_string()))?;
    let recordings = telephone::recording::reseal(&db, &ring).await;
    let recordings = recordings.map_err(|error| Failure::told(error.to_string()))?;
    say(format!("{sealed} account numbers and {recordings} recordings are sealed with it"));
    db.close().await;
    Ok(())
}

async fn forget(place: &Place, nr: i64) -> Result<(), Failure> {
    let Installation { db, settings, keys: mut ring, .. } = alone(place).await?;
    let used = db.read(Actor::SYSTEM, async |tx| keys::in_use(tx).await).await?;
    db.close().await;
    if let Some(count) = used.get(&nr) {
        return Err(Failure::told(format!(
            "key {nr} opens {count} account numbers and recordings: rotate first"
        )));
    }
    if ring.numbers().last() == Some(nr) {
        return Err(Failure::told("the newest key seals what comes in: rotate first"));
    }
    if !ring.forget(nr) {
        return Err(Failure::told(format!("there is no key {nr}")));
    }
    keys::replace(&settings.key_file(), &ring)?;
    say(format!(
        "key {nr} is gone; backups from before the rotation open no account number and no recording any more"
    ));
    Ok(())
}
