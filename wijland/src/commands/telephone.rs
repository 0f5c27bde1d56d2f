//! `wijland telephone`

use crate::serve::told_to_stop;
use crate::{Failure, Place};

/// Until it is told to stop. Calls end with it; its program starts them anew once it is there again.
pub(crate) async fn run(place: Place) -> Result<(), Failure> {
    let settings = place.settings()?;
    let Some(at) = settings.sound.socket else {
        return Err(Failure::told(
            "the telephone runs within the program: name a socket in the settings, socket under [sound], and it runs here",
        ));
    };
    tokio::select! {
        served = telephony_engine::serve(&at) => {
            served.map_err(|error| Failure::told(error.to_string()))
        }
        () = told_to_stop() => Ok(()),
    }
}
