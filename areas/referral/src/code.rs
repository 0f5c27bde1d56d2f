//! A member's code: made when it is first asked for, found by what somebody typed.

use db::{Error, Tx, args, new_id};
use kernel::PersonId;
use referral_rules::code::{Code, RANDOM};

/// Whose code it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Referrer {
    pub person: PersonId,
    pub code: Code,
}

db::row! {
    struct Found { person_id: PersonId }
}

/// Who gave this code, however it is typed; `None` if nobody did.
pub async fn by_code(tx: &mut Tx, typed: &str) -> Result<Option<Referrer>, Error> {
    let Ok(code) = typed.parse::<Code>() else { return Ok(None) };
    let found: Option<Found> = tx
        .one("select person_id from referral_codes where code = $1", args![code.as_str()])
        .await?;
    Ok(found.map(|found| Referrer { person: found.person_id, code }))
}

/// The code of a person who has one.
pub async fn of_person(tx: &mut Tx, person: PersonId) -> Result<Option<Code>, Error> {
    db::row! { struct Kept { code: String } }

    let kept: Option<Kept> =
        tx.one("select code from referral_codes where person_id = $1", args![person]).await?;
    kept.map(|kept| kept.code.parse().map_err(|_| Error::Column("code"))).transpose()
}

/// The code of a person, made if there is none yet. The person is held by the step, so that two who ask get the same.
pub(crate) async fn of_held(tx: &mut Tx, person: PersonId) -> Result<Code, Error> {
    if let Some(code) = of_person(tx, person).await? {
        return Ok(code);
    }
    let (me, now) = (tx.actor().user, tx.now());
    loop {
        let mut random = [0; RANDOM];
        getrandom::fill(&mut random).expect("the system gives random numbers");
        let code = Code::of(random);
        let added = tx
            .execute(
                "insert into referral_codes (id, person_id, code, made_by, made_at) values ($1, $2, $3, $4, $5)
                 on conflict do nothing",
                args![new_id(), person, code.as_str(), me, now],
            )
            .await?;
        // Another member may have it: one in many millions.
        if added == 1 {
            return Ok(code);
        }
    }
}
