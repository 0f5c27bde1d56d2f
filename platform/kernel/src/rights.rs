//! Who may do what: the table of the product description, as one function. What is not listed is refused.

crate::codes! {
    pub enum Role {
        Agent = "agent",
        Coach = "coach",
        TeamLead = "team_lead",
        Field = "field",
        Communications = "communications",
        Finance = "finance",
        Director = "director",
        Adviser = "adviser",
        Privacy = "privacy",
        Administrator = "administrator",
    }
}

crate::codes! {
    pub enum Action {
        /// Find people and open their file; every opening is logged.
        OpenFiles = "open_files",
        /// See a whole birth date or account number; logged.
        Unmask = "unmask",
        /// Call records, callbacks, cancellations, sign-ups.
        WorkCalls = "work_calls",
        /// Make and pause campaigns and segments.
        ManageCampaigns = "manage_campaigns",
        /// Keep agreements: own ones, those of the team, or all.
        KeepAgreements = "keep_agreements",
        /// Plan and report visits: own ones, or those of the team.
        VisitMembers = "visit_members",
        /// Mandates, collections, pay-outs and what the bank says about them.
        ManageDues = "manage_dues",
        /// Let a run of collections or pay-outs go to the bank that a colleague made.
        ReleaseRuns = "release_runs",
        /// See figures; [`Scope::Aggregates`] never leads to people.
        SeeFigures = "see_figures",
        /// Rights requests, retention periods, who read what.
        GuardPrivacy = "guard_privacy",
        /// What members pay, and from when.
        SetTariffs = "set_tariffs",
        /// Users, roles, lines, rules and imports. Opens no member files.
        Administer = "administer",
        /// Listen to recorded calls, with a reason: for training those of the own team, otherwise all; logged.
        ReplayRecordings = "replay_recordings",
        /// Look at the rules without changing them.
        ReadRules = "read_rules",
    }
}

/// How far a right reaches, from little to much.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Scope {
    Aggregates,
    Own,
    Team,
    Region,
    All,
}

/// An action that somebody may do, and how far.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Right {
    pub action: Action,
    pub scope: Scope,
}

/// The roles of one user: somebody who coaches and calls has two.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Roles(Vec<Role>);

impl Roles {
    #[must_use]
    pub fn new(roles: impl IntoIterator<Item = Role>) -> Self {
        let mut roles: Vec<Role> = roles.into_iter().collect();
        roles.sort_unstable();
        roles.dedup();
        Self(roles)
    }

    /// As stored: codes with a comma between. Unknown words are no role.
    #[must_use]
    pub fn read(stored: &str) -> Self {
        Self::new(stored.split(',').filter_map(|word| word.parse().ok()))
    }

    #[must_use]
    pub fn stored(&self) -> String {
        self.0.iter().map(|role| role.code()).collect::<Vec<_>>().join(",")
    }

    pub fn iter(&self) -> impl Iterator<Item = Role> {
        self.0.iter().copied()
    }

    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.0.contains(&role)
    }

    /// The furthest that any of the roles reaches, or `None`: refused.
    #[must_use]
    pub fn scope(&self, action: Action) -> Option<Scope> {
        self.0.iter().filter_map(|role| scope(*role, action)).max()
    }

    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        self.scope(action).is_some()
    }
}

/// The table itself. Source: product description, "Who may do what".
fn scope(role: Role, action: Action) -> Option<Scope> {
    use Action as A;
    use Role as R;

    Some(match (role, action) {
        (R::Agent | R::TeamLead | R::Finance | R::Privacy, A::OpenFiles) => Scope::All,
        (R::Field, A::OpenFiles) => Scope::Region,

        // An agent may during a sign-up, which is a screen of its own; here it is refused.
        (R::Finance | R::Privacy, A::Unmask) => Scope::All,

        (R::Agent | R::TeamLead, A::WorkCalls) => Scope::Team,

        (R::TeamLead, A::ManageCampaigns) => Scope::Team,

        (R::Agent | R::Coach | R::Field | R::Communications | R::Finance, A::KeepAgreements) => {
            Scope::Own
        }
        (R::TeamLead, A::KeepAgreements) => Scope::Team,
        (R::Director, A::KeepAgreements) => Scope::All,

        (R::Field, A::VisitMembers) => Scope::Own,
        (R::TeamLead, A::VisitMembers) => Scope::Team,

        (R::Finance, A::ManageDues) => Scope::All,
        (R::Finance | R::Director, A::ReleaseRuns) => Scope::All,

        (R::Agent, A::SeeFigures) => Scope::Own,
        (R::TeamLead | R::Coach, A::SeeFigures) => Scope::Team,
        (R::Field, A::SeeFigures) => Scope::Region,
        (R::Communications | R::Finance | R::Director | R::Adviser, A::SeeFigures) => {
            Scope::Aggregates
        }

        (R::Finance | R::Administrator, A::SetTariffs) => Scope::All,

        (R::Coach, A::ReplayRecordings) => Scope::Team,
        (R::Privacy, A::ReplayRecordings) => Scope::All,

        (R::Privacy, A::GuardPrivacy | A::ReadRules) => Scope::All,
        (R::Administrator, A::Administer | A::ReadRules) => Scope::All,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_reads_as_in_the_product_description() {
        let mut table = String::new();
        for action in Action::ALL {
            table += action.code();
            for role in Role::ALL {
                if let Some(scope) = scope(*role, *action) {
                    table += &format!(" {role}:{scope:?}");
                }
            }
            table += "\n";
        }
        let expected = "\
open_files agent:All team_lead:All field:Region finance:All privacy:All
unmask finance:All privacy:All
work_calls agent:Team team_lead:Team
manage_campaigns team_lead:Team
keep_agreements agent:Own coach:Own team_lead:Team field:Own communications:Own finance:Own director:All
visit_members team_lead:Team field:Own
manage_dues finance:All
release_runs finance:All director:All
see_figures agent:Own coach:Team team_lead:Team field:Region communications:Aggregates finance:Aggregates director:Aggregates adviser:Aggregates
guard_privacy privacy:All
set_tariffs finance:All administrator:All
administer administrator:All
replay_recordings coach:Team privacy:All
read_rules privacy:All administrator:All
";
        assert_eq!(table, expected);
    }

    #[test]
    fn several_roles_reach_as_far_as_the_furthest() {
        let roles = Roles::read("agent,coach,unknown");
        assert_eq!(roles.scope(Action::SeeFigures), Some(Scope::Team));
        assert_eq!(roles.scope(Action::OpenFiles), Some(Scope::All));
        assert_eq!(roles.scope(Action::Administer), None);
        assert_eq!(roles.stored(), "agent,coach");
    }
}
