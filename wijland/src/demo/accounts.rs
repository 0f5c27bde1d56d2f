use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use story::Association;
use web::DemoAccount;

use crate::Failure;

/// One line of `accounts.json`.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Account {
    association: String,
    pub(super) user: String,
    pub(super) password: String,
    pub(super) role: String,
    url: String,
}

impl Account {
    /// Whether it is an account of this association.
    pub(super) fn is_of(&self, association: &Association) -> bool {
        self.association == association.name
    }

    pub(super) fn shown(&self, association: &Association) -> DemoAccount {
        let colleague =
            association.colleagues.iter().find(|colleague| colleague.login == self.user);
        DemoAccount {
            user: self.user.clone(),
            name: colleague
                .map_or_else(|| self.user.clone(), |colleague| colleague.name.to_owned()),
            password: self.password.clone(),
            role: self.role.clone(),
        }
    }
}

pub(super) fn file(folder: &Path) -> PathBuf {
    folder.join("accounts.json")
}

/// The accounts of one association, with `agents` invented ones.
pub(super) fn of(
    association: &Association,
    port: u16,
    password: &str,
    agents: u32,
) -> Vec<Account> {
    let account = |user: &str, role: &str| Account {
        association: association.name.into(),
        user: user.into(),
        password: password.into(),
        role: role.into(),
        url: format!("http://localhost:{port}"),
    };
    let named = association
        .colleagues
        .iter()
        .map(|colleague| account(colleague.login, colleague.role.code()));
    let invented =
        (1..=agents).map(|nr| account(&super::seed::agent_login(nr), kernel::Role::Agent.code()));
    named.chain(invented).collect()
}

pub(super) fn write(folder: &Path, accounts: &[Account]) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(accounts).expect("text only");
    std::fs::write(file(folder), text).map_err(Failure::file("the accounts cannot be written down"))
}

pub(super) fn read(folder: &Path) -> Result<Vec<Account>, Failure> {
    let lost = || {
        Failure::told(format!(
            "{} is not there or cannot be read, and without it nobody knows the passwords; begin again with --fresh",
            file(folder).display()
        ))
    };
    let text = std::fs::read_to_string(file(folder)).map_err(|_| lost())?;
    serde_json::from_str(&text).map_err(|_| lost())
}
