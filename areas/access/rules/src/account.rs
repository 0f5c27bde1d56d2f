//! What an account of a colleague must be like. Pure.

use kernel::{Email, Role, Roles};

/// An account as it was typed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Draft {
    pub name: String,
    pub first_name: String,
    pub login: String,
    pub email: String,
    pub roles: Vec<String>,
    /// Postcodes of a travelling colleague: `7300-7399, 8011`.
    pub regions: String,
}

/// An account that can be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    pub name: String,
    pub first_name: String,
    /// In small letters.
    pub login: String,
    /// Empty if there is none.
    pub email: String,
    pub roles: Roles,
    pub regions: Vec<Region>,
}

/// Postcodes by their four digits, both ends included.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Region {
    pub from: String,
    pub until: String,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Wrong {
    Name,
    FirstName,
    /// Two to forty letters, digits, dots, hyphens.
    Login,
    Email,
    /// None was chosen: whoever has none may open nothing.
    Roles,
    Regions,
}

const NAME_MAX: usize = 100;
const LOGIN_MAX: usize = 40;

impl Draft {
    /// # Errors
    ///
    /// Everything that is wrong, so that the form shows it at once.
    pub fn read(&self) -> Result<Account, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let named = |text: &str| (1..=NAME_MAX).contains(&text.chars().count());

        let name = words(&self.name);
        if !named(&name) {
            wrong.push(Wrong::Name);
        }
        let first_name = words(&self.first_name);
        if !named(&first_name) {
            wrong.push(Wrong::FirstName);
        }
        let login = self.login.trim().to_lowercase();
        let is_sign = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '.' | '-' | '_');
        if !(2..=LOGIN_MAX).contains(&login.len()) || !login.chars().all(is_sign) {
            wrong.push(Wrong::Login);
        }
        let email = self.email.trim().to_owned();
        if !email.is_empty() && email.parse::<Email>().is_err() {
            wrong.push(Wrong::Email);
        }
        let roles = Roles::new(self.roles.iter().filter_map(|code| code.parse::<Role>().ok()));
        if roles.iter().next().is_none() {
            wrong.push(Wrong::Roles);
        }
        let regions: Option<Vec<Region>> = self
            .regions
            .split([',', ';', '\n'])
            .map(str::trim)
            .filter(|text| !text.is_empty())
            .map(region)
            .collect();
        if regions.is_none() {
            wrong.push(Wrong::Regions);
        }
        match regions {
            Some(regions) if wrong.is_empty() => {
                Ok(Account { name, first_name, login, email, roles, regions })
            }
            _ => Err(wrong),
        }
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// `8011` or `7300-7399`.
fn region(text: &str) -> Option<Region> {
    let (from, until) = text.split_once(['-', '–']).unwrap_or((text, text));
    let (from, until) = (from.trim(), until.trim());
    let is_postcode =
        |text: &str| text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    (is_postcode(from) && is_postcode(until) && from <= until)
        .then(|| Region { from: from.to_owned(), until: until.to_owned() })
}

/// Why something is not done to an account.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Refused {
    /// Nobody would be left who can let anybody in.
    LastAdministrator,
    /// Nobody ends or demotes the own account: a slip would have no way back.
    Oneself,
    /// A call is going on, or waits for its outcome.
    InCall,
    /// Promises are open and no team is named that goes on with them.
    NeedsTeam,
}

/// What a decision about an account has to know.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about one account")]
pub struct Standing {
    pub is_oneself: bool,
    pub is_administrator: bool,
    /// Administrators beside this account.
    pub other_administrators: i64,
    pub in_call: bool,
    pub promises: i64,
    pub has_heir: bool,
}

/// Whether the roles may become these.
///
/// # Errors
///
/// [`Refused::Oneself`], [`Refused::LastAdministrator`].
pub fn may_get(standing: Standing, roles: &Roles) -> Result<(), Refused> {
    if !standing.is_administrator || roles.has(Role::Administrator) {
        return Ok(());
    }
    no_loss_of_an_administrator(standing)
}

/// Whether the account may end.
///
/// # Errors
///
/// Any [`Refused`].
pub fn may_end(standing: Standing) -> Result<(), Refused> {
    if standing.is_oneself {
        return Err(Refused::Oneself);
    }
    if standing.is_administrator {
        no_loss_of_an_administrator(standing)?;
    }
    if standing.in_call {
        return Err(Refused::InCall);
    }
    if standing.promises > 0 && !standing.has_heir {
        return Err(Refused::NeedsTeam);
    }
    Ok(())
}

fn no_loss_of_an_administrator(standing: Standing) -> Result<(), Refused> {
    if standing.is_oneself {
        Err(Refused::Oneself)
    } else if standing.other_administrators == 0 {
        Err(Refused::LastAdministrator)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noor() -> Draft {
        Draft {
            name: "  Noor  Bakker ".into(),
            first_name: "Noor".into(),
            login: "Noor.B".into(),
            email: "noor@werkbond.example".into(),
            roles: vec!["agent".into(), "koning".into()],
            regions: String::new(),
        }
    }

    #[test]
    fn what_was_typed_becomes_an_account() {
        let account = noor().read().unwrap();
        assert_eq!((account.name.as_str(), account.login.as_str()), ("Noor Bakker", "noor.b"));
        assert_eq!(account.roles, Roles::new([Role::Agent]), "an unknown role is none");
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let draft = Draft { login: "n".into(), email: "noor@".into(), roles: vec![], ..noor() };
        assert_eq!(draft.read(), Err(vec![Wrong::Login, Wrong::Email, Wrong::Roles]));
        assert_eq!(Draft { login: "noor bakker".into(), ..noor() }.read(), Err(vec![Wrong::Login]));
        assert_eq!(
            Draft { name: " ".into(), first_name: "x".repeat(101), ..noor() }.read(),
            Err(vec![Wrong::Name, Wrong::FirstName])
        );
    }

    #[test]
    fn a_region_is_a_postcode_or_a_range_of_them() {
        let regions = |text: &str| {
            Draft { regions: text.into(), ..noor() }.read().map(|account| account.regions)
        };
        let of = |from: &str, until: &str| Region { from: from.into(), until: until.into() };
        assert_eq!(
            regions("7300 - 7399, 8011\n"),
            Ok(vec![of("7300", "7399"), of("8011", "8011")])
        );
        for wrong in ["730", "7399-7300", "Apeldoorn", "7300-", "7300 AB"] {
            assert_eq!(regions(wrong), Err(vec![Wrong::Regions]), "{wrong}");
        }
    }

    #[test]
    fn somebody_can_always_let_others_in_and_no_promise_is_left_alone() {
        let agent = Standing {
            is_oneself: false,
            is_administrator: false,
            other_administrators: 1,
            in_call: false,
            promises: 0,
            has_heir: false,
        };
        let admin = Standing { is_administrator: true, ..agent };
        assert_eq!(may_end(agent), Ok(()));
        assert_eq!(may_end(admin), Ok(()));
        assert_eq!(
            may_end(Standing { other_administrators: 0, ..admin }),
            Err(Refused::LastAdministrator)
        );
        assert_eq!(may_end(Standing { is_oneself: true, ..agent }), Err(Refused::Oneself));
        assert_eq!(may_end(Standing { in_call: true, ..agent }), Err(Refused::InCall));
        assert_eq!(may_end(Standing { promises: 3, ..agent }), Err(Refused::NeedsTeam));
        assert_eq!(may_end(Standing { promises: 3, has_heir: true, ..agent }), Ok(()));

        let (stays, goes) =
            (Roles::new([Role::Administrator, Role::Agent]), Roles::new([Role::Agent]));
        assert_eq!(may_get(Standing { is_oneself: true, ..admin }, &stays), Ok(()));
        assert_eq!(may_get(Standing { is_oneself: true, ..admin }, &goes), Err(Refused::Oneself));
        assert_eq!(
            may_get(Standing { other_administrators: 0, ..admin }, &goes),
            Err(Refused::LastAdministrator)
        );
        assert_eq!(may_get(agent, &goes), Ok(()));
    }
}
