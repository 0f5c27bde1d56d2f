//! The trade association's week, scene by scene: from the visit to the result.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use texts::Texts;

use super::client::Client;
use super::told::{Told, expect, field};
use crate::Failure;

const JORIS: &str = "joris";
const RIANNE: &str = "rianne";
const MARLOES: &str = "marloes";
const CORINE: &str = "corine";

pub(super) fn tell(client: &Client, t: Texts) -> Result<Told, Failure> {
    let mut told = Told { t, compared: 0, differences: 0 };
    let before = Figures::counted(client)?;

    told.scene("24-11 8:20", "story-scene-norm");
    let place = place(client, "Van Leeuwen Alphen")?;
    told.check("story-somebody-due", &somebody_is_due(client)?.to_string(), "true");
    let plan = json!({"organisation": place, "planned_on": "2026-11-25", "planned_time": "10:00"});
    let planned = client.post(JORIS, "/visits", &plan)?;
    expect(&mut told, &planned, 201);
    told.check("story-planned-on", &field(&planned.body, "planned_on"), "2026-11-25");
    let twice = client.post(CORINE, "/visits", &plan)?;
    told.check("story-planned-once", &twice.status.to_string(), "409");

    told.scene("25-11 10:47", "story-scene-visit");
    set_clock(client, "2026-11-25", "10:47")?;
    let visit = format!("/visits/{}", field(&planned.body, "id"));
    let tom = speaks(client, &place)?;
    let franchise = theme(client, "Franchise")?;
    let report = json!({"report": {
        "spoke": [tom], "topics": [franchise], "mood": 4,
        "lives": "Inkoopverplichting gaat van 80 naar 95 procent.",
        "met": [{"first_name": "Lotte", "last_name": "Bos", "role": "Assistent", "mobile": "06 12345678"}],
        "agreements": [{"what": "Voorbeeldrooster kerst sturen", "due_on": "2026-11-27", "key": "joris-a0"}],
        "wishes": [{"theme": franchise, "words": "Mag 95 procent?", "key": "joris-w0"}],
    }});
    // The answer is lost on the way, so the telephone sends it once more.
    for _ in 0..2 {
        let reported = client.patch(JORIS, &visit, &report)?;
        expect(&mut told, &reported, 200);
        told.check("story-reported", &field(&reported.body, "state"), "reported");
    }
    let wishes = open(client, RIANNE, "/wishes?state=open")?;
    told.check("story-asked-once", &wishes.len().to_string(), "1");
    let agreements = open(client, JORIS, "/agreements")?;
    told.check("story-promised-once", &agreements.len().to_string(), "1");

    told.scene("25-11 11:15", "story-scene-answer");
    set_clock(client, "2026-11-25", "11:15")?;
    let wish = wishes.first().map(|wish| field(wish, "id")).unwrap_or_default();
    let owner = wishes.first().map(|wish| field(wish, "owner")).unwrap_or_default();
    told.check("story-who-knows", &owner, &colleague(client, RIANNE)?);
    let wish = format!("/wishes/{wish}");
    let answer = json!({"state": "answered", "answer": "Nee, artikel 7 geeft de grens."});
    expect(&mut told, &client.patch(RIANNE, &wish, &answer)?, 200);
    let heard =
        client.patch(RIANNE, &wish, &json!({"state": "told", "how": "call", "solved": true}))?;
    told.check("story-told", &field(&heard.body, "state"), "told");
    let company = self::place(client, "Van Leeuwen Versmarkten")?;
    let timeline = client.get(JORIS, &format!("/organisations/{company}/timeline"))?;
    told.check("story-one-timeline", &timeline.text.contains("wish_told").to_string(), "true");

    told.scene("25-11 16:00", "story-scene-target");
    set_clock(client, "2026-11-25", "16:00")?;
    let targets = client.get(MARLOES, "/targets")?;
    let visits = of_figure(&targets.body, "visits");
    told.check("story-agreed", &field(&visits, "state"), "agreed");
    let has_band = visits["forecast"]["low"].is_number();
    told.check("story-light", &has_band.to_string(), "true");
    let kees = colleague(client, "kees")?;
    let target = format!("/targets/{}", field(&visits, "id"));
    let act = json!({"what": "Elke vrijdag twee bezoeken in Hoorn", "owner": kees, "due_on": "2026-11-27"});
    expect(&mut told, &client.post(MARLOES, &format!("{target}/agreements"), &act)?, 201);
    // Another number holds only when it is agreed to.
    let fewer = json!({"version": {"from": "2026-01", "to": "2026-12", "number": 140.0,
        "people": [kees], "reason": "Een collega minder in de herfst"}});
    let proposed = client.patch(CORINE, &target, &fewer)?;
    told.check("story-still", &field(&proposed.body, "number"), "150.0");
    // Whoever agreed to the number that holds is asked about the other too.
    for who in [JORIS, "fatima"] {
        let said = client.patch(who, &target, &json!({"answer": "yes"}))?;
        told.check("story-still", &field(&said.body, "number"), "150.0");
    }
    let agreed = client.patch("kees", &target, &json!({"answer": "yes"}))?;
    told.check("story-now", &field(&agreed.body, "number"), "140.0");

    told.scene("27-11 15:00", "story-scene-kept");
    set_clock(client, "2026-11-27", "15:00")?;
    for (who, list) in [
        (JORIS, open(client, JORIS, "/agreements")?),
        ("kees", open(client, "kees", "/agreements")?),
    ] {
        for agreement in list.iter().filter(|agreement| field(agreement, "due_on") == "2026-11-27")
        {
            let path = format!("/agreements/{}", field(agreement, "id"));
            expect(&mut told, &client.patch(who, &path, &json!({"state": "done"}))?, 200);
        }
    }

    told.scene("27-11 16:00", "story-scene-joined-shop");
    let prospect = self::place(client, "Kaasboer Stam").or_else(|_| any_prospect(client))?;
    let joined = client.post(
        RIANNE,
        "/memberships",
        &json!({"organisation": prospect, "since": "2026-11-27"}),
    )?;
    expect(&mut told, &joined, 201);

    told.scene("27-11 17:00", "story-scene-figures");
    let after = Figures::settled(client, &before)?;
    let change = |after: i64, before: i64| (after - before).to_string();
    told.check("story-visits-more", &change(after.visits, before.visits), "1");
    told.check("story-joined-more", &change(after.joined, before.joined), "1");
    told.check("story-wishes-more", &change(after.wishes, before.wishes), "1");
    told.check("story-solved", &after.solved, "1.0");
    told.check("story-agreements-kept", &after.kept, "1.0");
    // The adviser sees how it stands, and nobody's words or name.
    let seen = client.get("bert", &target)?;
    told.check("story-adviser", &seen.text.contains("\"people\":[]").to_string(), "true");
    let refused = client.get("bert", "/visits")?;
    told.check("story-adviser-visits", &refused.status.to_string(), "403");
    Ok(told)
}

/// The figures of November that this week moves.
struct Figures {
    visits: i64,
    joined: i64,
    wishes: i64,
    solved: String,
    kept: String,
}

impl Figures {
    fn read(client: &Client) -> Result<Self, Failure> {
        let of = |figure: &str| -> Result<Value, Failure> {
            let path = format!("/figures/{figure}?by=total&from=2026-11&to=2026-11");
            Ok(client.get(MARLOES, &path)?.body["items"][0].clone())
        };
        let number = |figure: &str| Ok::<_, Failure>(of(figure)?["of"].as_i64().unwrap_or(0));
        Ok(Self {
            visits: number("visits")?,
            joined: number("joined")?,
            wishes: number("wishes")?,
            solved: field(&of("wishes_solved")?, "value"),
            kept: field(&of("agreements_kept")?, "value"),
        })
    }

    /// Once everything was counted that was there before.
    fn counted(client: &Client) -> Result<Self, Failure> {
        soon(|| {
            let members =
                client.get(MARLOES, "/figures/members?by=total&from=2026-11&to=2026-11")?;
            let is_there = members.body["items"][0]["of"].as_i64().unwrap_or(0) > 0;
            Ok((Self::read(client)?, is_there))
        })
    }

    /// Once what was done is counted, too.
    fn settled(client: &Client, before: &Self) -> Result<Self, Failure> {
        soon(|| {
            let now = Self::read(client)?;
            let is_there =
                now.joined > before.joined && now.visits > before.visits && !now.kept.is_empty();
            Ok((now, is_there))
        })
    }
}

/// The program follows what is written within moments; what is never there is told as it is.
fn soon<T>(read: impl Fn() -> Result<(T, bool), Failure>) -> Result<T, Failure> {
    const WITHIN: Duration = Duration::from_secs(30);

    let begun = Instant::now();
    loop {
        let (found, is_there) = read()?;
        if is_there || begun.elapsed() > WITHIN {
            return Ok(found);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn somebody_is_due(client: &Client) -> Result<bool, Failure> {
    soon(|| {
        let due = client.get(CORINE, "/visit-dues?status=overdue&limit=200")?;
        let is_somebody = due.body["items"].as_array().is_some_and(|items| !items.is_empty());
        Ok((is_somebody, is_somebody))
    })
}

fn set_clock(client: &Client, day: &str, at: &str) -> Result<(), Failure> {
    let now = format!("{day}T{at}:00+01:00");
    let set = client.put(JORIS, "/demo/clock", &json!({"now": now}))?;
    if set.status == 204 {
        Ok(())
    } else {
        Err(Failure::told(format!("the clock does not move: {}", set.text)))
    }
}

/// The id of a place by the beginning of its name.
fn place(client: &Client, name: &str) -> Result<String, Failure> {
    let search: String =
        name.chars().map(|letter| if letter == ' ' { '+' } else { letter }).collect();
    let found = client.get(JORIS, &format!("/organisations?search={search}"))?;
    let first = found.body["items"]
        .as_array()
        .and_then(|items| items.iter().find(|item| field(item, "name").starts_with(name)).cloned());
    first
        .map(|item| field(&item, "id"))
        .ok_or_else(|| Failure::told(format!("{name} is not there: {}", found.text)))
}

/// Somebody who could become a member.
fn any_prospect(client: &Client) -> Result<String, Failure> {
    let dues = client.get(CORINE, "/visit-dues?limit=200")?;
    let prospect = dues.body["items"]
        .as_array()
        .and_then(|items| items.iter().find(|item| item["is_member"] == false).cloned());
    prospect
        .map(|item| field(&item, "organisation"))
        .ok_or_else(|| Failure::told("everybody is a member already"))
}

/// Who runs a place: its first contact person.
fn speaks(client: &Client, place: &str) -> Result<String, Failure> {
    let found = client.get(JORIS, &format!("/organisations/{place}"))?;
    let person = found.body["contact_persons"]
        .as_array()
        .and_then(|people| people.first())
        .map(|person| field(person, "person"));
    person.ok_or_else(|| Failure::told(format!("nobody speaks for {place}: {}", found.text)))
}

fn theme(client: &Client, name: &str) -> Result<String, Failure> {
    let themes = client.get(JORIS, "/themes")?;
    let found = themes.body["items"].as_array().and_then(|items| {
        items
            .iter()
            .find(|item| field(item, "name_nl") == name || field(item, "name") == name)
            .cloned()
    });
    found
        .map(|item| field(&item, "id"))
        .ok_or_else(|| Failure::told(format!("no theme {name}: {}", themes.text)))
}

fn open(client: &Client, who: &str, path: &str) -> Result<Vec<Value>, Failure> {
    Ok(client.get(who, path)?.body["items"].as_array().cloned().unwrap_or_default())
}

fn of_figure(targets: &Value, figure: &str) -> Value {
    let items = targets["items"].as_array();
    let found = items.and_then(|items| {
        items
            .iter()
            .find(|item| field(item, "figure") == figure && field(item, "dim") == "all")
            .cloned()
    });
    found.unwrap_or(Value::Null)
}

/// The id of a colleague: an agreement of her own names her.
fn colleague(client: &Client, login: &'static str) -> Result<String, Failure> {
    let own = json!({"what": "Agenda bijwerken", "due_on": "2026-12-18"});
    let made = client.post(login, "/agreements", &own)?;
    Ok(field(&made.body, "owner"))
}
