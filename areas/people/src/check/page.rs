use askama::Template;
use texts::Texts;

use super::form::FormPart;
use super::gate::Passed;

#[derive(Template)]
#[template(path = "check.html")]
pub(super) struct CheckPage<'a> {
    pub t: &'a Texts,
    pub name: String,
    pub part: FormPart<'a>,
    pub passed: Option<Passed>,
}
