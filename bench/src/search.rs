//! Search as you type, in every notation; and what becomes of a mistake.

use std::time::Instant;

use kernel::{Actor, PhoneNumber, fold, local};
use people::Sight;
use people::search::{Vocabulary, search};

use crate::samples::Samples;
use crate::world::{Failed, World};

/// As many as the list under the search field shows.
const SHOWN: usize = 10;
const PEOPLE: i64 = 400;

db::row! {
    struct Sample {
        first_name: String,
        prefix: String,
        surname: String,
        postcode: String,
        member_number: Option<String>,
        email: String,
        number: Option<PhoneNumber>,
    }
}

pub(crate) async fn measure(world: &World) -> Result<(), Failed> {
    let db = &world.installation.db;
    let begin = Instant::now();
    let vocabulary = Vocabulary::default();
    vocabulary.load(db).await?;
    println!("the words of all names read in {:.1} s", begin.elapsed().as_secs_f64());

    let highest: i64 = db
        .read(Actor::SYSTEM, async |tx| {
            tx.value("select max(id) as value from people", vec![]).await
        })
        .await?;
    let lowest: i64 = db
        .read(Actor::SYSTEM, async |tx| {
            tx.value("select min(id) as value from people", vec![]).await
        })
        .await?;
    let mut rng = fastrand::Rng::with_seed(7);
    let mut people: Vec<Sample> = Vec::new();
    for _ in 0..PEOPLE {
        let from = rng.i64(lowest..=highest);
        let found: Option<Sample> = db
            .read(Actor::SYSTEM, async |tx| {
                tx.one(
                    "select p.first_name, p.prefix, p.surname, p.postcode, p.member_number, p.email,
                            (select min(number) from phones t where t.person_id = p.id) as number
                       from people p where p.id >= $1 order by p.id limit 1",
                    db::args![from],
                )
                .await
            })
            .await?;
        people.extend(found);
    }

    let [mut all, mut typing, mut whole_names, mut shapes, mut typos] =
        std::array::from_fn(|_| Samples::default());
    let (mut tried, mut found_alone, mut found_whole) = (0, 0, 0);
    for person in &people {
        let surname = format!("{} {}", person.prefix, person.surname).trim().to_lowercase();
        // Every letter from the second on is a search of its own.
        let letters: Vec<char> = surname.chars().collect();
        for n in 2..=letters.len() {
            let text: String = letters[..n].iter().collect();
            let (took, _) = timed(world, &vocabulary, &text).await?;
            typing.push(took);
            all.push(took);
        }
        let name = format!("{} {}", person.first_name, person.surname);
        let (took, _) = timed(world, &vocabulary, &name).await?;
        whole_names.push(took);
        all.push(took);
        let number = person.number.as_ref().map(PhoneNumber::display);
        let texts = [number, person.member_number.clone()].into_iter().flatten();
        let texts = texts.chain([person.postcode.clone(), person.email.clone()]);
        for text in texts.filter(|text| !text.is_empty()) {
            let (took, _) = timed(world, &vocabulary, &text).await?;
            shapes.push(took);
            all.push(took);
        }
        if person.surname.chars().count() >= 5 {
            let typo = mistake(&mut rng, &person.surname);
            tried += 1;
            let (took, names) = timed(world, &vocabulary, &typo).await?;
            typos.push(took);
            found_alone +=
                usize::from(names.iter().any(|(_, name)| *name == fold(&person.surname)));
            let whole = format!("{} {typo}", person.first_name);
            let (took, names) = timed(world, &vocabulary, &whole).await?;
            typos.push(took);
            let meant = (fold(&person.first_name), fold(&person.surname));
            found_whole += usize::from(names.contains(&meant));
        }
    }
    all.print("search, every key press and notation", "p99 30 ms");
    typing.print("  surname with prefix, letter by letter", "p99 30 ms");
    whole_names.print("  first name and surname", "p99 30 ms");
    shapes.print("  telephone, member number, postcode, e-mail", "p99 30 ms");
    typos.print("search with one mistake in the surname", "p99 30 ms");
    println!(
        "  first name and mistaken surname: among the {SHOWN} shown {found_whole} of {tried} (goal 95 %)"
    );
    println!(
        "  mistaken surname alone: the surname is among the {SHOWN} shown {found_alone} of {tried}"
    );
    Ok(())
}

async fn timed(
    world: &World,
    vocabulary: &Vocabulary,
    text: &str,
) -> Result<(std::time::Duration, Vec<(String, String)>), Failed> {
    let db = &world.installation.db;
    let today = local(db.clock().now()).date();
    let begin = Instant::now();
    let found = db
        .read(Actor::SYSTEM, async |tx| {
            search(tx, vocabulary, text, Sight::All, today, SHOWN).await
        })
        .await?;
    let took = begin.elapsed();
    let names = found.iter().map(|person| (fold(&person.first_name), fold(&person.surname)));
    Ok((took, names.collect()))
}

/// One letter wrong, missing, doubled, or two in each other's place; the first letter stays, as it mostly does.
fn mistake(rng: &mut fastrand::Rng, word: &str) -> String {
    let mut letters: Vec<char> = word.to_lowercase().chars().collect();
    let at = rng.usize(1..letters.len() - 1);
    match rng.u8(0..4) {
        0 => letters[at] = rng.lowercase(),
        1 => {
            letters.remove(at);
        }
        2 => letters.insert(at, letters[at]),
        _ => letters.swap(at, at + 1),
    }
    letters.into_iter().collect()
}
