use askama::Template;
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Cents;
use membership_rules::tariff::{Per, ProRata, Situation};
use texts::Texts;
use web::Fields;

use super::form::{Wrong, count};
use super::result::ResultBody;
use super::store::{HolderKind, State, StoredRow, StoredTable};
use super::words::{class_name, conditions, per_text, row_name, situation_text};

pub(super) type Version = (StoredTable, Vec<StoredRow>);

pub(super) fn holder_text(holder: HolderKind) -> &'static str {
    match holder {
        HolderKind::Person => "membership-tariff-of-people",
        HolderKind::Organisation => "membership-tariff-of-companies",
    }
}

/// The tariffs as they hold, of each kind of holder.
#[derive(Template)]
#[template(path = "tariffs.html")]
pub(super) struct TariffsPage<'a> {
    pub t: &'a Texts,
    /// The kind that this association has first.
    pub versions: Vec<(HolderKind, Vec<Version>)>,
    pub today: Date,
    pub notice: Option<String>,
}

impl TariffsPage<'_> {
    fn title(&self, holder: &HolderKind) -> String {
        self.t.get(holder_text(*holder))
    }

    fn now<'v>(&self, versions: &'v [Version]) -> Option<&'v Version> {
        versions
            .iter()
            .rfind(|(table, _)| table.state == State::Set && table.valid_from <= self.today)
    }

    fn coming<'v>(&self, versions: &'v [Version]) -> Vec<&'v Version> {
        versions
            .iter()
            .filter(|(table, _)| table.state == State::Set && table.valid_from > self.today)
            .collect()
    }

    fn before<'v>(&self, versions: &'v [Version]) -> Vec<&'v Version> {
        let now = self.now(versions).map(|(table, _)| table.id);
        let mut before: Vec<&Version> = versions
            .iter()
            .filter(|(table, _)| {
                table.state == State::Set && table.valid_from <= self.today && Some(table.id) != now
            })
            .collect();
        before.reverse();
        before
    }

    fn draft<'v>(&self, versions: &'v [Version]) -> Option<&'v Version> {
        versions.iter().find(|(table, _)| table.state == State::Draft)
    }

    /// The first kind's next step is the page's.
    fn is_first(&self, holder: &HolderKind) -> bool {
        self.versions.first().is_some_and(|(first, _)| first == holder)
    }

    fn name(&self, row: &StoredRow) -> String {
        row_name(self.t, row)
    }

    fn when(&self, row: &StoredRow) -> String {
        conditions(self.t, row)
    }

    fn amount(&self, row: &StoredRow) -> String {
        let amount = self.t.money(row.cents);
        if row.each_branch == Cents(0) {
            return amount;
        }
        let each = self.t.money(row.each_branch);
        self.t.with2("membership-tariff-with-branches", "amount", amount, "each", each)
    }

    fn per(&self, table: &StoredTable) -> String {
        self.t.get(per_text(table.per))
    }

    fn from(&self, table: &StoredTable) -> String {
        self.t.date(table.valid_from)
    }

    fn intro(&self, table: &StoredTable) -> Option<String> {
        let (months, cents) = table.intro_months.zip(table.intro_cents)?;
        let amount = self.t.money(cents);
        Some(self.t.with2("membership-tariff-intro-says", "n", months, "amount", amount))
    }

    fn surcharge(&self, table: &StoredTable) -> Option<String> {
        let asks = table.surcharge > Cents(0);
        asks.then(|| {
            self.t.with("membership-tariff-surcharge-says", "amount", self.t.money(table.surcharge))
        })
    }
}

/// A draft: its fields, and what it does to the members.
#[derive(Template)]
#[template(path = "tariff.html")]
pub(super) struct DraftPage<'a> {
    pub t: &'a Texts,
    pub id: i64,
    pub holder: HolderKind,
    pub typed: &'a Fields,
    pub wrong: Option<Wrong>,
    /// A sentence about the whole of it.
    pub refused: Option<String>,
    pub tried: Option<(ResultBody, Timestamp)>,
    /// The names of the classes, by the draft and by what it follows.
    pub names: Vec<StoredRow>,
    pub now: Timestamp,
    pub notice: Option<String>,
    /// What is on the screen was not kept yet.
    pub changed: bool,
}

impl DraftPage<'_> {
    fn rows(&self) -> usize {
        count(self.typed)
    }

    fn title(&self) -> String {
        self.t.get(holder_text(self.holder))
    }

    fn text(&self, name: &str) -> &str {
        self.typed.text(name)
    }

    fn cell(&self, name: &str, nr: &usize) -> &str {
        self.typed.text(&format!("{name}-{nr}"))
    }

    fn is_on(&self, name: &str, nr: &usize) -> bool {
        self.cell(name, nr) == "ja"
    }

    fn why(&self, field: &str) -> Option<String> {
        let wrong = self.wrong.as_ref().filter(|wrong| wrong.field == field)?;
        Some(self.t.get(wrong.text))
    }

    fn why_cell(&self, name: &str, nr: &usize) -> Option<String> {
        self.why(&format!("{name}-{nr}"))
    }

    fn is_person(&self) -> bool {
        self.holder == HolderKind::Person
    }

    fn choices_per(&self) -> Vec<(&'static str, String, bool)> {
        let choice =
            |per: &Per| (per.code(), self.t.get(per_text(*per)), self.text("per") == per.code());
        Per::ALL.iter().map(choice).collect()
    }

    fn choices_part(&self) -> Vec<(&'static str, String, bool)> {
        let choice = |part: &ProRata| {
            let text = match part {
                ProRata::None => "membership-tariff-part-none",
                ProRata::Month => "membership-tariff-part-month",
                ProRata::Day => "membership-tariff-part-day",
            };
            (part.code(), self.t.get(text), self.text("deel") == part.code())
        };
        ProRata::ALL.iter().map(choice).collect()
    }

    fn situations(&self, nr: &usize) -> Vec<(&'static str, String, bool)> {
        let field = format!("situatie-{nr}");
        let on: Vec<&str> = self.typed.all(&field).collect();
        Situation::ALL
            .iter()
            .filter(|situation| !has_value(**situation))
            .map(|situation| {
                let text = self.t.get(situation_text(*situation));
                (situation.code(), text, on.contains(&situation.code()))
            })
            .collect()
    }

    fn tried_at(&self, at: &Timestamp) -> String {
        self.t.moment(*at, self.now)
    }

    /// `Van 1.267 leden betalen er 812 meer en 3 minder. Samen € 1.204,00 per jaar meer.`
    fn conclusion(&self, result: &ResultBody) -> String {
        let difference = result.after - result.before;
        let text = if difference < 0 {
            "membership-tariff-result-less"
        } else {
            "membership-tariff-result-more"
        };
        self.t.fill(
            text,
            [
                ("members", self.t.number(result.members).into()),
                ("up", self.t.number(result.up).into()),
                ("down", self.t.number(result.down).into()),
                ("amount", self.t.money(Cents(difference.abs())).into()),
            ],
        )
    }

    fn class(&self, class: &str) -> String {
        class_name(self.t, &self.names, class)
    }

    fn money(&self, cents: &i64) -> String {
        self.t.money(Cents(*cents))
    }

    fn day(&self) -> String {
        kernel::parse_day(self.text("vanaf")).map(|day| self.t.date(day)).unwrap_or_default()
    }
}

/// Situations that say how much, and are asked as a band.
pub(crate) fn has_value(situation: Situation) -> bool {
    matches!(
        situation,
        Situation::Income | Situation::Hours | Situation::Branches | Situation::Floor
    )
}
