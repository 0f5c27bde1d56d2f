//! `/metrics`, in the text format of Prometheus, with a token of an administrator.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use db::args;
use web::{Administrator, Api, ApiError, App};

/// What is counted: name, help, query. Each is answered from an index.
const GAUGES: &[(&str, &str, &str)] = &[
    (
        "wijland_claims_open",
        "People on a desk",
        "select count(*) as value from claims where released_at is null",
    ),
    (
        "wijland_calls_running",
        "Calls that are going on",
        "select count(*) as value from attempts where ended_at is null",
    ),
    (
        "wijland_callbacks_open",
        "Promises to call back that are not fulfilled",
        "select count(*) as value from callbacks where ended_at is null",
    ),
    (
        "wijland_sessions",
        "Browsers that are signed in",
        "select count(*) as value from sessions where not needs_code",
    ),
    (
        "wijland_last_event_id",
        "The last line of the log",
        "select coalesce(max(id), 0) as value from events",
    ),
];

pub(crate) async fn show(
    State(app): State<App>,
    admin: Api<Administrator>,
) -> Result<Response, ApiError> {
    let mut text = String::new();
    let values = app
        .db()
        .read(admin.actor(), async |tx| {
            let mut values = Vec::with_capacity(GAUGES.len());
            for (_, _, sql) in GAUGES {
                values.push(tx.value::<i64>(sql, args![]).await?);
            }
            Ok::<_, db::Error>(values)
        })
        .await?;
    for ((name, help, _), value) in GAUGES.iter().zip(values) {
        let _ = write!(text, "# HELP {name} {help}\n# TYPE {name} gauge\n{name} {value}\n");
    }
    if let Some(bytes) = resident_bytes() {
        let name = "process_resident_memory_bytes";
        let _ = write!(
            text,
            "# HELP {name} Memory of this process\n# TYPE {name} gauge\n{name} {bytes}\n"
        );
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

/// As Linux counts it; elsewhere it is left out.
fn resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}
