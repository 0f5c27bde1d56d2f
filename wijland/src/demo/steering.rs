//! Targets that were agreed, meetings that are planned, and what other associations told: what the trade association steers
//! by when its story begins.

use figures_rules::{Dim, Universe};
use jiff::civil::Date;
use kernel::{Actor, UserId};
use sha2::{Digest as _, Sha256};
use steering::exchange::{self, File, Row, sign};
use steering::target;
use steering_rules::target::{Answer, Wanted};

use super::seed::Seeding;
use crate::Failure;

/// Everything, as if it had been said in January.
pub(super) async fn seed(seeding: &Seeding<'_>) -> Result<(), Failure> {
    for aim in story::AIMS {
        agreed(seeding, aim).await?;
    }
    others(seeding).await
}

async fn agreed(seeding: &Seeding<'_>, aim: &story::Aim) -> Result<(), Failure> {
    let db = seeding.db;
    let mut people: Vec<UserId> = Vec::new();
    for login in aim.people {
        let found = db.read(Actor::SYSTEM, async |tx| access::users::by_login(tx, login).await);
        people.extend(found.await?);
    }
    let year = seeding.today.year();
    let month = |month: i8| Date::new(year, month, 1).map(figures_rules::Month::of);
    let (Ok(from), Ok(to), Ok(figure)) = (month(1), month(12), aim.figure.parse()) else {
        return Err(Failure::told(format!("{} is no figure", aim.figure)));
    };
    let dim = if aim.sector.is_empty() { Dim::All } else { Dim::Sector(aim.sector.to_owned()) };
    let wanted = Wanted {
        figure,
        dim,
        from,
        to,
        number_e6: aim.number_e6,
        people: people.clone(),
        reason: String::new(),
    };
    let lead = Actor { team: Some(seeding.staff.team), ..Actor::user(seeding.staff.lead) };
    let told = |failed: target::Failed| Failure::told(format!("{}: {failed}", aim.figure));
    let id =
        db.write(lead, async |tx| target::propose(tx, wanted.clone()).await).await.map_err(told)?;
    for user in people.into_iter().filter(|user| *user != seeding.staff.lead) {
        db.write(Actor::user(user), async |tx| target::answer(tx, id, Answer::Yes, "").await)
            .await
            .map_err(told)?;
    }
    Ok(())
}

/// Files of the invented others, signed by each with a key of its own, of the quarter before the story.
async fn others(seeding: &Seeding<'_>) -> Result<(), Failure> {
    let day = seeding.today;
    let quarter = (day.month() - 1) / 3;
    let period = match quarter {
        0 => format!("{}-Q4", day.year() - 1),
        quarter => format!("{}-Q{quarter}", day.year()),
    };
    for (name, shares, base) in story::OTHERS {
        let rows = story::TOLD.iter().zip(shares).map(|(figure, percent)| Row {
            figure: (*figure).to_owned(),
            version: 1,
            line: "all".to_owned(),
            place: String::new(),
            percent: *percent,
            base: (*base).to_owned(),
        });
        let file = File::new(Universe::Organisations, period.clone(), rows.collect());
        let secret: String =
            Sha256::digest(name.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        // As it would come: written, signed, read and checked.
        let told = |wrong: exchange::Failed| Failure::told(format!("{name}: {wrong}"));
        let signed = sign(&file, &secret).map_err(|wrong| told(wrong.into()))?;
        let lead = Actor::user(seeding.staff.lead);
        let taken = seeding.db.write(lead, async |tx| exchange::put(tx, &signed, name).await).await;
        taken.map_err(told)?;
    }
    Ok(())
}
