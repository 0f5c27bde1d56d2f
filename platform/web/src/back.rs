use axum::http::HeaderMap;
use axum::http::header::REFERER;

/// The path of the page that asked, `/` if there is none; only its path, so that no other site is returned to.
#[must_use]
pub fn back(headers: &HeaderMap) -> String {
    let from = headers.get(REFERER).and_then(|from| from.to_str().ok()).unwrap_or_default();
    let path = from.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
    path.map_or_else(
        || "/".to_owned(),
        |(_, path)| format!("/{}", path.trim_start_matches(['/', '\\'])),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_path_comes_back() {
        for (referer, path) in [
            ("http://localhost:8080/team?x=1", "/team?x=1"),
            ("https://elsewhere.example//evil.example/x", "/evil.example/x"),
            ("https://elsewhere.example", "/"),
            ("", "/"),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(REFERER, referer.parse().unwrap());
            assert_eq!(back(&headers), path, "{referer}");
        }
    }
}
