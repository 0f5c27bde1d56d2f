//! What each role may do, as the program decides it: the page is made from the rule.

mod page;

use kernel::Role;

pub(crate) use page::routes;

pub(crate) fn role_text(role: Role) -> &'static str {
    match role {
        Role::Agent => "access-role-agent",
        Role::Coach => "access-role-coach",
        Role::TeamLead => "access-role-team-lead",
        Role::Field => "access-role-field",
        Role::Communications => "access-role-communications",
        Role::Finance => "access-role-finance",
        Role::Director => "access-role-director",
        Role::Adviser => "access-role-adviser",
        Role::Privacy => "access-role-privacy",
        Role::Administrator => "access-role-administrator",
    }
}

/// What somebody in this role does, in one line.
pub(crate) fn does_text(role: Role) -> &'static str {
    match role {
        Role::Agent => "access-does-agent",
        Role::Coach => "access-does-coach",
        Role::TeamLead => "access-does-team-lead",
        Role::Field => "access-does-field",
        Role::Communications => "access-does-communications",
        Role::Finance => "access-does-finance",
        Role::Director => "access-does-director",
        Role::Adviser => "access-does-adviser",
        Role::Privacy => "access-does-privacy",
        Role::Administrator => "access-does-administrator",
    }
}
