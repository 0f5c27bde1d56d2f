use kernel::Role;

/// The team that the recruiters are in.
pub const TEAM: &str = "Werving & Behoud";

/// Somebody who works at the demo union.
#[derive(Clone, Copy, Debug)]
pub struct Colleague {
    pub login: &'static str,
    pub name: &'static str,
    pub role: Role,
    pub in_team: bool,
}

const fn team(login: &'static str, name: &'static str, role: Role) -> Colleague {
    Colleague { login, name, role, in_team: true }
}

const fn house(login: &'static str, name: &'static str, role: Role) -> Colleague {
    Colleague { login, name, role, in_team: false }
}

/// Every role has somebody; the first is the one who tells the story.
pub const COLLEAGUES: &[Colleague] = &[
    team("noor", "Noor Bakker", Role::Agent),
    team("marit", "Marit Hoekstra", Role::Agent),
    team("bernd", "Bernd Eikelboom", Role::Agent),
    team("sabine", "Sabine Aalbers", Role::Agent),
    team("semi", "Semi Emini", Role::Agent),
    team("david", "David Groen", Role::Coach),
    team("ingrid", "Ingrid Post", Role::TeamLead),
    house("hassan", "Hassan Ouali", Role::Field),
    house("lotte", "Lotte Kramer", Role::Communications),
    house("petra", "Petra Vonk", Role::Finance),
    house("hanneke", "Hanneke Wolters", Role::Director),
    house("youssef", "Youssef Idrissi", Role::Adviser),
    house("wim", "Wim Terpstra", Role::Privacy),
    house("anna", "Anna Beeks", Role::Administrator),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_somebody() {
        for role in Role::ALL {
            assert!(COLLEAGUES.iter().any(|colleague| colleague.role == *role), "{role}");
        }
    }
}
