//! Conversation guides: written by a team lead, walked through at the desk, answers kept.

use axum::http::StatusCode;
use serde_json::json;

use crate::harness::{Answer, Browser, World, on_each_engine};

/// What a browser would send of the editor after the begin, with a question in the first step and a second step
/// that comes after one of its answers.
fn written() -> Vec<(&'static str, &'static str)> {
    vec![
        ("naam", "Werkdruk in de zorg"),
        ("thema", "Werkdruk"),
        ("stappen", "2"),
        ("nr-0", "1"),
        ("titel-0", "Vraag"),
        ("zeg-0", "Dag {aanhef}, met {ik}. Hoe is het bij {werkgever}?"),
        ("tips-0", "Luister eerst"),
        ("vraag-0", "Hoe hoog is de werkdruk?"),
        ("antwoorden-0", "hoog\nlaag"),
        ("nr-1", "2"),
        ("titel-1", "Doorvragen"),
        ("zeg-1", "Wat maakt het zwaar?"),
        ("vraag-1", "Waardoor komt het?"),
        ("antwoorden-1", "te weinig mensen\nroosters"),
        ("meer-1", "ja"),
        ("na-1", "1-1"),
        ("doen", "bewaar"),
    ]
}

/// The same, from a page on which the answers have their numbers already.
fn written_again() -> Vec<(&'static str, &'static str)> {
    let mut form = written();
    form.extend([
        ("was-0", "1 hoog\n2 laag"),
        ("was-vraag-0", "Hoe hoog is de werkdruk?"),
        ("was-1", "1 te weinig mensen\n2 roosters"),
        ("was-vraag-1", "Waardoor komt het?"),
    ]);
    form
}

/// A guide with a theme of its own; gives its address.
async fn guide(lead: &mut Browser<'_>) -> String {
    let begun = lead.post("/gesprekslijnen", &[("naam", "Werkdruk"), ("thema", "Werkdruk")]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
    let address = begun.location().to_owned();
    let kept = lead.post(&address, &written()).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    address
}

fn id_of(address: &str) -> String {
    address.rsplit('/').next().unwrap().to_owned()
}

/// Mrs Arslan, who asked for the brochure about work pressure, on Noor's desk and in a call.
async fn in_a_call<'a>(world: &'a World, noor: &mut Browser<'a>) -> [(&'static str, String); 3] {
    world.clock("08:48");
    noor.post("/werkplek/volgende", &[]).await;
    let ready = noor.get("/werkplek").await;
    ready.shows("Mevrouw S. Arslan");
    ready.hides("name=\"lijn\"");
    let field = |page: &Answer, name: &str| {
        page.between(&format!("name=\"{name}\" value=\""), "\"").to_owned()
    };
    let (person, fence) = (field(&ready, "person"), field(&ready, "fence"));
    noor.post("/werkplek/bel", &[("person", &person), ("fence", &fence)]).await;
    let lijn = field(&noor.get("/werkplek").await, "lijn");
    [("person", person), ("fence", fence), ("lijn", lijn)]
}

/// Posts a form of which the fields were put together.
async fn post(noor: &mut Browser<'_>, path: &str, form: Vec<(String, String)>) -> Answer {
    let form: Vec<_> = form.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
    noor.post(path, &form).await
}

#[tokio::test]
async fn a_guide_is_written_tried_and_walked_through_and_its_answers_are_kept() {
    on_each_engine(async |world| {
        let mut lead = world.browser("ingrid").await;
        let address = guide(&mut lead).await;
        lead.get("/gesprekslijnen").await.shows("Thema: Werkdruk");
        let tried = lead.get(&format!("{address}/proef")).await;
        tried.shows("Dag mevrouw De Vries, met Ingrid. Hoe is het bij uw werkgever?");
        tried.hides("data-url");

        // It comes by itself, because of what she asked about.
        let mut noor = world.browser("noor").await;
        let about = in_a_call(&world, &mut noor).await;
        let desk = noor.get("/werkplek").await;
        desk.shows("Dag mevrouw Arslan, met Noor.");
        desk.shows("Hoe hoog is de werkdruk?");
        desk.shows("data-after=\"1-1\" data-to=\"Verder: Doorvragen\" data-left-out");
        let send = |answers: &[(&'static str, &'static str)]| {
            let mut form: Vec<(&str, &str)> = about.iter().map(|(n, v)| (*n, v.as_str())).collect();
            form.extend_from_slice(answers);
            form.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect::<Vec<_>>()
        };
        let all = [("antwoord-1", "1"), ("antwoord-2-1", "1"), ("antwoord-2-2", "2")];
        let saved = post(&mut noor, "/werkplek/antwoord", send(&all)).await;
        assert!(saved.text.contains("Antwoorden bewaard 8:48"), "{}", saved.text);
        let answers = "select count(*) as value from guide_answers";
        assert_eq!(world.count(answers).await, 3);
        noor.get("/werkplek").await.shows("data-answer=\"2-2\" data-hot=\"2\" checked");
        // The team lead changes it meanwhile: this call goes on as it began.
        let mut later = written_again();
        later[0].1 = "Later";
        world.clock("08:49");
        let kept = lead.post(&address, &later).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
        let still = noor.get("/werkplek").await;
        still.shows("data-answer=\"2-2\" data-hot=\"2\" checked");
        assert_eq!(still.between("name=\"lijn\" value=\"", "\""), about[2].1);
        // Another first answer: what followed from it is gone.
        post(&mut noor, "/werkplek/antwoord", send(&[("antwoord-1", "2"), ("antwoord-2-1", "1")])).await;
        assert_eq!(world.count(answers).await, 1);
        // Without scripts they go along with the outcome; a mistake in it loses none.
        let wrong = post(&mut noor, "/werkplek/uitkomst", send(&[all[0], all[1], ("outcome", "")])).await;
        wrong.shows("Kies wat eruit kwam.");
        wrong.shows("data-answer=\"2-1\" data-hot=\"1\" checked");
        let outcome = [all[0], all[1], ("outcome", "not_interested")];
        let done = post(&mut noor, "/werkplek/uitkomst", send(&outcome)).await;
        assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
        assert_eq!(world.count(answers).await, 2);
        let story = noor.get(&format!("/leden/{}/gesprekken", about[0].1)).await;
        story.shows("<dt>Waardoor komt het?</dt><dd>te weinig mensen</dd>");
        lead.get(&address).await.shows("<dt>te weinig mensen</dt><dd class=\"num\">1</dd>");

        // Changed afterwards: what was answered keeps its words, and a number is not given twice.
        let mut other = written();
        other.retain(|(name, _)| !name.ends_with("-1"));
        other[2].1 = "1";
        let answers_at = other.iter().position(|(name, _)| *name == "antwoorden-0").unwrap();
        other[answers_at].1 = "laag\nwisselt";
        other.push(("was-0", "1 hoog\n2 laag"));
        other.push(("was-vraag-0", "Hoe hoog is de werkdruk?"));
        lead.post(&address, &other).await;
        noor.get(&format!("/leden/{}/gesprekken", about[0].1)).await.shows("<dd>te weinig mensen</dd>");
        let highest = "select max(o.nr) as value from guide_options o join guide_versions v on v.id = o.version_id where v.version = 4";
        assert_eq!(world.count(highest).await, 3);
        let mut strangers = world.browser("marit").await;
        let refused = post(&mut strangers, "/werkplek/antwoord", send(&all)).await;
        assert_eq!(refused.status, StatusCode::CONFLICT, "not her call");
    })
    .await;
}

#[tokio::test]
async fn an_editor_loses_nothing_and_says_what_is_wrong_in_which_step() {
    on_each_engine(async |world| {
        let mut lead = world.browser("ingrid").await;
        let begun = lead.post("/gesprekslijnen", &[("naam", "Lijn"), ("thema", "")]).await;
        let address = begun.location().to_owned();
        lead.get(&address).await.shows("value=\"Open vraag\"");
        let versions = "select count(*) as value from guide_versions";
        let with = |field: &'static str, value: &'static str| {
            let mut form = written();
            form.retain(|(name, _)| *name != field);
            form.push((field, value));
            form
        };
        for (field, value, says) in [
            ("titel-1", "", "Stap 2: Geef de stap een titel"),
            ("zeg-0", "Dag {naam}", "{naam} bestaat niet"),
            ("antwoorden-0", "hoog", "twee tot negen verschillende antwoorden"),
            ("na-1", "1-9", "hangt af van een antwoord"),
            ("naam", " ", "Geef een naam"),
        ] {
            let again = lead.post(&address, &with(field, value)).await;
            again.shows(says);
            again.shows("Wat maakt het zwaar?");
        }
        // A step more, one to the front, one away: nothing is kept until it is.
        let more = lead.post(&address, &with("doen", "erbij")).await;
        more.shows("name=\"stappen\" value=\"3\"");
        lead.post(&address, &with("doen", "weg-0")).await.shows("name=\"stappen\" value=\"1\"");
        let up = lead.post(&address, &with("doen", "op-1")).await;
        assert!(up.text.find("Doorvragen").unwrap() < up.text.find("Hoe hoog").unwrap());
        assert_eq!(world.count(versions).await, 1);

        // Two who write at once: the second looks first.
        lead.post(&address, &written()).await;
        let mut second = written_again();
        second.push(("versie", "1"));
        let overtaken = lead.post(&address, &second).await;
        overtaken.shows("Een collega legde intussen een nieuwe versie vast.");
        overtaken.shows("name=\"versie\" value=\"2\"");
        second.retain(|(name, _)| *name != "versie");
        second.push(("versie", "2"));
        assert_eq!(lead.post(&address, &second).await.status, StatusCode::SEE_OTHER);
        // A step that is moved before the answer it comes after says so, and is refused until it is mended.
        let mut up = written_again();
        up.retain(|(name, _)| *name != "doen");
        up.push(("doen", "op-1"));
        let moved = lead.post(&address, &up).await;
        moved.shows("na een antwoord dat niet meer voor deze stap komt");

        // A theme has one guide.
        let twice =
            lead.post("/gesprekslijnen", &[("naam", "Nog een"), ("thema", " werkdruk ")]).await;
        twice.shows("Dit thema heeft al een gesprekslijn.");
        let changed = async |tx: &mut db::Tx| {
            tx.execute("update guide_steps set say = 'x'", db::args![]).await
        };
        assert!(world.db.write(kernel::Actor::SYSTEM, changed).await.is_err(), "INV15");
        let noors = world.browser("noor").await.get("/gesprekslijnen").await;
        assert_eq!(noors.status, StatusCode::FORBIDDEN);
    })
    .await;
}

#[tokio::test]
async fn a_campaign_has_its_guide_and_an_agent_may_take_another() {
    on_each_engine(async |world| {
        let mut lead = world.browser("ingrid").await;
        let theme = id_of(&guide(&mut lead).await);
        let own =
            lead.post("/gesprekslijnen", &[("naam", "Gevraagd gesprek"), ("thema", "")]).await;
        let own = id_of(own.location());
        // A draft is nobody's until it is kept.
        lead.get(&format!("/gesprekslijnen/{own}")).await.shows("Concept");
        let names = lead.get("/campagnes").await;
        names.shows(">Werkdruk in de zorg</option>");
        names.hides(">Gevraagd gesprek</option>");
        let mut kept = written();
        (kept[0].1, kept[1].1) = ("Gevraagd gesprek", "");
        // Tried as it stands, and gone back from: nothing is kept, nothing is lost.
        let mut tried = kept.clone();
        tried.retain(|(name, _)| *name != "doen");
        tried.push(("doen", "proef"));
        let trial = lead.post(&format!("/gesprekslijnen/{own}"), &tried).await;
        trial.shows("Wat maakt het zwaar?");
        trial.shows("<textarea name=\"zeg-1\" hidden>Wat maakt het zwaar?</textarea>");
        tried.pop();
        tried.push(("doen", "terug"));
        let back = lead.post(&format!("/gesprekslijnen/{own}"), &tried).await;
        back.shows("Concept");
        back.shows("Wat maakt het zwaar?");
        let kept = lead.post(&format!("/gesprekslijnen/{own}"), &kept).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
        let ingrid = world.program("ingrid").await;
        let all = ingrid.get("/campaigns").await.json();
        let asked =
            all["items"].as_array().unwrap().iter().find(|one| one["ground"] == "requested_call");
        let campaign = asked.unwrap()["id"].as_str().unwrap().to_owned();
        let settings = |guide: &str| json!({"settings": {"guide": guide}});
        let wrong = ingrid.patch(&format!("/campaigns/{campaign}"), &settings("12")).await;
        assert_eq!(wrong.json()["field"], "guide", "{}", wrong.text);
        let set = ingrid.patch(&format!("/campaigns/{campaign}"), &settings(&own)).await;
        assert_eq!(set.json()["settings"]["guide"], own.as_str(), "{}", set.text);
        lead.get(&format!("/campagnes/{campaign}")).await.shows("selected>Gevraagd gesprek");

        world.clock("08:48");
        let mut noor = world.browser("noor").await;
        noor.post("/werkplek/volgende", &[]).await;
        let desk = noor.get("/werkplek").await;
        desk.shows("Gesprekslijn: Gevraagd gesprek");
        let field =
            |name: &str| desk.between(&format!("name=\"{name}\" value=\""), "\"").to_owned();
        let (person, fence) = (field("person"), field("fence"));
        let take =
            [("person", person.as_str()), ("fence", fence.as_str()), ("guide", theme.as_str())];
        noor.post("/werkplek/gesprekslijn", &take).await;
        noor.get("/werkplek").await.shows("Gesprekslijn: Werkdruk in de zorg");
        // Gone: the campaign falls back, and a call that had it as well.
        lead.post(&format!("/gesprekslijnen/{theme}/weg"), &[]).await;
        noor.get("/werkplek").await.shows("Gesprekslijn: Gevraagd gesprek");
        // The settings of a campaign whose guide is gone can be kept without losing that.
        lead.post(&format!("/gesprekslijnen/{own}/weg"), &[]).await;
        lead.get(&format!("/campagnes/{campaign}"))
            .await
            .shows("Zoals het is (niet van dit team, of weg)");
        let same = [("name", "Vroeg zelf"), ("guide", own.as_str())];
        let kept = lead.post(&format!("/campagnes/{campaign}"), &same).await;
        assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
        let gone = [("name", "Vroeg zelf"), ("guide", theme.as_str())];
        lead.post(&format!("/campagnes/{campaign}"), &gone)
            .await
            .shows("Deze gesprekslijn is er niet meer.");
        // Ended by mistake: put back, with all that had it.
        lead.post(&format!("/gesprekslijnen/{theme}/terug"), &[]).await;
        noor.get("/werkplek").await.shows("Gesprekslijn: Werkdruk in de zorg");
        lead.post(&format!("/gesprekslijnen/{theme}/weg"), &[]).await;
        let none = [take[0], take[1], ("guide", theme.as_str())];
        assert_eq!(
            noor.post("/werkplek/gesprekslijn", &none).await.location(),
            "/werkplek?gedaan=weg"
        );
    })
    .await;
}
