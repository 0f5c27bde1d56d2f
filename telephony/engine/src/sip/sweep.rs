//! Compares dialogs with legs now and then: a dialog that no leg knows would stay in the library's table for ever.

use std::collections::HashSet;
use std::sync::Weak;
use std::time::{Duration, Instant};

use rsipstack::platform::CancellationToken;

use super::{Shared, Signal};

const EVERY: Duration = Duration::from_secs(20);

pub(super) async fn run(shared: Weak<Shared>, stop: CancellationToken) {
    let mut suspects = HashSet::new();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        let Some(shared) = shared.upgrade() else { return };
        suspects = remove_strays(&shared, &suspects);
        let gone = shared.registrar().expired(Instant::now());
        for account in gone {
            shared.tell(Signal::Registered { account, reachable: false });
        }
    }
}

/// Removes the dialogs that no leg knew at the last look and none knows now; answers with those seen for the first time.
///
/// Twice, because an outgoing dialog gets its final key a moment before its leg hears of it.
fn remove_strays(shared: &Shared, suspects: &HashSet<String>) -> HashSet<String> {
    let dialogs = shared.layer.all_dialog_ids();
    let known: HashSet<String> =
        shared.legs().values().filter_map(|known| known.dialog.clone()).collect();
    let mut fresh = HashSet::new();
    for dialog in dialogs.into_iter().filter(|dialog| !known.contains(dialog)) {
        if !suspects.contains(&dialog) {
            fresh.insert(dialog);
        } else if let Some(found) = shared.layer.get_dialog_with(&dialog) {
            tracing::warn!("a dialog without a call was removed");
            shared.layer.remove_dialog(&found.id());
        }
    }
    fresh
}
