//! Why members leave: two levels, by kind of holder.

use db::{Error, Tx, args};
use membership::tariff::HolderKind;
use texts::Texts;

db::row! {
    #[derive(Clone, Debug)]
    pub(crate) struct Reason {
        pub nr: i64,
        pub parent_nr: Option<i64>,
        pub holder: HolderKind,
        pub name_nl: String,
        pub name_en: String,
        pub avoidable: bool,
        pub position: i64,
        pub ended: bool,
    }
}

impl Reason {
    pub(crate) fn name(&self, t: &Texts) -> String {
        let english = t.language().code() == "en" && !self.name_en.is_empty();
        if english { self.name_en.clone() } else { self.name_nl.clone() }
    }

    /// The first level: the reason itself, or that above it.
    pub(crate) fn top(&self) -> i64 {
        self.parent_nr.unwrap_or(self.nr)
    }
}

/// The newest version of every reason, also of those that ended: cases of before name them.
pub(crate) async fn all(tx: &mut Tx, holder: HolderKind) -> Result<Vec<Reason>, Error> {
    tx.all(
        "select r.nr, r.parent_nr, r.holder, r.name_nl, r.name_en, r.avoidable, r.position, r.ended
           from leave_reasons r
          where r.holder = $1 and r.id = (select max(n.id) from leave_reasons n where n.nr = r.nr)
          order by coalesce(r.parent_nr, r.nr), r.parent_nr is not null, r.position, r.nr",
        args![holder],
    )
    .await
}
