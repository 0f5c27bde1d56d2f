use db::{Error, Tx, args};
use jiff::civil::Date;
use texts::Texts;

db::row! {
    /// An article in its newest version.
    #[derive(Clone, Debug)]
    pub(crate) struct Article {
        pub nr: i64,
        pub title_nl: String,
        pub title_en: String,
        pub body_nl: String,
        pub body_en: String,
        pub owner_id: Option<kernel::UserId>,
        pub owner: Option<String>,
        pub expires_on: Option<Date>,
    }
}

impl Article {
    fn pick<'a>(t: &Texts, nl: &'a str, en: &'a str) -> &'a str {
        if t.language().code() == "en" && !en.is_empty() { en } else { nl }
    }

    pub(crate) fn title(&self, t: &Texts) -> &str {
        Self::pick(t, &self.title_nl, &self.title_en)
    }

    pub(super) fn body(&self, t: &Texts) -> &str {
        Self::pick(t, &self.body_nl, &self.body_en)
    }

    /// Somebody should look at it before it is relied on.
    pub(crate) fn is_doubtful(&self, today: Date) -> bool {
        self.expires_on.is_some_and(|expires| expires < today)
    }
}

/// The newest version of every article that did not end.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<Article>, Error> {
    tx.all(
        "select k.nr, k.title_nl, k.title_en, k.body_nl, k.body_en, k.owner_id, u.name as owner, k.expires_on
           from knowledge_articles k left join users u on u.id = k.owner_id
          where not k.ended and k.id = (select max(n.id) from knowledge_articles n where n.nr = k.nr)
          order by k.nr",
        args![],
    )
    .await
}
