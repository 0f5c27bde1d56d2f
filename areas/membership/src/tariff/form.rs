//! A draft as it is typed: fields become a table, and back.

use kernel::Cents;
use membership_rules::tariff::Situation;
use texts::Texts;
use web::Fields;

use super::draft::NewTable;
use super::store::{StoredRow, StoredTable};

pub(super) const ROWS_MAX: usize = 60;

/// What is wrong: the field, and the text that says so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Wrong {
    pub field: String,
    pub text: &'static str,
}

fn wrong<T>(field: impl Into<String>, text: &'static str) -> Result<T, Wrong> {
    Err(Wrong { field: field.into(), text })
}

/// What the pressed button asks for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Press {
    Keep,
    /// Another row before the last, which is for everybody.
    Add,
    Remove(usize),
    /// One place to the front.
    Up(usize),
}

impl Press {
    pub(super) fn read(word: &str) -> Self {
        let place = |prefix: &str| word.strip_prefix(prefix)?.parse().ok();
        if word == "erbij" {
            Self::Add
        } else if let Some(row) = place("weg-") {
            Self::Remove(row)
        } else if let Some(row) = place("op-") {
            Self::Up(row)
        } else {
            Self::Keep
        }
    }
}

/// The fields of one row; each is `name-0`, `name-1` and so on.
pub(super) const ROW: &[&str] = &[
    "klasse",
    "naam",
    "naam_en",
    "bedrag",
    "per_vestiging",
    "leeftijd_van",
    "leeftijd_tot",
    "aow",
    "soorten",
    "inkomen_van",
    "inkomen_tot",
    "uren_van",
    "uren_tot",
    "vestigingen_van",
    "vestigingen_tot",
    "vloer_van",
    "vloer_tot",
    "bewijs",
];

/// The form of a draft as it is kept.
pub(super) fn typed(t: &Texts, table: &StoredTable, rows: &[StoredRow]) -> Fields {
    let mut fields = Fields::default();
    let number = |value: Option<i64>| value.map(|value| value.to_string()).unwrap_or_default();
    let money = |cents: Cents| t.money(cents).trim_start_matches('€').trim().to_owned();
    let some_money =
        |cents: Option<i64>| cents.map(|cents| money(Cents(cents))).unwrap_or_default();
    let flag = |on: bool| if on { "ja" } else { "" };
    fields.push("vanaf", table.valid_from.to_string());
    fields.push("per", table.per.code());
    fields.push("deel", table.pro_rata.code());
    fields.push("toeslag", money(table.surcharge));
    fields.push("kennis_maanden", number(table.intro_months));
    fields.push("kennis_bedrag", some_money(table.intro_cents.map(|cents| cents.0)));
    fields.push("kennis_niet", table.intro_not_classes.clone());
    fields.push("kennis_overstap", flag(table.intro_not_transfer));
    fields.push("kennis_terug", number(table.intro_not_within));
    fields.push("bron", table.source.clone());
    fields.push("rijen", rows.len().to_string());
    for (nr, row) in rows.iter().enumerate() {
        let aow = match row.pension {
            Some(true) => "ja",
            Some(false) => "nee",
            None => "",
        };
        let values = [
            row.class.clone(),
            row.name_nl.clone(),
            row.name_en.clone(),
            money(row.cents),
            money(row.each_branch),
            number(row.age_from),
            number(row.age_until),
            aow.to_owned(),
            row.kinds.clone(),
            some_money(row.income_from),
            some_money(row.income_until),
            number(row.hours_from),
            number(row.hours_until),
            number(row.branches_from),
            number(row.branches_until),
            number(row.floor_from),
            number(row.floor_until),
            flag(row.needs_proof).to_owned(),
        ];
        for (name, value) in ROW.iter().zip(values) {
            fields.push(&format!("{name}-{nr}"), value);
        }
        for situation in row.situations() {
            fields.push(&format!("situatie-{nr}"), situation.code());
        }
    }
    fields
}

/// How many rows the form shows.
pub(super) fn count(fields: &Fields) -> usize {
    fields.text("rijen").parse().unwrap_or(0).min(ROWS_MAX)
}

/// The form after a row was added, taken out or moved; nothing is kept by it.
pub(super) fn pressed(fields: &Fields, press: Press) -> Fields {
    let mut order: Vec<Option<usize>> = (0..count(fields)).map(Some).collect();
    match press {
        Press::Keep => {}
        Press::Add => order.insert(order.len().saturating_sub(1), None),
        Press::Remove(row) if order.len() > 1 && row < order.len() => {
            order.remove(row);
        }
        Press::Up(row) if 0 < row && row < order.len() => order.swap(row - 1, row),
        Press::Remove(_) | Press::Up(_) => {}
    }
    let mut moved = fields.only(&[
        "vanaf",
        "per",
        "deel",
        "toeslag",
        "kennis_maanden",
        "kennis_bedrag",
        "kennis_niet",
        "kennis_overstap",
        "kennis_terug",
        "bron",
    ]);
    moved.push("rijen", order.len().to_string());
    for (nr, from) in order.iter().enumerate() {
        let Some(from) = from else { continue };
        for name in ROW {
            moved.push(&format!("{name}-{nr}"), fields.text(&format!("{name}-{from}")));
        }
        for situation in fields.all(&format!("situatie-{from}")) {
            moved.push(&format!("situatie-{nr}"), situation);
        }
    }
    moved
}

fn number(fields: &Fields, field: &str) -> Result<Option<i64>, Wrong> {
    match fields.text(field) {
        "" => Ok(None),
        text => match text.parse::<i64>() {
            Ok(number) if (0..=1_000_000).contains(&number) => Ok(Some(number)),
            _ => wrong(field, "membership-tariff-no-number"),
        },
    }
}

fn money(fields: &Fields, field: &str) -> Result<Option<Cents>, Wrong> {
    match fields.text(field) {
        "" => Ok(None),
        text => match Cents::parse(text) {
            Some(cents) => Ok(Some(cents)),
            None => wrong(field, "membership-tariff-no-amount"),
        },
    }
}

/// What the form says.
pub(super) fn read(fields: &Fields) -> Result<NewTable, Wrong> {
    let Some(valid_from) = kernel::parse_day(fields.text("vanaf")) else {
        return wrong("vanaf", "membership-no-day");
    };
    let Ok(per) = fields.text("per").parse() else {
        return wrong("per", "membership-tariff-no-number");
    };
    let Ok(pro_rata) = fields.text("deel").parse() else {
        return wrong("deel", "membership-tariff-no-number");
    };
    let intro_months = number(fields, "kennis_maanden")?.filter(|months| *months > 0);
    if intro_months.is_some_and(|months| months > 24) {
        return wrong("kennis_maanden", "membership-tariff-intro-long");
    }
    let intro_cents = money(fields, "kennis_bedrag")?;
    if intro_months.is_some() != intro_cents.is_some() {
        return wrong("kennis_bedrag", "membership-tariff-intro-both");
    }
    let source = fields.text("bron").to_owned();
    if source.is_empty() {
        return wrong("bron", "membership-pension-no-source");
    }
    let rows = (0..count(fields)).map(|nr| row(fields, nr)).collect::<Result<Vec<_>, _>>()?;
    Ok(NewTable {
        per,
        pro_rata,
        surcharge: money(fields, "toeslag")?.unwrap_or_default(),
        intro_months,
        intro_cents,
        intro_not_classes: codes(fields.text("kennis_niet")),
        intro_not_transfer: fields.text("kennis_overstap") == "ja",
        intro_not_within: number(fields, "kennis_terug")?.filter(|months| *months > 0),
        valid_from,
        source,
        rows,
    })
}

/// `a, b ,c` as `a,b,c`.
fn codes(text: &str) -> String {
    text.split(',').map(str::trim).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(",")
}

fn row(fields: &Fields, nr: usize) -> Result<StoredRow, Wrong> {
    let field = |name: &str| format!("{name}-{nr}");
    let whole = |name: &str| number(fields, &field(name));
    let amount = |name: &str| money(fields, &field(name));
    let class = fields.text(&field("klasse")).to_lowercase().replace(' ', "_");
    if class.is_empty() {
        return wrong(field("klasse"), "membership-tariff-no-class");
    }
    let name_nl = fields.text(&field("naam")).to_owned();
    if name_nl.is_empty() {
        return wrong(field("naam"), "membership-tariff-no-name");
    }
    let Some(cents) = amount("bedrag")? else {
        return wrong(field("bedrag"), "membership-tariff-no-amount");
    };
    let situations: Vec<&str> = fields
        .all(&field("situatie"))
        .filter_map(|code| code.parse::<Situation>().ok())
        .map(Situation::code)
        .collect();
    Ok(StoredRow {
        id: 0,
        table_id: 0,
        class,
        name_nl,
        name_en: fields.text(&field("naam_en")).to_owned(),
        cents,
        each_branch: amount("per_vestiging")?.unwrap_or_default(),
        age_from: whole("leeftijd_van")?,
        age_until: whole("leeftijd_tot")?,
        pension: match fields.text(&field("aow")) {
            "ja" => Some(true),
            "nee" => Some(false),
            _ => None,
        },
        situations: situations.join(","),
        kinds: codes(fields.text(&field("soorten"))),
        income_from: amount("inkomen_van")?.map(|cents| cents.0),
        income_until: amount("inkomen_tot")?.map(|cents| cents.0),
        hours_from: whole("uren_van")?,
        hours_until: whole("uren_tot")?,
        branches_from: whole("vestigingen_van")?,
        branches_until: whole("vestigingen_tot")?,
        floor_from: whole("vloer_van")?,
        floor_until: whole("vloer_tot")?,
        needs_proof: fields.text(&field("bewijs")) == "ja",
    })
}
