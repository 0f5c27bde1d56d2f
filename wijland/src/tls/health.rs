//! What `wijland doctor` says of the certificate.

use axum::http::Uri;
use db::Clock;
use jiff::SignedDuration;

use super::Tls;
use crate::Settings;

/// An ACME client renews a month before the end: whoever comes nearer than this has one that fails.
const NEAR_ITS_END: SignedDuration = SignedDuration::from_hours(14 * 24);

/// What is well, and what is not, with what to do. Nothing without `[tls]`.
pub(crate) async fn look(settings: &Settings, clock: &Clock) -> Vec<(bool, String)> {
    let Some(tls) = &settings.tls else { return Vec::new() };
    let certificate = match Tls::read(tls.clone(), clock).await {
        Ok(tls) => tls.certificate,
        Err(wrong) => return vec![(false, crate::Failure::from(wrong).in_full())],
    };
    let names = certificate.names.join(", ");
    let left = certificate.ends.duration_since(clock.now());
    let until = certificate.last_day();
    let mut found = vec![if left < NEAR_ITS_END {
        let days = left.as_hours() / 24;
        (
            false,
            format!(
                "the certificate for {names} ends on {until}, in {days} days: renew it; the program reads new files by itself"
            ),
        )
    } else {
        (true, format!("the certificate is for {names}, until {until}"))
    }];
    // Behind a proxy members see its certificate.
    if let Some(url) = settings.public_url.as_ref().filter(|_| !settings.behind_proxy) {
        found.push(match url.parse::<Uri>().ok().as_ref().and_then(Uri::host) {
            _ if !url.starts_with("https://") => {
                (false, format!("public_url is {url}, but pages come over TLS: write https://"))
            }
            Some(host) if certificate.is_for(host) => {
                (true, format!("the certificate fits {host} of public_url"))
            }
            _ => (
                false,
                format!(
                    "the certificate does not fit {url} of public_url: get one for that name, or write one of {names} there"
                ),
            ),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::certificate::tests::written;

    #[tokio::test]
    async fn the_doctor_sees_the_end_coming_and_a_name_that_does_not_fit() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Clock::still("2026-11-24T08:20:00Z".parse().unwrap());
        let mut settings = Settings::default();
        assert!(look(&settings, &clock).await.is_empty());

        let soon = written(folder.path(), &["leden.bond.example"], (2026, 12, 4));
        settings.tls = Some(soon);
        let found = look(&settings, &clock).await;
        assert!(!found[0].0 && found[0].1.contains("2026-12-04, in 9 days"), "{found:?}");

        settings.tls = Some(written(folder.path(), &["leden.bond.example"], (2026, 12, 9)));
        for (url, fits) in [
            ("https://leden.bond.example", true),
            ("https://leden.bond.example:8443/", true),
            ("https://bond.example", false),
            ("http://leden.bond.example", false),
        ] {
            settings.public_url = Some(url.to_owned());
            let found: Vec<bool> = look(&settings, &clock).await.iter().map(|one| one.0).collect();
            assert_eq!(found, [true, fits], "{url}");
        }
        settings.behind_proxy = true;
        assert_eq!(look(&settings, &clock).await.len(), 1);

        settings.tls.as_mut().unwrap().key = folder.path().join("nowhere.pem");
        let found = look(&settings, &clock).await;
        assert!(!found[0].0 && found[0].1.starts_with("tls.key"), "{found:?}");
    }
}
