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

pub const FILES: &[File] = &[
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

/// Somebody who speaks for an employer of the story.
#[derive(Clone, Copy, Debug)]
pub struct ContactPerson {
    /// The external key of the employer.
    pub organisation: &'static str,
    /// The member number.
    pub person: &'static str,
    pub role: &'static str,
    pub since: Date,
}

/// Members on the works council and such. No campaign of the story calls on the ground of a legal person, so
/// that nobody is called for another reason.
pub const CONTACT_PERSONS: &[ContactPerson] = &[
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
        for file in FILES {
            let mut lines = file.csv.lines();
            let columns = lines.next().unwrap().split(';').count();
            for line in lines {
                assert_eq!(line.split(';').count(), columns, "{}: {line}", file.name);
            }
        }
    }
}
