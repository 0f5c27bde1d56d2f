use askama::Template;
use db::{Error, Tx, args};
use import_rules::columns::{Field, Kind, Mapping};
use jiff::Timestamp;
use kernel::ImportId;
use texts::Texts;

use crate::file::Row;
use crate::route::WrongUpload;
use crate::run::Counts;
use crate::store::{Import, State};

#[derive(Template)]
#[template(path = "imports.html")]
pub(crate) struct ListPage<'a> {
    pub t: &'a Texts,
    pub now: Timestamp,
    pub imports: Vec<Import>,
    pub wrong: Option<WrongUpload>,
}

impl ListPage<'_> {
    fn kinds(&self) -> impl Iterator<Item = (Kind, String)> + '_ {
        Kind::ALL.iter().map(|kind| (*kind, kind_text(self.t, *kind)))
    }

    fn kind(&self, import: &Import) -> String {
        kind_text(self.t, import.kind)
    }

    fn when(&self, import: &Import) -> String {
        self.t.moment(import.made_at, self.now)
    }

    fn state(&self, import: &Import) -> String {
        state_text(self.t, import.state)
    }
}

fn kind_text(t: &Texts, kind: Kind) -> String {
    t.get(match kind {
        Kind::Persons => "import-kind-persons",
        Kind::Memberships => "import-kind-memberships",
        Kind::Organisations => "import-kind-organisations",
        Kind::Prospects => "import-kind-prospects",
        Kind::Consents => "import-kind-consents",
        Kind::Objections => "import-kind-objections",
        Kind::Contacts => "import-kind-contacts",
        Kind::Callbacks => "import-kind-callbacks",
    })
}

fn state_text(t: &Texts, state: State) -> String {
    t.get(match state {
        State::Uploaded => "import-state-uploaded",
        State::Checking => "import-state-checking",
        State::Checked => "import-state-checked",
        State::Running => "import-state-running",
        State::Done => "import-state-done",
        State::Failed => "import-state-failed",
        State::Undoing => "import-state-undoing",
        State::Undone => "import-state-undone",
    })
}

/// A refused row: its line and why.
pub(crate) struct RefusedRow {
    pub line: i64,
    pub why: String,
}

db::row! {
    struct Found { line: i64, why: Option<String> }
}

pub(crate) async fn refused(tx: &mut Tx, id: ImportId) -> Result<Vec<RefusedRow>, Error> {
    let rows: Vec<Found> = tx
        .all(
            "select line, why from import_rows where import_id = $1 and action = 'refused' order by line limit 50",
            args![id],
        )
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| RefusedRow { line: row.line, why: row.why.unwrap_or_default() })
        .collect())
}

/// How far an import is; alone, it is what the page asks for while it runs.
#[derive(Template)]
#[template(path = "import_standing.html")]
pub(crate) struct Standing<'a> {
    pub t: &'a Texts,
    pub so_far: Option<Counts>,
    pub import: &'a Import,
}

impl Standing<'_> {
    fn is_running(&self) -> bool {
        matches!(self.import.state, State::Checking | State::Running | State::Undoing)
    }

    fn state(&self) -> String {
        state_text(self.t, self.import.state)
    }

    fn number(&self, number: &i64) -> String {
        self.t.number(*number)
    }

    fn rows_so_far(&self) -> String {
        let rows = self.so_far.map_or(0, |counts| i64::try_from(counts.rows).unwrap_or(i64::MAX));
        self.t.number(rows)
    }

    fn has_counts(&self) -> bool {
        matches!(self.import.state, State::Checked | State::Done | State::Undone)
    }
}

#[derive(Template)]
#[template(path = "import.html")]
pub(crate) struct ImportPage<'a> {
    pub t: &'a Texts,
    pub standing: Standing<'a>,
    pub mapping: Mapping,
    pub headers: Vec<String>,
    pub rows: Vec<Row>,
    pub refused: Vec<RefusedRow>,
    pub has_errors: bool,
    pub may_campaign: bool,
    pub wrong: Option<String>,
    pub notice: Option<String>,
    pub import: &'a Import,
}

impl ImportPage<'_> {
    fn standing_html(&self) -> web::ui::Html {
        web::ui::rendered(self.standing.render().unwrap_or_default())
    }

    fn kind(&self) -> String {
        kind_text(self.t, self.import.kind)
    }

    fn is(&self, state: &str) -> bool {
        self.import.state.code() == state
    }

    fn can_change(&self) -> bool {
        matches!(self.import.state, State::Uploaded | State::Checked) && !self.headers.is_empty()
    }

    /// The columns of the file: header, what it is taken for, and the first cells.
    fn columns(&self) -> Vec<(usize, String, Option<Field>, String)> {
        self.headers
            .iter()
            .enumerate()
            .map(|(nr, header)| {
                let cells = self
                    .rows
                    .iter()
                    .filter_map(|row| row.cells.get(nr))
                    .filter(|cell| !cell.is_empty());
                let shown = cells.take(3).cloned().collect::<Vec<_>>().join(" · ");
                (nr, header.clone(), self.mapping.0.get(nr).copied().flatten(), shown)
            })
            .collect()
    }

    fn fields(&self) -> &'static [Field] {
        Field::ALL
    }

    fn field(&self, field: &Field) -> String {
        field_text(self.t, *field)
    }

    fn is_field(&self, chosen: &Option<Field>, field: &Field) -> bool {
        chosen.as_ref() == Some(field)
    }

    fn ignored(&self) -> Vec<String> {
        self.columns()
            .into_iter()
            .filter(|(_, _, field, _)| field.is_none())
            .map(|(_, header, _, _)| header)
            .collect()
    }

    /// `Geboortedatum: dit is geen datum` for `birth_date: not_a_date`.
    fn why(&self, row: &RefusedRow) -> String {
        let Some((field, why)) = row.why.split_once(": ") else { return row.why.clone() };
        let about = field
            .parse()
            .map_or_else(|_| self.t.get("import-row"), |field| field_text(self.t, field));
        let why = why.parse::<people_rules::person::Why>().map_or_else(
            |_| self.t.get(&format!("import-why-{}", why.replace('_', "-"))),
            |why| self.t.get(people::person::why_text(why)),
        );
        format!("{about}: {why}")
    }
}

fn field_text(t: &Texts, field: Field) -> String {
    t.get(&format!("import-field-{}", field.code().replace('_', "-")))
}
