use fastrand::Rng;
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::words::{self, Town, pick};

/// Somebody who does not exist.
pub(super) struct Invented {
    row: u64,
    woman: bool,
    first_name: &'static str,
    prefix: &'static str,
    last_name: String,
    born: Date,
    town: &'static Town,
}

impl Invented {
    pub(super) fn new(rng: &mut Rng, row: u64, today: Date) -> Self {
        let woman = rng.bool();
        let first_name = pick(rng, if woman { words::WOMEN } else { words::MEN });
        let (prefix, last) = words::LAST_NAMES[skewed(rng, words::LAST_NAMES.len())];
        // One in twelve has a double name.
        let last_name = if rng.u8(0..12) == 0 {
            let (_, other) = words::LAST_NAMES[skewed(rng, words::LAST_NAMES.len())];
            format!("{last}-{other}")
        } else {
            last.to_owned()
        };
        let born = today.saturating_sub(rng.i64(18 * 365..72 * 365).days());
        let town = &words::TOWNS[skewed(rng, words::TOWNS.len())];
        Self { row, woman, first_name, prefix, last_name, born, town }
    }

    pub(super) fn member_number(&self) -> String {
        (3_000_000 + self.row).to_string()
    }

    /// Initials up to occupation, in the order of the columns.
    pub(super) fn cells(&mut self, rng: &mut Rng) -> [String; 17] {
        let text = str::to_owned;
        let initial = self.first_name.chars().next().unwrap_or('A');
        let initials =
            if rng.bool() { format!("{initial}.") } else { format!("{initial}.{}.", letter(rng)) };
        let (sector, employers, occupations) = words::SECTORS[skewed(rng, words::SECTORS.len())];
        // Not everybody left everything: an own number, an address for mail, a birth date.
        let born = if rng.u8(0..20) == 0 { String::new() } else { self.born.to_string() };
        let landline = if rng.u8(0..3) == 0 { self.landline(rng) } else { String::new() };
        let mobile = if rng.u8(0..10) == 0 && !landline.is_empty() {
            String::new()
        } else {
            self.mobile(rng)
        };
        let email = if rng.u8(0..5) == 0 { String::new() } else { self.email() };
        [
            initials,
            text(self.first_name),
            text(self.prefix),
            self.last_name.clone(),
            text(if self.woman { "v" } else { "m" }),
            born,
            text(pick(rng, words::STREETS)),
            rng.u16(1..240).to_string(),
            if rng.u8(0..9) == 0 { letter(rng).to_string() } else { String::new() },
            self.postcode(rng),
            text(self.town.name),
            landline,
            mobile,
            email,
            text(sector),
            text(pick(rng, employers)),
            text(pick(rng, occupations)),
        ]
    }

    /// Since, until and tariff class.
    pub(super) fn membership(&self, rng: &mut Rng, today: Date) -> [String; 3] {
        let adult = self.born.saturating_add(18.years());
        let days = adult.until(today).map_or(1, |span| i64::from(span.get_days()).max(1));
        let since = today.saturating_sub(rng.i64(0..days).days()).first_of_month();
        let until = if rng.u8(0..8) == 0 {
            let left = since.until(today).map_or(1, |span| i64::from(span.get_days()).max(1));
            since.saturating_add(rng.i64(0..left).days()).last_of_month().to_string()
        } else {
            String::new()
        };
        let tariff =
            pick(rng, &["werkend", "werkend", "werkend", "deeltijd", "student", "gepensioneerd"]);
        [since.to_string(), until, tariff.to_owned()]
    }

    pub(super) fn organisation(&self, rng: &mut Rng, row: u64) -> Vec<String> {
        let (sector, employers, _) = words::SECTORS[skewed(rng, words::SECTORS.len())];
        vec![
            format!("O-{}", 10_000 + row),
            format!("{} {}", pick(rng, employers), self.town.name),
            format!("{:08}", 90_000_000 + row),
            format!("{:012}", 90_000_000 + row),
            pick(rng, &["bv", "stichting", "vof", "nv", "eenmanszaak"]).to_owned(),
            sector.to_owned(),
            pick(rng, words::STREETS).to_owned(),
            rng.u16(1..240).to_string(),
            self.postcode(rng),
            self.town.name.to_owned(),
            self.landline(rng),
        ]
    }

    fn postcode(&self, rng: &mut Rng) -> String {
        // SA, SD and SS are given to nobody.
        let letters: &[char] =
            &['A', 'B', 'C', 'D', 'E', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'R', 'T'];
        let mut one = || letters[rng.usize(0..letters.len())];
        let (a, b) = (one(), one());
        let last = rng.u16(0..60);
        format!("{} {a}{b}", self.town.postcode + last)
    }

    fn landline(&self, rng: &mut Rng) -> String {
        let digits = 10 - self.town.area.len();
        let first = rng.u8(2..8);
        let rest: String = (1..digits).map(|_| char::from(b'0' + rng.u8(0..10))).collect();
        match rng.u8(0..3) {
            0 => format!("{}-{first}{rest}", self.town.area),
            1 => format!("({}) {first}{rest}", self.town.area),
            _ => format!("{} {first}{rest}", self.town.area),
        }
    }

    fn mobile(&self, rng: &mut Rng) -> String {
        // Different for every row, so that a number leads to one person.
        let number = 10_000_000 + (self.row.wrapping_mul(48_271) % 45_000_000);
        match rng.u8(0..4) {
            0 => format!("06-{number}"),
            1 => format!("+31 6 {number}"),
            2 => format!("06 {} {:04}", number / 10_000, number % 10_000),
            _ => format!("06{number}"),
        }
    }

    fn email(&self) -> String {
        let plain =
            |text: &str| kernel::fold(text).replace(|c: char| !c.is_ascii_alphanumeric(), "");
        format!(
            "{}.{}{}@voorbeeld.example",
            plain(self.first_name),
            plain(&self.last_name),
            self.row
        )
    }
}

/// A place in a list, the first ones much more often than the last: names and towns are so.
fn skewed(rng: &mut Rng, len: usize) -> usize {
    let (a, b) = (rng.usize(0..len), rng.usize(0..len));
    a.min(b)
}

fn letter(rng: &mut Rng) -> char {
    char::from(b'A' + rng.u8(0..26))
}
