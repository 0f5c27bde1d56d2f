use askama::Template;
use texts::Texts;

use super::store::{Expert, Theme};
use crate::owned::Colleague;

/// The form as it was typed.
#[derive(Clone, Debug, Default)]
pub(super) struct ThemeForm {
    pub name_nl: String,
    pub name_en: String,
}

#[derive(Template)]
#[template(path = "themes.html")]
pub(super) struct ThemesPage<'a> {
    pub t: &'a Texts,
    pub themes: Vec<Theme>,
    pub experts: Vec<Expert>,
    pub notice: Option<String>,
}

impl ThemesPage<'_> {
    fn known_by(&self, theme: &Theme) -> String {
        let names =
            self.experts.iter().filter(|expert| expert.theme_id == theme.id && expert.is_named);
        names.map(|expert| expert.name.clone()).collect::<Vec<_>>().join(", ")
    }
}

#[derive(Template)]
#[template(path = "theme.html")]
pub(super) struct ThemePage<'a> {
    pub t: &'a Texts,
    pub theme: Option<Theme>,
    pub form: &'a ThemeForm,
    pub colleagues: Vec<Colleague>,
    pub named: Vec<kernel::UserId>,
    pub wrong: Option<&'static str>,
}

impl ThemePage<'_> {
    fn action(&self) -> String {
        self.theme.as_ref().map_or_else(
            || "/beheer/themas/nieuw".into(),
            |theme| format!("/beheer/themas/{}", theme.id),
        )
    }

    fn is_named(&self, colleague: &Colleague) -> bool {
        self.named.contains(&colleague.id)
    }
}
