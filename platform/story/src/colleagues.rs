use kernel::Role;

/// Somebody who works at a demo association.
#[derive(Clone, Copy, Debug)]
pub struct Colleague {
    pub login: &'static str,
    pub name: &'static str,
    pub role: Role,
    pub in_team: bool,
    /// Where a travelling colleague comes: postcodes from and until, both included.
    pub regions: &'static [(&'static str, &'static str)],
}

const fn team(login: &'static str, name: &'static str, role: Role) -> Colleague {
    Colleague { login, name, role, in_team: true, regions: &[] }
}

const fn house(login: &'static str, name: &'static str, role: Role) -> Colleague {
    Colleague { login, name, role, in_team: false, regions: &[] }
}

const fn road(
    login: &'static str,
    name: &'static str,
    regions: &'static [(&'static str, &'static str)],
) -> Colleague {
    Colleague { login, name, role: Role::Field, in_team: true, regions }
}

/// The union: every role has somebody; the first is the one who tells the story.
pub(crate) const UNION: &[Colleague] = &[
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

/// The trade association: three who travel, and the office; the first is the one who tells the story.
pub(crate) const TRADE: &[Colleague] = &[
    road("joris", "Joris Hoek", &[("2300", "2999"), ("3400", "3499")]),
    road("fatima", "Fatima Amrani", &[("3500", "3999")]),
    road("kees", "Kees Ruiter", &[("1000", "2299")]),
    team("rianne", "Rianne Brouwer", Role::Agent),
    team("mees", "Mees de Graaf", Role::Agent),
    team("corine", "Corine Vos", Role::TeamLead),
    house("sietske", "Sietske Jonker", Role::Communications),
    house("arie", "Arie Bruin", Role::Finance),
    house("marloes", "Marloes ten Have", Role::Director),
    house("bert", "Bert Lindeman", Role::Adviser),
    house("tineke", "Tineke Moes", Role::Privacy),
    house("ron", "Ron Schaap", Role::Administrator),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_somebody() {
        for role in Role::ALL {
            assert!(UNION.iter().any(|colleague| colleague.role == *role), "{role}");
        }
    }
}
