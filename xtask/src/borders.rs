//! What may depend on what. Source: ARCHITECTURE.md, "Who may call whom".

use crate::licences::Metadata;

/// A rule decides; it does no IO, waits for nothing and writes no format.
const RULES_MAY_USE: &[&str] = &["jiff", "kernel", "proptest", "thiserror"];

/// An area may write through those to the right of it.
const ORDER: &[(&str, &[&str])] = &[
    ("access", &[]),
    ("people", &["access"]),
    ("membership", &["access", "people"]),
    ("dues", &["access", "membership", "people"]),
    ("referral", &["access", "dues", "membership", "people"]),
    ("service", &["access", "dues", "membership", "people"]),
    ("calls", &["access", "dues", "membership", "people", "referral", "service"]),
    ("retention", &["access", "calls", "dues", "membership", "people", "referral", "service"]),
    (
        "joining",
        &["access", "calls", "dues", "membership", "people", "referral", "retention", "service"],
    ),
    ("telephone", &["access", "calls", "people"]),
    ("visits", &["access", "dues", "membership", "people", "service"]),
    (
        "figures",
        &["access", "calls", "dues", "membership", "people", "referral", "service", "visits"],
    ),
    (
        "steering",
        &[
            "access",
            "calls",
            "dues",
            "figures",
            "membership",
            "people",
            "referral",
            "service",
            "visits",
        ],
    ),
    (
        "import",
        &["access", "calls", "dues", "membership", "people", "referral", "service", "visits"],
    ),
    (
        "admin",
        &["access", "calls", "dues", "membership", "people", "referral", "service", "visits"],
    ),
];

pub(crate) fn check(metadata: &Metadata) -> Vec<String> {
    let mut wrong = Vec::new();
    let ours = || metadata.packages.iter().filter(|package| package.source.is_none());
    let areas: Vec<&str> = ORDER.iter().map(|(area, _)| *area).collect();
    for package in ours() {
        for dependency in &package.dependencies {
            let name = dependency.name.as_str();
            if package.name.ends_with("_rules") {
                // Rules may use the rules of a lower area.
                if !RULES_MAY_USE.contains(&name) && !name.ends_with("_rules") {
                    wrong
                        .push(format!("{} uses {name}; rules use {RULES_MAY_USE:?}", package.name));
                }
                continue;
            }
            let is_platform = package.manifest_path.contains("/platform/");
            let is_area = areas.contains(&name) || name.ends_with("_rules");
            if is_platform && is_area && dependency.kind.as_deref() != Some("dev") {
                wrong.push(format!("{} of the platform uses the area {name}", package.name));
            }
            if let Some((_, may)) = ORDER.iter().find(|(area, _)| *area == package.name)
                && areas.contains(&name)
                && !may.contains(&name)
            {
                wrong.push(format!("{} uses {name}, which is not below it", package.name));
            }
        }
        if package.name.ends_with("_rules") {
            let clippy = package.manifest_path.replace("Cargo.toml", "clippy.toml");
            if !std::path::Path::new(&clippy).exists() {
                wrong.push(format!("{} has no clippy.toml that refuses the clock", package.name));
            }
        }
    }
    for package in ours().filter(|package| package.manifest_path.contains("/areas/")) {
        let name = package.name.trim_end_matches("_rules");
        if !areas.contains(&name) {
            wrong.push(format!("{name} has no place in the order of areas"));
        }
    }
    wrong
}
