//! The stuff that invented people are made of. Frequent ones come first.

pub(super) fn pick<T: Copy>(rng: &mut fastrand::Rng, from: &[T]) -> T {
    from[rng.usize(0..from.len())]
}

pub(super) struct Town {
    pub name: &'static str,
    /// The lowest postcode of it; sixty follow.
    pub postcode: u16,
    pub area: &'static str,
}

const fn town(name: &'static str, postcode: u16, area: &'static str) -> Town {
    Town { name, postcode, area }
}

pub(super) const TOWNS: &[Town] = &[
    town("Amsterdam", 1011, "020"),
    town("Rotterdam", 3011, "010"),
    town("Den Haag", 2511, "070"),
    town("Utrecht", 3511, "030"),
    town("Eindhoven", 5611, "040"),
    town("Groningen", 9711, "050"),
    town("Tilburg", 5011, "013"),
    town("Almere", 1311, "036"),
    town("Breda", 4811, "076"),
    town("Nijmegen", 6511, "024"),
    town("Apeldoorn", 7311, "055"),
    town("Haarlem", 2011, "023"),
    town("Arnhem", 6811, "026"),
    town("Enschede", 7511, "053"),
    town("Amersfoort", 3811, "033"),
    town("Zaandam", 1501, "075"),
    town("’s-Hertogenbosch", 5211, "073"),
    town("Zwolle", 8011, "038"),
    town("Leiden", 2311, "071"),
    town("Leeuwarden", 8911, "058"),
    town("Maastricht", 6211, "043"),
    town("Dordrecht", 3311, "078"),
    town("Deventer", 7411, "0570"),
    town("Hilversum", 1211, "035"),
    town("Middelburg", 4331, "0118"),
    town("Emmen", 7811, "0591"),
    town("Assen", 9401, "0592"),
    town("Zutphen", 7201, "0575"),
    town("Roermond", 6041, "0475"),
    town("Den Helder", 1781, "0223"),
];

pub(super) const STREETS: &[&str] = &[
    "Kerkstraat",
    "Schoolstraat",
    "Molenweg",
    "Dorpsstraat",
    "Stationsweg",
    "Wilhelminastraat",
    "Julianalaan",
    "Beatrixlaan",
    "Parallelweg",
    "Nieuwstraat",
    "Oranjestraat",
    "Kastanjelaan",
    "Eikenlaan",
    "Lindelaan",
    "Beukenlaan",
    "Burgemeester de Vlugtlaan",
    "Van der Helstlaan",
    "Sint Jansstraat",
    "1e Oosterparkstraat",
    "Prins Hendrikkade",
    "Vredenburg",
    "De Ruijterstraat",
    "Vondelstraat",
    "Rozengracht",
    "Bergweg",
];

pub(super) const WOMEN: &[&str] = &[
    "Maria",
    "Johanna",
    "Anna",
    "Sanne",
    "Linda",
    "Monique",
    "Fatima",
    "Esther",
    "Petra",
    "Ingrid",
    "Marieke",
    "Naima",
    "Yvonne",
    "Saskia",
    "Kim",
    "Wilma",
    "Fleur",
    "Lotte",
    "Aylin",
    "Agnieszka",
    "Chantal",
    "Zeynep",
    "Renée",
    "Joëlle",
    "Tjitske",
    "Femke",
    "Priya",
    "Mei",
    "Shirley",
    "Oumaima",
];

pub(super) const MEN: &[&str] = &[
    "Jan", "Johannes", "Peter", "Mohamed", "Kees", "Willem", "Hendrik", "Mark", "Ahmed", "Jeroen",
    "Henk", "Bas", "Ruud", "Mehmet", "Daan", "Sjoerd", "Youssef", "Piotr", "Rob", "Emre", "Wouter",
    "Dirk", "Rachid", "André", "Björn", "Gijs", "Ravi", "Wei", "Romario", "Hamza",
];

/// The prefix stands apart, as in the Netherlands.
pub(super) const LAST_NAMES: &[(&str, &str)] = &[
    ("de", "Jong"),
    ("", "Jansen"),
    ("de", "Vries"),
    ("van den", "Berg"),
    ("", "Bakker"),
    ("van", "Dijk"),
    ("", "Visser"),
    ("", "Smit"),
    ("", "Meijer"),
    ("de", "Boer"),
    ("", "Mulder"),
    ("de", "Groot"),
    ("", "Bos"),
    ("", "Vos"),
    ("", "Peters"),
    ("", "Hendriks"),
    ("van", "Leeuwen"),
    ("", "Dekker"),
    ("", "Brouwer"),
    ("de", "Wit"),
    ("", "Dijkstra"),
    ("", "Smits"),
    ("de", "Graaf"),
    ("van der", "Meer"),
    ("", "Yılmaz"),
    ("", "Kaya"),
    ("van der", "Linden"),
    ("", "Kok"),
    ("", "Jacobs"),
    ("de", "Haan"),
    ("", "Vermeulen"),
    ("van den", "Heuvel"),
    ("van de", "Ven"),
    ("", "Nguyen"),
    ("El", "Amrani"),
    ("", "Öztürk"),
    ("", "Hermans"),
    ("", "Schouten"),
    ("van", "Vliet"),
    ("", "Kuipers"),
    ("", "Postma"),
    ("", "Veenstra"),
    ("ten", "Brink"),
    ("in ’t", "Veld"),
    ("van der", "Wal"),
    ("", "Bouzidi"),
    ("", "Şahin"),
    ("", "Kowalska"),
    ("", "Martina"),
    ("", "Pinas"),
    ("d’", "Ancona"),
    ("op den", "Kamp"),
    ("", "Ramdin"),
    ("", "Tjon"),
    ("van ’t", "Hof"),
    ("", "Groenewoud"),
    ("", "Hoogland"),
    ("", "Zijlstra"),
    ("", "Ypma"),
    ("von", "Weber"),
];

type Sector = (&'static str, &'static [&'static str], &'static [&'static str]);

pub(super) const SECTORS: &[Sector] = &[
    (
        "Zorg en welzijn",
        &[
            "Zorggroep Hondsrug",
            "Wijkzorg Veluwe",
            "Sint Janshof",
            "Zorgpunt Betuwe",
            "Woonzorg De Ark",
        ],
        &["verpleegkundige", "verzorgende IG", "begeleider", "planner", "helpende"],
    ),
    (
        "Vervoer",
        &["Gooiland Vervoer", "Maasstad Logistiek", "Noorderlijn", "Koerier Oost"],
        &["buschauffeur", "vrachtwagenchauffeur", "planner", "magazijnmedewerker"],
    ),
    (
        "Metaal",
        &["Gieterij Oude IJssel", "Lasbedrijf Eem", "Staalbouw Drenthe", "Machinefabriek Peel"],
        &["lasser", "vormer", "monteur", "calculator"],
    ),
    (
        "Onderwijs",
        &["Basisschool De Terp", "Lyceum aan de Vecht", "ROC Rivierenland"],
        &["leerkracht", "docent", "onderwijsassistent", "conciërge"],
    ),
    (
        "Bouw",
        &["Bouwbedrijf Kempen", "Dakwerk Zuid", "Afbouw Friesland"],
        &["timmerman", "metselaar", "schilder", "uitvoerder"],
    ),
    (
        "Handel",
        &["Versmarkt Zuid", "Bouwmarkt Rijn", "Distributie De Peel"],
        &["verkoper", "vulploegleider", "orderpicker", "kassier"],
    ),
    (
        "Overheid",
        &["Gemeente Rivierstad", "Waterschap Oosterdiep", "Uitvoering Noord"],
        &["beleidsmedewerker", "handhaver", "baliemedewerker"],
    ),
    ("Schoonmaak", &["Helder Schoonmaak", "Glashelder Noord"], &["schoonmaker", "voorwerker"]),
    ("Grafisch", &["Drukkerij De IJssel", "Zetwerk Amstel"], &["drukker", "vormgever"]),
];

pub(super) const SOURCES: &[&str] =
    &["website", "webinar", "bijeenkomst", "collega", "peiling", "telefoon"];

pub(super) const THEMES: &[&str] =
    &["Werkdruk", "Loon", "Pensioen", "Rooster", "Reorganisatie", "Veilig werken"];
