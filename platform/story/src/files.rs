use jiff::ToSpan as _;
use jiff::civil::Date;

/// A file that the demo takes in, in this order, as anybody would take in an own file.
#[derive(Clone, Copy, Debug)]
pub struct File {
    /// As the import names it.
    pub kind: &'static str,
    pub name: &'static str,
    csv: &'static str,
}

pub(crate) const UNION: &[File] = &[
    File { kind: "persons", name: "leden.csv", csv: include_str!("../union/members.csv") },
    File { kind: "prospects", name: "aanvragen.csv", csv: include_str!("../union/prospects.csv") },
    File {
        kind: "prospects",
        name: "belijst-werkdruk.csv",
        csv: include_str!("../union/list.csv"),
    },
    File {
        kind: "organisations",
        name: "werkgevers.csv",
        csv: include_str!("../union/organisations.csv"),
    },
    File {
        kind: "consents",
        name: "toestemmingen.csv",
        csv: include_str!("../union/consents.csv"),
    },
    File { kind: "contacts", name: "contacten.csv", csv: include_str!("../union/contacts.csv") },
    File {
        kind: "callbacks",
        name: "terugbellen.csv",
        csv: include_str!("../union/callbacks.csv"),
    },
];

pub(crate) const TRADE: &[File] = &[
    File {
        kind: "organisations",
        name: "leden.csv",
        csv: include_str!("../trade/organisations.csv"),
    },
    File { kind: "persons", name: "contactpersonen.csv", csv: include_str!("../trade/people.csv") },
];

/// Somebody who speaks for an organisation of the story.
#[derive(Clone, Copy, Debug)]
pub struct ContactPerson {
    /// Its external key.
    pub organisation: &'static str,
    /// The member number, or the external key of who is no member.
    pub person: &'static str,
    pub role: &'static str,
    pub since: Date,
}

/// Members on the works council and such. No campaign of the story calls on the ground of a legal person, so
/// that nobody is called for another reason.
pub(crate) const UNION_CONTACT_PERSONS: &[ContactPerson] = &[
    ContactPerson {
        organisation: "O-3",
        person: "1840227",
        role: "Voorzitter ondernemingsraad",
        since: Date::constant(2019, 5, 1),
    },
    ContactPerson {
        organisation: "O-4",
        person: "2304512",
        role: "Kaderlid",
        since: Date::constant(2021, 9, 1),
    },
    ContactPerson {
        organisation: "O-5",
        person: "2287730",
        role: "Ondernemingsraad",
        since: Date::constant(2022, 1, 1),
    },
];

const fn speaks(
    organisation: &'static str,
    person: &'static str,
    role: &'static str,
    since: Date,
) -> ContactPerson {
    ContactPerson { organisation, person, role, since }
}

/// Who decides, who runs a shop: whom a travelling colleague speaks to.
pub(crate) const TRADE_CONTACT_PERSONS: &[ContactPerson] = &[
    speaks("T-1", "C-1", "Eigenaar, beslist", Date::constant(2003, 4, 1)),
    speaks("T-1", "C-2", "Mede-eigenaar, financiën", Date::constant(2003, 4, 1)),
    speaks("T-3", "C-3", "Bedrijfsleider", Date::constant(2018, 2, 1)),
    speaks("T-4", "C-4", "Bedrijfsleider", Date::constant(2026, 9, 1)),
    speaks("T-10", "C-10", "Eigenaar", Date::constant(2026, 8, 10)),
    speaks("T-11", "C-11", "Eigenaar", Date::constant(1998, 1, 1)),
    speaks("T-12", "C-12", "Eigenaar", Date::constant(2011, 5, 1)),
    speaks("T-13", "C-13", "Directeur", Date::constant(2024, 11, 1)),
    speaks("T-14", "C-14", "Eigenaar", Date::constant(2016, 3, 15)),
    speaks("T-15", "C-15", "Eigenaar", Date::constant(2019, 9, 1)),
    speaks("T-16", "C-16", "Filiaalleider", Date::constant(2022, 1, 1)),
    speaks("T-17", "C-17", "Eigenaar", Date::constant(2020, 1, 1)),
];

/// The text of a file on a day: a cell `D` is that day, `D-14` two weeks before.
#[must_use]
pub fn on_day(file: File, today: Date) -> String {
    let mut text = String::with_capacity(file.csv.len() + 64);
    for line in file.csv.lines() {
        let cells: Vec<String> = line.split(';').map(|cell| dated(cell, today)).collect();
        text += &cells.join(";");
        text.push('\n');
    }
    text
}

fn dated(cell: &str, today: Date) -> String {
    let (day, hour) = cell.split_once(' ').map_or((cell, ""), |(day, hour)| (day, hour));
    let ago = match day.strip_prefix('D') {
        Some("") => Some(0),
        Some(ago) => ago.strip_prefix('-').and_then(|days| days.parse::<i32>().ok()),
        None => None,
    };
    match ago {
        Some(days) => format!("{} {hour}", today.saturating_sub(days.days())).trim_end().to_owned(),
        None => cell.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_the_day_it_is() {
        let today: Date = "2026-11-24".parse().unwrap();
        assert_eq!(dated("D", today), "2026-11-24");
        assert_eq!(dated("D-14", today), "2026-11-10");
        assert_eq!(dated("D 08:30", today), "2026-11-24 08:30");
        for text in ["Dijkstra", "De Linde Thuiszorg", "Dam", "D-x", ""] {
            assert_eq!(dated(text, today), text);
        }
    }

    #[test]
    fn every_row_has_as_many_cells_as_its_header() {
        for file in UNION.iter().chain(TRADE) {
            let mut lines = file.csv.lines();
            let columns = lines.next().unwrap().split(';').count();
            for line in lines {
                assert_eq!(line.split(';').count(), columns, "{}: {line}", file.name);
            }
        }
    }
}
