//! A bucket in a store that speaks S3. Its requests are signed by `rusty-s3`, which does no IO, and sent as everything else is.

use std::sync::Arc;
use std::time::Duration;

use rusty_s3::{Bucket as S3Bucket, Credentials, S3Action as _, UrlStyle};
use ureq::http::Response;
use ureq::tls::{Certificate, RootCerts, TlsConfig, TlsProvider};
use ureq::{Agent, Body};
use web::RecordingSettings;

use super::{Kept, NotKept, WrongPlace};

/// A signature is of no use to whoever finds it later.
const SIGNED_FOR: Duration = Duration::from_mins(1);
const ANSWERS_WITHIN: Duration = Duration::from_secs(20);
/// More than any piece.
const PIECE_MAX_BYTES: u64 = 4 << 20;

pub(super) struct Bucket {
    agent: Agent,
    objects: S3Bucket,
    credentials: Credentials,
}

impl Bucket {
    /// None where the settings name no store.
    pub(super) fn of(settings: &RecordingSettings) -> Result<Option<Self>, WrongPlace> {
        let RecordingSettings { folder: _, endpoint, bucket, region, key, secret } = settings;
        let Some(endpoint) = endpoint else {
            let is_none = bucket.is_none() && key.is_none() && secret.is_none();
            return if is_none { Ok(None) } else { Err(WrongPlace::NoEndpoint) };
        };
        let name = bucket.clone().filter(|name| !name.is_empty()).ok_or(WrongPlace::Bucket)?;
        let (Some(key), Some(secret)) = (key, secret) else { return Err(WrongPlace::Key) };
        let endpoint = endpoint.parse().map_err(|_| WrongPlace::Endpoint)?;
        let region = region.clone().unwrap_or_else(|| "us-east-1".to_owned());
        let objects = S3Bucket::new(endpoint, UrlStyle::Path, name, region)
            .map_err(|_| WrongPlace::Endpoint)?;
        let credentials = Credentials::new(key.reveal().clone(), secret.reveal().clone());
        Ok(Some(Self { agent: agent()?, objects, credentials }))
    }
}

impl Kept for Bucket {
    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), NotKept> {
        let url = self.objects.put_object(Some(&self.credentials), name).sign(SIGNED_FOR);
        answered(self.agent.put(url.as_str()).send(bytes)).map(drop)
    }

    fn find(&self, name: &str) -> Result<Option<Vec<u8>>, NotKept> {
        let url = self.objects.get_object(Some(&self.credentials), name).sign(SIGNED_FOR);
        match answered(self.agent.get(url.as_str()).call()) {
            Ok(mut answer) => {
                let body = answer.body_mut().with_config().limit(PIECE_MAX_BYTES).read_to_vec();
                body.map(Some).map_err(|error| NotKept::Unreachable(Box::new(error)))
            }
            Err(NotKept::Answered(404)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    fn remove(&self, name: &str) -> Result<(), NotKept> {
        let url = self.objects.delete_object(Some(&self.credentials), name).sign(SIGNED_FOR);
        match answered(self.agent.delete(url.as_str()).call()) {
            Ok(_) | Err(NotKept::Answered(404)) => Ok(()),
            Err(error) => Err(error),
        }
    }
}

fn answered(answer: Result<Response<Body>, ureq::Error>) -> Result<Response<Body>, NotKept> {
    let answer = answer.map_err(|error| NotKept::Unreachable(Box::new(error)))?;
    let status = answer.status().as_u16();
    if (200..300).contains(&status) { Ok(answer) } else { Err(NotKept::Answered(status)) }
}

/// With the certificates of this machine, as mail and the database have them.
fn agent() -> Result<Agent, WrongPlace> {
    let roots = rustls_native_certs::load_native_certs().certs;
    if roots.is_empty() {
        return Err(WrongPlace::Certificates);
    }
    let roots: Vec<Certificate<'static>> =
        roots.iter().map(|root| Certificate::from_der(root).to_owned()).collect();
    let tls = TlsConfig::builder()
        .provider(TlsProvider::Rustls)
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .root_certs(RootCerts::new_with_certs(&roots))
        .build();
    let config = Agent::config_builder()
        .tls_config(tls)
        .timeout_global(Some(ANSWERS_WITHIN))
        .http_status_as_error(false)
        .build();
    Ok(config.into())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::io::{BufRead as _, BufReader, Read as _, Write as _};
    use std::net::{TcpListener, TcpStream};

    use kernel::Pii;

    use super::*;

    /// A store of a few lines: it keeps objects, and refuses whatever is not signed for its key and region.
    fn store() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let mut objects = BTreeMap::new();
            for stream in listener.incoming().flatten() {
                serve(stream, &mut objects);
            }
        });
        format!("http://{address}")
    }

    fn serve(mut stream: TcpStream, objects: &mut BTreeMap<String, Vec<u8>>) {
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut lines = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            lines.push(line.trim().to_owned());
        }
        let mut request = lines[0].split(' ');
        let (method, target) = (request.next().unwrap(), request.next().unwrap());
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let length = lines.iter().find_map(|line| {
            line.to_lowercase().strip_prefix("content-length:")?.trim().parse::<usize>().ok()
        });
        let mut body = vec![0; length.unwrap_or(0)];
        reader.read_exact(&mut body).unwrap();
        let has = |part: &str| query.split('&').any(|found| found.starts_with(part));
        let signature = query.split('&').find_map(|part| part.strip_prefix("X-Amz-Signature="));
        let is_signed = has("X-Amz-Algorithm=AWS4-HMAC-SHA256")
            && has("X-Amz-Credential=bond%2F")
            && query.contains("%2Feu-test%2Fs3%2Faws4_request")
            && has("X-Amz-Expires=60")
            && has("X-Amz-Date=")
            && signature.is_some_and(|signature| {
                signature.len() == 64 && signature.bytes().all(|byte| byte.is_ascii_hexdigit())
            });
        let (status, answer) = match (is_signed, method) {
            (false, _) => ("403 Forbidden", Vec::new()),
            (true, "PUT") => {
                objects.insert(path.to_owned(), body);
                ("200 OK", Vec::new())
            }
            (true, "GET") => match objects.get(path) {
                Some(found) => ("200 OK", found.clone()),
                None => ("404 Not Found", Vec::new()),
            },
            (true, "DELETE") => {
                objects.remove(path);
                ("204 No Content", Vec::new())
            }
            (true, _) => ("405 Method Not Allowed", Vec::new()),
        };
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
            answer.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(&answer).unwrap();
    }

    fn settings(endpoint: &str) -> RecordingSettings {
        RecordingSettings {
            endpoint: Some(endpoint.to_owned()),
            bucket: Some("opnames".to_owned()),
            region: Some("eu-test".to_owned()),
            key: Some(Pii::new("bond".to_owned())),
            secret: Some(Pii::new("geheim".to_owned())),
            ..RecordingSettings::default()
        }
    }

    #[test]
    fn what_was_put_is_found_until_it_is_removed() {
        let bucket = Bucket::of(&settings(&store())).unwrap().unwrap();
        let piece: Vec<u8> = (0..200_000_u32).map(|nr| u8::try_from(nr % 251).unwrap()).collect();
        assert_eq!(bucket.find("7/000000").unwrap(), None);
        bucket.put("7/000000", &piece).unwrap();
        bucket.put("7/000001", b"next").unwrap();
        assert_eq!(bucket.find("7/000000").unwrap(), Some(piece));
        bucket.remove("7/000000").unwrap();
        bucket.remove("7/000000").unwrap();
        assert_eq!(bucket.find("7/000000").unwrap(), None);
        assert_eq!(bucket.find("7/000001").unwrap().as_deref(), Some(&b"next"[..]));
    }

    #[tokio::test]
    async fn a_store_is_tried_out_and_nothing_is_left() {
        let endpoint = store();
        super::super::try_out(&settings(&endpoint)).await.unwrap();
        let wrong = RecordingSettings { region: None, ..settings(&endpoint) };
        assert!(matches!(super::super::try_out(&wrong).await, Err(NotKept::Answered(403))));
    }

    #[test]
    fn a_store_that_refuses_or_is_away_says_so() {
        let wrong = RecordingSettings { region: None, ..settings(&store()) };
        let bucket = Bucket::of(&wrong).unwrap().unwrap();
        assert!(matches!(bucket.put("7/000000", b"x"), Err(NotKept::Answered(403))));
        assert!(matches!(bucket.find("7/000000"), Err(NotKept::Answered(403))));
        let gone = Bucket::of(&settings("http://127.0.0.1:9")).unwrap().unwrap();
        assert!(matches!(gone.remove("7/000000"), Err(NotKept::Unreachable(_))));
    }

    #[test]
    fn half_a_setting_is_told_and_shows_no_key() {
        let whole = settings("https://s3.example");
        let wrong = |settings: &RecordingSettings| Bucket::of(settings).err();
        assert_eq!(wrong(&RecordingSettings::default()), None);
        assert_eq!(wrong(&whole), None);
        for (settings, why) in [
            (RecordingSettings { endpoint: None, ..whole.clone() }, WrongPlace::NoEndpoint),
            (
                RecordingSettings { endpoint: Some("s3".into()), ..whole.clone() },
                WrongPlace::Endpoint,
            ),
            (RecordingSettings { bucket: None, ..whole.clone() }, WrongPlace::Bucket),
            (RecordingSettings { secret: None, ..whole.clone() }, WrongPlace::Key),
        ] {
            assert_eq!(wrong(&settings), Some(why));
        }
        assert!(!format!("{whole:?}").contains("geheim"));
    }
}
