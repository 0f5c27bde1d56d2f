//! Recorded calls, from the rule that allows them to the last piece that is gone; what is in them is told by tone.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::time::Duration;

use axum::http::{StatusCode, header};
use telephony_proto::g711::Law;
use telephony_proto::tone::{HEARD, strength};

use crate::harness::{Answer, Browser, World, on_each_engine};
use crate::line::rule;
use crate::telephone::{PATIENCE, on_and_says, runs, shows, takes_next, until};

/// What members of the demo say.
const MEMBER: u16 = 440;
/// What Noor says while it is to be recorded, and in each pause.
const WRITTEN: u16 = 1_000;
const PAUSED: u16 = 1_500;
const IN_FORM: u16 = 1_800;
const ON_HOLD: u16 = 2_200;

const WORDS: &str = "Ik neem dit gesprek op om ervan te leren.";

/// What somebody says, and how many samples of it were said.
struct Voice {
    hertz: AtomicU16,
    said: AtomicU32,
}

impl Voice {
    fn says(&self, hertz: u16) {
        self.hertz.store(hertz, Ordering::Relaxed);
    }

    fn sample(&self, at: u32) -> u8 {
        self.said.store(at, Ordering::Relaxed);
        tone(at, self.hertz.load(Ordering::Relaxed))
    }

    /// Until a good second of it was said and went over the line.
    async fn a_second(&self) {
        let begun = self.said.load(Ordering::Relaxed);
        let spoken = async {
            while self.said.load(Ordering::Relaxed) < begun + 10_000 {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, spoken).await.expect("somebody who speaks");
    }
}

/// One sample of it, in A-law.
fn tone(at: u32, hertz: u16) -> u8 {
    let turns = f64::from(at) * f64::from(hertz) / 8_000.0;
    #[expect(clippy::cast_possible_truncation, reason = "a quarter of full scale")]
    let sample = (8_000.0 * (turns * std::f64::consts::TAU).sin()) as i16;
    Law::A.encode(sample)
}

/// Noor, whose telephone is on, and her voice.
async fn noor(world: &World) -> (Browser<'_>, Arc<Voice>) {
    let voice = Voice { hertz: AtomicU16::new(WRITTEN), said: AtomicU32::new(0) };
    let voice = Arc::new(voice);
    let says = voice.clone();
    let (noor, _sound) = on_and_says(world, "noor", move |at| says.sample(at)).await;
    (noor, voice)
}

/// A recording of somebody's call last week, of which nothing can be heard.
pub(crate) async fn furnish(world: &World) {
    let person = world.person("W-1101").await;
    let kept = async |tx: &mut db::Tx| {
        let noor = access::users::by_login(tx, "noor").await?.expect("a colleague");
        tx.change_one(
            "insert into recording_policies (id, purpose, words_nl, words_en, keep_days, may_refuse, made_by, made_at)
             values (7, 'training', 'Opname', 'Recording', 30, true, $1, 1)",
            db::args![noor],
        )
        .await?;
        tx.change_one(
            "insert into attempts (id, person_id, agent_id, direction, channel, started_at, ended_at)
             values (7, $1, $2, 'in', 'own_phone', 1, 2)",
            db::args![person, noor],
        )
        .await?;
        let key = vec![7_u8];
        tx.change_one(
            "insert into recordings (id, attempt_id, person_id, agent_id, policy_id, purpose, line, began_at, ended_at, keep_until, key_nr, key_sealed)
             values (7, 7, $1, $2, 7, 'training', 1, 1, 2, 3, 1, $3)",
            db::args![person, noor, key],
        )
        .await
    };
    world.db.write(kernel::Actor::SYSTEM, kept).await.expect("a recording");
}

async fn allows(world: &World) {
    rule(world, "record.training", &[("keuze_yes", "ja")]).await;
}

fn policy<'a>(days: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let form =
        [("doel", "training"), ("dagen", days), ("nl", WORDS), ("en", "I record this call.")];
    [&form[..], &[("weigeren", "ja")], more].concat()
}

async fn is_set(world: &World) {
    allows(world).await;
    let set = world.browser("anna").await.post("/beheer/opnemen/uit", &policy("30", &[])).await;
    assert_eq!(set.location(), "/beheer/opnemen", "{}", set.text);
}

/// Noor calls the next person, who answers.
async fn calls(world: &World, noor: &mut Browser<'_>) {
    let (person, fence) = takes_next(noor).await;
    noor.post("/werkplek/bel", &[("person", &person), ("fence", &fence)]).await;
    let answered =
        "select count(*) as value from attempts where answered_at is not null and ended_at is null";
    until(world, "it is answered", answered).await;
}

async fn posts(noor: &mut Browser<'_>, path: &str) {
    assert_eq!(noor.post(path, &[]).await.status, StatusCode::NO_CONTENT, "{path}");
}

async fn hangs_up(world: &World, noor: &mut Browser<'_>) {
    posts(noor, "/telefoon/hang-op").await;
    let over = "select count(*) as value from recordings where ended_at is not null";
    until(world, "the recording is over", over).await;
}

/// Both channels of a file.
fn channels(file: &[u8]) -> [Vec<i16>; 2] {
    assert_eq!(&file[..4], b"RIFF");
    let side = |nr: usize| file[44..].iter().skip(nr).step_by(2).map(|byte| Law::A.decode(*byte));
    [side(0).collect(), side(1).collect()]
}

/// Which of these tones are in it for a tenth of a second at least.
fn tones(samples: &[i16]) -> Vec<u16> {
    let is_in = |hertz: &u16| samples.chunks_exact(800).any(|part| strength(part, *hertz) > HEARD);
    [MEMBER, WRITTEN, PAUSED, IN_FORM, ON_HOLD].into_iter().filter(is_in).collect()
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let below = |path: std::path::PathBuf| if path.is_dir() { files(&path) } else { vec![path] };
    entries.flatten().flat_map(|entry| below(entry.path())).collect()
}

async fn one(world: &World, sql: &'static str) -> String {
    world.count(sql).await.to_string()
}

async fn kinds(world: &World) -> Vec<String> {
    db::row! { struct Line { kind: String } }

    let read = async |tx: &mut db::Tx| {
        let sql = "select kind from events where kind like 'recording_%' order by id";
        tx.all::<Line>(sql, db::args![]).await
    };
    let lines = world.db.read(kernel::Actor::SYSTEM, read).await.unwrap();
    lines.into_iter().map(|line| line.kind).collect()
}

/// Somebody says why, and the address under which it is heard then.
async fn asks(browser: &mut Browser<'_>, id: &str) -> String {
    let form = [("reden", "feedback"), ("woorden", "Bespreken met Noor")];
    let asked = browser.post(&format!("/opnames/{id}/luister"), &form).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER, "{}", asked.text);
    let page = browser.get(asked.location().trim_end_matches("#luister")).await;
    page.between("preload=\"metadata\" src=\"", "\"").to_owned()
}

fn is_never_cached(answer: &Answer) {
    assert_eq!(answer.headers[header::CACHE_CONTROL], "no-store");
    assert_eq!(answer.headers[header::CONTENT_TYPE], "audio/wav");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_recording_holds_both_sides_and_nothing_of_what_was_paused_until_it_is_gone() {
    on_each_engine(async |world| {
        world.clock("09:30");
        is_set(&world).await;
        let running = runs(&world);
        let (mut noor, voice) = noor(&world).await;
        calls(&world, &mut noor).await;

        // Nobody is recorded before being told.
        shows(&mut noor, WORDS).await;
        voice.a_second().await;
        assert_eq!(world.count("select count(*) as value from recordings").await, 0);
        assert_eq!(noor.post("/telefoon/opname/pauze", &[]).await.status, StatusCode::NOT_FOUND);
        posts(&mut noor, "/telefoon/opname/gezegd").await;
        shows(&mut noor, "Opname loopt").await;
        voice.a_second().await;

        let pauses = [
            (PAUSED, "/telefoon/opname/pauze", "/telefoon/opname/verder", "Opname gepauzeerd<"),
            (IN_FORM, "/telefoon/opname/bankgegevens", "/telefoon/opname/bankgegevens/klaar", "bankgegevens<"),
            (ON_HOLD, "/telefoon/wachtstand", "/telefoon/terug", "wachtstand of ruggespraak<"),
        ];
        for (hertz, pause, resume, words) in pauses {
            posts(&mut noor, pause).await;
            shows(&mut noor, words).await;
            voice.says(hertz);
            voice.a_second().await;
            voice.says(WRITTEN);
            voice.a_second().await;
            posts(&mut noor, resume).await;
            shows(&mut noor, "Opname loopt").await;
            voice.a_second().await;
        }
        hangs_up(&world, &mut noor).await;

        // At rest nothing of it can be read.
        let id = one(&world, "select max(id) as value from recordings").await;
        let kept = files(&world.path().join("recordings"));
        assert!(!kept.is_empty());
        for file in &kept {
            let bytes = std::fs::read(file).unwrap();
            let samples: Vec<i16> = bytes.iter().map(|byte| Law::A.decode(*byte)).collect();
            assert!(samples.chunks_exact(800).all(|part| strength(part, MEMBER) < 0.2));
        }

        // Whoever may hear it says why first.
        assert_eq!(noor.get(&format!("/opnames/{id}")).await.status, StatusCode::FORBIDDEN);
        let mut coach = world.browser("david").await;
        coach.get("/opnames").await.shows(&format!("/opnames/{id}"));
        let page = coach.get(&format!("/opnames/{id}")).await;
        page.shows("bankgegevens op het scherm");
        page.hides("<audio");
        let wrong = coach.post(&format!("/opnames/{id}/luister"), &[("reden", "feedback")]).await;
        assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
        let sound = asks(&mut coach, &id).await;
        let whole = coach.get(&sound).await;
        is_never_cached(&whole);
        let [left, right] = channels(&whole.bytes);
        assert_eq!((tones(&left), tones(&right)), (vec![WRITTEN], vec![MEMBER]));
        // Four stretches of a good second each, without the pauses between them.
        let milliseconds = left.len() / 8;
        assert!((4_000..10_000).contains(&milliseconds), "{milliseconds} ms");
        assert_eq!(left.len(), right.len());

        // Any part of it, and nobody else under the reason of another.
        let part = coach.get_part(&sound, "bytes=0-99").await;
        assert_eq!((part.status, part.bytes.len()), (StatusCode::PARTIAL_CONTENT, 100));
        is_never_cached(&part);
        let of = whole.bytes.len();
        assert_eq!(part.headers[header::CONTENT_RANGE], format!("bytes 0-99/{of}"));
        let middle = coach.get_part(&sound, &format!("bytes=30000-{}", of + 10)).await;
        assert_eq!(middle.bytes, whole.bytes[30_000..]);
        let beyond = coach.get_part(&sound, &format!("bytes={of}-")).await;
        assert_eq!(beyond.status, StatusCode::RANGE_NOT_SATISFIABLE);
        let mut officer = world.browser("wim").await;
        assert_eq!(officer.get(&sound).await.status, StatusCode::NOT_FOUND);
        world.clock("10:31");
        assert_eq!(coach.get(&sound).await.status, StatusCode::NOT_FOUND, "it is asked again");
        let read = "select count(*) as value from reads where why = 'recording'";
        assert_eq!(world.count(read).await, 1);
        officer.get(&format!("/opnames/{id}")).await.shows("Bespreken met Noor");

        // On request: the key is destroyed, every piece is gone, and both stand in the log.
        assert_eq!(coach.post(&format!("/opnames/{id}/wis"), &[]).await.status, StatusCode::FORBIDDEN);
        let sound = asks(&mut officer, &id).await;
        assert_eq!(officer.get(&sound).await.status, StatusCode::OK);
        officer.post(&format!("/opnames/{id}/wis"), &[]).await;
        assert_eq!(officer.get(&sound).await.status, StatusCode::NOT_FOUND);
        officer.get(&format!("/opnames/{id}")).await.shows("De sleutel is vernietigd");
        assert_eq!(files(&world.path().join("recordings")), [] as [std::path::PathBuf; 0]);
        let left = "select count(*) as value from recordings where key_sealed is not null or gone_at is null";
        assert_eq!(world.count(left).await, 0);
        let expected = [
            "recording_set", "recording_began",
            "recording_paused", "recording_resumed",
            "recording_paused", "recording_resumed",
            "recording_paused", "recording_resumed",
            "recording_ended", "recording_played", "recording_played",
            "recording_deleted", "recording_gone",
        ];
        assert_eq!(kinds(&world).await, expected);
        running.abort();
        world.recount_is_zero().await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_does_not_want_it_is_not_recorded_and_what_was_is_gone() {
    on_each_engine(async |world| {
        world.clock("09:30");
        is_set(&world).await;
        let running = runs(&world);
        let (mut noor, voice) = noor(&world).await;
        calls(&world, &mut noor).await;
        shows(&mut noor, WORDS).await;
        posts(&mut noor, "/telefoon/opname/gezegd").await;
        shows(&mut noor, "Opname loopt").await;
        voice.a_second().await;
        posts(&mut noor, "/telefoon/opname/wil-niet").await;
        shows(&mut noor, "Wordt niet opgenomen").await;
        assert_eq!(noor.post("/telefoon/opname/gezegd", &[]).await.status, StatusCode::NOT_FOUND);
        assert_eq!(noor.post("/telefoon/opname/wil-niet", &[]).await.status, StatusCode::NOT_FOUND);
        let gone = "select count(*) as value from recordings where gone_at is not null and key_sealed is null and deleted_because = 'refused'";
        until(&world, "nothing of it is left", gone).await;
        assert_eq!(files(&world.path().join("recordings")), [] as [std::path::PathBuf; 0]);
        running.abort();
    })
    .await;
}

/// What holds is what its queue says; one recording goes on with the colleague to whom the call is given.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_call_that_came_in_is_recorded_as_its_queue_says_also_when_it_is_passed_on() {
    on_each_engine(async |world| {
        world.clock("08:35");
        allows(&world).await;
        let queue = one(
            &world,
            "select queue_id as value from dialled_numbers where dialled = 'ledenlijn'",
        )
        .await;
        let path = format!("/beheer/opnemen/{queue}");
        let set = world.browser("anna").await.post(&path, &policy("30", &[])).await;
        assert_eq!(set.location(), "/beheer/opnemen", "{}", set.text);

        let running = runs(&world);
        let (mut noor, voice) = noor(&world).await;
        let rang = async {
            // The outside world begins a moment after the telephone.
            while noor.post("/telefoon/proefbeller/0", &[]).await.status != StatusCode::NO_CONTENT {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(PATIENCE, rang).await.expect("somebody to ring");
        shows(&mut noor, "belt je").await;
        posts(&mut noor, "/telefoon/neem-op").await;
        shows(&mut noor, WORDS).await;
        posts(&mut noor, "/telefoon/opname/gezegd").await;
        shows(&mut noor, "Opname loopt").await;
        voice.a_second().await;

        let (mut marit, _his) = on_and_says(&world, "marit", |at| tone(at, PAUSED)).await;
        let to = world.user("marit").await;
        posts(&mut noor, &format!("/telefoon/geef/{to}")).await;
        shows(&mut noor, "In de wacht").await;
        posts(&mut marit, "/telefoon/neem-op").await;
        shows(&mut marit, "Opname loopt").await;
        noor.get("/deel/telefoon").await.hides("Opname loopt");
        voice.says(IN_FORM);
        voice.a_second().await;
        hangs_up(&world, &mut marit).await;

        assert_eq!(world.count("select count(*) as value from recordings").await, 1);
        let id = one(&world, "select max(id) as value from recordings").await;
        let mut coach = world.browser("david").await;
        let sound = asks(&mut coach, &id).await;
        let [left, right] = channels(&coach.get(&sound).await.bytes);
        assert_eq!((tones(&left), tones(&right)), (vec![WRITTEN, PAUSED], vec![MEMBER]));
        running.abort();
    })
    .await;
}

/// Kept as long as it may be, and no longer; a spoken notice is played before, and begins it by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_was_spoken_is_played_first_and_the_term_ends_it() {
    on_each_engine(async |world| {
        world.clock("09:30");
        is_set(&world).await;
        let mut anna = world.browser("anna").await;
        // A tenth of a second of A-law that is text as well.
        let notice = "B".repeat(800);
        let length = |bytes: usize| {
            let bytes = u32::try_from(bytes).unwrap().to_le_bytes();
            String::from_utf8(bytes.to_vec()).unwrap()
        };
        let head = "fmt \u{10}\0\0\0\u{6}\0\u{1}\0@\u{1f}\0\0@\u{1f}\0\0\u{1}\0\u{8}\0data";
        // What stands as the length of the whole is not read.
        let file = format!("RIFF\0\0\0\0WAVE{head}{}{notice}", length(0x0320));
        let sent = anna.post_file("/beheer/opnemen/uit/melding", &[], ("bestand", "melding.wav", &file)).await;
        assert_eq!(sent.location(), "/beheer/opnemen", "{}", sent.text);

        let running = runs(&world);
        let (mut noor, voice) = noor(&world).await;
        calls(&world, &mut noor).await;
        shows(&mut noor, "Opname loopt").await;
        voice.a_second().await;
        hangs_up(&world, &mut noor).await;
        assert!(!files(&world.path().join("recordings")).is_empty());

        world.clock_on("2026-12-24", "09:29");
        telephone::recording::look(&world.app).await.unwrap();
        assert!(!files(&world.path().join("recordings")).is_empty(), "a minute before its term");
        world.clock_on("2026-12-24", "09:31");
        telephone::recording::look(&world.app).await.unwrap();
        let gone = "select count(*) as value from recordings where gone_at is not null and key_sealed is null and deleted_because = 'period'";
        assert_eq!(world.count(gone).await, 1);
        assert_eq!(files(&world.path().join("recordings")), [] as [std::path::PathBuf; 0]);
        running.abort();
    })
    .await;
}

#[tokio::test]
async fn which_calls_are_recorded_is_set_under_the_rules() {
    on_each_engine(async |world| {
        let mut anna = world.browser("anna").await;
        anna.get("/beheer/opnemen").await.shows("Staat uit");
        let set = async |anna: &mut Browser<'_>, form: &[(&str, &str)], words: &str| {
            let answer = anna.post("/beheer/opnemen/uit", form).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{words}");
            answer.shows(words);
        };
        set(&mut anna, &policy("30", &[]), "De regels staan dit doel niet toe").await;
        allows(&world).await;
        set(&mut anna, &policy("31", &[]), "Kies 1 tot 30 dagen").await;
        set(&mut anna, &policy("0", &[]), "Kies 1 tot 30 dagen").await;
        set(&mut anna, &policy("lang", &[]), "in hele dagen").await;
        let form = policy("30", &[]);
        set(&mut anna, &form[..2], "in beide talen").await;
        set(&mut anna, &form[..4], "altijd mag weigeren").await;
        let none =
            anna.post_file("/beheer/opnemen/uit/melding", &[], ("bestand", "x.wav", "x")).await;
        none.shows("geen WAV-bestand");
        assert_eq!(anna.post("/beheer/opnemen/1", &form).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.count("select count(*) as value from recording_policies").await, 0);
        assert_eq!(anna.post("/beheer/opnemen/uit", &form).await.status, StatusCode::SEE_OTHER);
        anna.get("/beheer/opnemen").await.shows("Wordt opgenomen");
        // Off again, and what held before is kept.
        assert_eq!(
            anna.post("/beheer/opnemen/uit", &[("doel", "")]).await.status,
            StatusCode::SEE_OTHER
        );
        assert_eq!(world.count("select count(*) as value from recording_policies").await, 2);
        // Whoever only reads the rules changes nothing.
        let mut officer = world.browser("wim").await;
        officer.get("/beheer/opnemen").await.shows("Uitgaande gesprekken");
        let refused = officer.post("/beheer/opnemen/uit", &form).await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
    })
    .await;
}
