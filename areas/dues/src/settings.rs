//! What the rulebook says about collecting.

use dues_rules::returned::{Action, Retry};
use dues_rules::run::Rules;
use jiff::civil::Date;
use rulebook::{Missing, Rulebook};

/// What a run on `day` goes by.
pub(crate) fn run_rules(book: &Rulebook, day: Date) -> Result<Rules, Missing> {
    let says = |key, word: &str| Ok(book.words(key, day)?.iter().any(|found| found == word));
    Ok(Rules {
        notice_days: book.number("sdd.prenotification_days", day)?,
        expiry_months: book.number("sdd.mandate_expiry_months", day)?,
        provisional: says("sdd.collect_from", "provisional")?,
        first: says("sdd.sequence", "first")?,
        submit_days: book.number("sdd.submit_days", day)?,
    })
}

pub(crate) fn retry(book: &Rulebook, day: Date) -> Result<Retry, Missing> {
    let salary_day = book.part("sdd.retry", "salary_day", day)?;
    Ok(Retry {
        tries_max: book.part("sdd.retry", "tries_max", day)?,
        salary_day: i8::try_from(salary_day).map_err(|_| Missing { key: "sdd.retry" })?,
    })
}

/// What a reason of the bank asks of us. A code that we have no rule for has the rule `sdd.rcode.other`.
pub(crate) fn action(book: &Rulebook, code: &str, day: Date) -> Result<Action, Missing> {
    let key = match code {
        "AM04" => "sdd.rcode.am04",
        "AC01" => "sdd.rcode.ac01",
        "AC04" => "sdd.rcode.ac04",
        "AC06" => "sdd.rcode.ac06",
        "AC13" => "sdd.rcode.ac13",
        "AG01" => "sdd.rcode.ag01",
        "AG02" => "sdd.rcode.ag02",
        "AM05" | "DUPL" => "sdd.rcode.am05",
        "BE05" => "sdd.rcode.be05",
        "MD01" => "sdd.rcode.md01",
        "MD02" => "sdd.rcode.md02",
        "MD06" => "sdd.rcode.md06",
        "MD07" => "sdd.rcode.md07",
        "MS02" => "sdd.rcode.ms02",
        "MS03" => "sdd.rcode.ms03",
        "RC01" => "sdd.rcode.rc01",
        "RR01" | "RR02" | "RR03" | "RR04" => "sdd.rcode.rr",
        "SL01" => "sdd.rcode.sl01",
        _ => "sdd.rcode.other",
    };
    let word = book.words(key, day)?.into_iter().next();
    word.and_then(|word| word.parse().ok()).ok_or(Missing { key })
}
