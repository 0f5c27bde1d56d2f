use std::fmt::Display;
use std::time::Duration;

use crate::App;

/// Looks now and after each pause, as long as the program runs. A look that fails is written down with `late`, which says what
/// waits for the next one. Several programs may look at once: a look takes its steps so that each is taken by the first.
pub async fn watch<E: Display>(
    app: App,
    pause: Duration,
    late: &str,
    look: impl AsyncFn(&App) -> Result<(), E>,
) {
    loop {
        if let Err(error) = look(&app).await {
            tracing::warn!(%error, "{late}");
        }
        tokio::time::sleep(pause).await;
    }
}
