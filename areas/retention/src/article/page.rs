use askama::Template;
use jiff::civil::Date;
use texts::Texts;
use web::ui::Html;

use super::Article;

#[derive(Template)]
#[template(path = "article.html")]
pub(super) struct ArticlePage<'a> {
    pub t: &'a Texts,
    pub article: Article,
    pub today: Date,
}

impl ArticlePage<'_> {
    fn title(&self) -> &str {
        self.article.title(self.t)
    }

    fn body(&self) -> Html {
        web::markdown(self.article.body(self.t))
    }

    /// Whose it is, and until when it can be relied on.
    fn kept(&self) -> String {
        let owner = self.article.owner.clone();
        let owner = owner.unwrap_or_else(|| self.t.get("retention-article-nobody"));
        match self.article.expires_on {
            None => owner,
            Some(day) => {
                self.t.with2("retention-article-until", "who", owner, "day", self.t.date(day))
            }
        }
    }

    fn is_doubtful(&self) -> bool {
        self.article.is_doubtful(self.today)
    }
}
