use kernel::Cents;
use membership::tariff::HolderKind;
use web::Fields;

use super::store::{NewArgument, NewArticle, NewReason};
use crate::reason::Reason;

pub(super) type Wrong = (&'static str, &'static str);

fn required(typed: &Fields, field: &'static str) -> Result<String, Wrong> {
    let text = typed.text(field);
    if text.is_empty() { Err((field, "retention-catalogue-empty")) } else { Ok(text.to_owned()) }
}

fn number(typed: &Fields, field: &'static str) -> Result<i64, Wrong> {
    match typed.text(field) {
        "" => Ok(0),
        text => text
            .parse()
            .ok()
            .filter(|number| (0..=1_000).contains(number))
            .ok_or((field, "retention-terms-no-number")),
    }
}

fn holder(typed: &Fields) -> Result<HolderKind, Wrong> {
    typed.text("van").parse().map_err(|_| ("van", "retention-catalogue-empty"))
}

/// What the form of a reason says; `tops` are the reasons that it can stand under.
pub(super) fn reason(typed: &Fields, nr: Option<i64>, tops: &[Reason]) -> Result<NewReason, Wrong> {
    let holder = holder(typed)?;
    let parent_nr = match typed.text("onder") {
        "" => None,
        text => {
            let parent = text.parse::<i64>().ok().filter(|parent| Some(*parent) != nr);
            let known = parent.filter(|parent| {
                tops.iter()
                    .any(|top| top.nr == *parent && top.parent_nr.is_none() && top.holder == holder)
            });
            Some(known.ok_or(("onder", "retention-catalogue-no-parent"))?)
        }
    };
    Ok(NewReason {
        nr,
        parent_nr,
        holder,
        name_nl: required(typed, "naam")?,
        name_en: typed.text("naam_en").to_owned(),
        avoidable: typed.text("vermijdbaar") == "ja",
        position: number(typed, "plaats")?,
        ended: typed.text("vervalt") == "ja",
    })
}

/// The braces that a sentence to say may hold.
pub(super) const BRACES: [&str; 6] = ["aow_dag", "vanaf", "straks", "nu", "per_jaar", "jaren"];

/// Whether every brace of a sentence is one that is filled in.
fn braces_are_known(say: &str) -> bool {
    let mut rest = say;
    while let Some((_, behind)) = rest.split_once('{') {
        let Some((name, behind)) = behind.split_once('}') else { return false };
        if !BRACES.contains(&name) {
            return false;
        }
        rest = behind;
    }
    true
}

/// What the form of an argument says.
pub(super) fn argument(typed: &Fields, nr: Option<i64>) -> Result<NewArgument, Wrong> {
    let (say_nl, say_en) = (typed.text("zeg").to_owned(), typed.text("zeg_en").to_owned());
    for (field, say) in [("zeg", &say_nl), ("zeg_en", &say_en)] {
        if !braces_are_known(say) {
            return Err((field, "retention-catalogue-braces"));
        }
    }
    let cost = match typed.text("kosten") {
        "" => Cents(0),
        text => Cents::parse(text).ok_or(("kosten", "membership-tariff-no-amount"))?,
    };
    let article = number(typed, "artikel")?;
    let reasons: Vec<String> =
        typed.all("bij").filter_map(|nr| nr.parse::<i64>().ok()).map(|nr| nr.to_string()).collect();
    let code = |field: &'static str| (field, "retention-catalogue-empty");
    Ok(NewArgument {
        nr,
        holder: holder(typed)?,
        kind: typed.text("soort").parse().map_err(|_| code("soort"))?,
        name_nl: required(typed, "naam")?,
        name_en: typed.text("naam_en").to_owned(),
        says_nl: typed.text("uitleg").to_owned(),
        says_en: typed.text("uitleg_en").to_owned(),
        say_nl,
        say_en,
        reasons: reasons.join(","),
        needs: typed.text("nodig").parse().map_err(|_| code("nodig"))?,
        authority: typed.text("wie").parse().map_err(|_| code("wie"))?,
        cost,
        article_nr: (article > 0).then_some(article),
        position: number(typed, "plaats")?,
        ended: typed.text("vervalt") == "ja",
    })
}

/// What the form of an article says.
pub(super) fn article(typed: &Fields, nr: Option<i64>) -> Result<NewArticle, Wrong> {
    let expires_on = match typed.text("tot") {
        "" => None,
        text => Some(kernel::parse_day(text).ok_or(("tot", "membership-no-day"))?),
    };
    Ok(NewArticle {
        nr,
        title_nl: required(typed, "naam")?,
        title_en: typed.text("naam_en").to_owned(),
        body_nl: required(typed, "tekst")?,
        body_en: typed.text("tekst_en").to_owned(),
        owner: typed.text("eigenaar").parse().ok(),
        expires_on,
        ended: typed.text("vervalt") == "ja",
    })
}

#[cfg(test)]
mod tests {
    use super::braces_are_known;

    #[test]
    fn only_braces_that_are_filled_in_may_stand_in_a_sentence() {
        assert!(braces_are_known("Vanaf {vanaf} betaalt u {straks}."));
        assert!(braces_are_known("Zonder."));
        assert!(!braces_are_known("U krijgt {premie}."));
        assert!(!braces_are_known("Vanaf {vanaf"));
    }
}
