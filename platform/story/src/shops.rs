//! Invented shops by the number, in the columns of an import, with who runs them: what surrounds the shops of the trade
//! association's story. The same number always gives the same shop.

use jiff::ToSpan as _;
use jiff::civil::Date;

/// Two files: the shops, and those who run them. Shop `nr` has the external key `S-nr`, who runs it `R-nr`.
#[derive(Clone, Debug)]
pub struct Shops {
    pub organisations: String,
    pub people: String,
    /// Of each shop, in its order: where it is, and how many days ago somebody of us was there last, if ever.
    pub places: Vec<Place>,
}

/// Where a shop is, in millionths of a degree, and when it was visited.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    pub lat_e6: i64,
    pub lon_e6: i64,
    pub visited_days_ago: Option<i32>,
}

/// Where a travelling colleague comes: a town, the first four digits of its postcodes, its telephone area, and where it
/// lies.
const TOWNS: &[(&str, u16, &str, i64, i64)] = &[
    ("Woerden", 3441, "0348", 52_085_300, 4_883_300),
    ("Bodegraven", 2411, "0172", 52_082_500, 4_750_000),
    ("Alphen aan den Rijn", 2405, "0172", 52_129_200, 4_655_600),
    ("Gouda", 2801, "0182", 52_011_600, 4_710_600),
    ("Zoetermeer", 2712, "079", 52_060_700, 4_494_000),
    ("Leiden", 2312, "071", 52_160_100, 4_497_000),
    ("Waddinxveen", 2741, "0182", 52_045_000, 4_651_400),
    ("Schoonhoven", 2871, "0182", 51_947_800, 4_848_600),
    ("Utrecht", 3511, "030", 52_090_700, 5_121_400),
    ("Nieuwegein", 3431, "030", 52_029_200, 5_080_600),
    ("Amersfoort", 3811, "033", 52_156_100, 5_387_800),
    ("Zeist", 3701, "030", 52_089_000, 5_233_000),
    ("Doorn", 3941, "0343", 52_033_900, 5_344_400),
    ("Veenendaal", 3901, "0318", 52_026_400, 5_554_400),
    ("Amsterdam", 1012, "020", 52_372_800, 4_893_600),
    ("Haarlem", 2011, "023", 52_387_400, 4_646_200),
    ("Hoorn", 1621, "0229", 52_642_400, 5_060_200),
    ("Alkmaar", 1811, "072", 52_632_400, 4_753_400),
    ("Hilversum", 1211, "035", 52_224_200, 5_175_800),
    ("Purmerend", 1441, "0299", 52_505_000, 4_959_700),
];
const STREETS: &[&str] =
    &["Dorpsstraat", "Hoogstraat", "Marktplein", "Kerkstraat", "Stationsweg", "Wilhelminastraat"];
const FAMILIES: &[&str] = &[
    "de Jong",
    "Smits",
    "Vermeer",
    "Kok",
    "Peters",
    "Aydın",
    "Bosman",
    "Kuipers",
    "Mulder",
    "Postma",
    "El Amrani",
    "Verhoef",
    "Dekker",
    "Hendriks",
    "Schouten",
    "Timmer",
    "van Vliet",
    "Prins",
];
const FIRST: &[&str] =
    &["Ans", "Bram", "Carla", "Dirk", "Els", "Faruk", "Gea", "Henk", "Ilse", "Jan", "Karin", "Leo"];
/// What a shop is called, its sector and its formula.
const TRADES: &[(&str, &str, &str)] = &[
    ("Bakkerij", "Versspeciaalzaken", ""),
    ("Slagerij", "Versspeciaalzaken", ""),
    ("Kaashandel", "Versspeciaalzaken", ""),
    ("Buurtmarkt", "Supermarkten", "Buurtmarkt"),
    ("VersPlus", "Supermarkten", "VersPlus"),
    ("Kookwinkel", "Koken en tafelen", ""),
    ("Tafelvreugd", "Koken en tafelen", "Tafelvreugd"),
    ("Huis & Haard", "Huishoud en cadeau", "Huis & Haard"),
    ("Cadeauwinkel", "Huishoud en cadeau", ""),
];

/// `count` shops as they are on `today`: most are members for years, some began this year, some left, some never
/// were.
#[must_use]
pub fn shops(count: u32, today: Date) -> Shops {
    let mut shops = Shops {
        organisations: "extern_id;organisatie;lidnummer;kvk;rechtsvorm;formule;sector;straat;huisnummer;postcode;plaats;telefoon;lid_sinds;lid_tot;tarief\n".into(),
        people: "extern_id;voornaam;tussenvoegsel;achternaam;straat;huisnummer;postcode;plaats;mobiel\n".into(),
        places: Vec::new(),
    };
    for nr in 1..=count {
        let mut state = u64::from(nr).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut draw = |below: usize| next(&mut state, below);
        let (town, digits, area, lat_e6, lon_e6) = TOWNS[draw(TOWNS.len())];
        let (trade, sector, formula) = TRADES[draw(TRADES.len())];
        let family = FAMILIES[draw(FAMILIES.len())];
        let (prefix, surname) = ["de ", "van ", "El "]
            .iter()
            .find_map(|prefix| Some((prefix.trim(), family.strip_prefix(prefix)?)))
            .unwrap_or(("", family));
        let first = FIRST[draw(FIRST.len())];
        let letters = ["AB", "BC", "CD", "DE", "EH", "GK", "HM"][draw(7)];
        let address =
            format!("{};{};{digits} {letters};{town}", STREETS[draw(STREETS.len())], 1 + draw(140));
        let (since, until, tariff, number) = membership(&mut draw, today, nr);
        shops.organisations += &format!(
            "S-{nr};{trade} {family};{number};{};{};{formula};{sector};{address};{area} {};{since};{until};{tariff}\n",
            91_000_000 + nr,
            ["bv", "vof", "eenmanszaak"][draw(3)],
            if area.len() == 3 { format!("7{nr:06}") } else { format!("7{nr:05}") },
        );
        let mut aside = || i64::try_from(draw(12_000)).unwrap_or(0) - 6_000;
        let (lat_e6, lon_e6) = (lat_e6 + aside(), lon_e6 + aside());
        // Two in three were visited in the last two years, some longer ago, some never.
        let visited_days_ago = match draw(12) {
            0 => None,
            1..4 => Some(730 + draw(300)),
            _ => Some(20 + draw(700)),
        };
        let visited_days_ago = visited_days_ago.and_then(|days| i32::try_from(days).ok());
        shops.places.push(Place { lat_e6, lon_e6, visited_days_ago });
        shops.people += &format!("R-{nr};{first};{prefix};{surname};{address};06 8{nr:07}\n");
    }
    shops
}

fn membership(
    draw: &mut impl FnMut(usize) -> usize,
    today: Date,
    nr: u32,
) -> (String, String, &'static str, String) {
    let ago =
        |days: usize| today.saturating_sub(i64::try_from(days).unwrap_or(0).days()).to_string();
    let number = (20_000 + nr).to_string();
    match draw(20) {
        // Never a member.
        0..3 => (String::new(), String::new(), "", String::new()),
        // Began this year.
        3..5 => (ago(10 + draw(300)), String::new(), "Starter", number),
        // Left.
        5 => (ago(2_000), ago(30 + draw(300)), "Onderneming", number),
        _ => (ago(400 + draw(6_000)), String::new(), "Onderneming", number),
    }
}

/// The next number below `below`: a multiplier and a shift are random enough for a demo.
fn next(state: &mut u64, below: usize) -> usize {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    usize::try_from(*state >> 33).unwrap_or(0) % below
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn most_shops_are_members_and_every_one_has_somebody() {
        let made = shops(400, "2026-11-24".parse().unwrap());
        let rows: Vec<Vec<&str>> =
            made.organisations.lines().skip(1).map(|line| line.split(';').collect()).collect();
        assert_eq!((rows.len(), made.people.lines().count()), (400, 401));
        assert!(rows.iter().all(|row| row.len() == 15), "as many cells as columns");
        let members = rows.iter().filter(|row| !row[12].is_empty() && row[13].is_empty()).count();
        assert!((300..360).contains(&members), "{members}");
    }
}
