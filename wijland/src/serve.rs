use std::future::Future;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::serve::{Listener, ListenerExt as _};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use web::{App, Area};

use crate::tls::{Tls, TlsListener, lead_to};
use crate::{Failure, TlsSettings};

/// A program that answers.
pub struct Server {
    pub address: SocketAddr,
    /// From where whoever comes without TLS is led to it.
    pub leads_from: Option<SocketAddr>,
    stop: watch::Sender<bool>,
    serving: JoinHandle<std::io::Result<()>>,
    behind: JoinSet<()>,
}

/// Where the program listens; without `tls` in the open.
#[derive(Clone, Debug)]
pub struct Listen {
    pub at: SocketAddr,
    pub tls: Option<TlsSettings>,
}

impl From<SocketAddr> for Listen {
    fn from(at: SocketAddr) -> Self {
        Self { at, tls: None }
    }
}

/// How long requests get to end when the program stops. A page that listens for news would stay for ever.
const ENDS_WITHIN: Duration = Duration::from_secs(3);

/// Everything that can be asked of the program: pages and API.
pub fn router(app: &App, areas: Vec<Area>) -> Router {
    let api = api::router(app, &areas);
    let pages = areas.into_iter().fold(Router::new(), |all, area| all.merge(area.routes));
    web::router(app.clone(), pages, api)
}

/// Listens and begins everything that goes on behind the requests.
pub async fn start(
    app: &App,
    areas: Vec<Area>,
    listen: impl Into<Listen>,
) -> Result<Server, Failure> {
    let Listen { at, tls } = listen.into();
    let clock = app.db().clock();
    let leads_from = tls.as_ref().and_then(|tls| tls.redirect_from);
    let tls = match tls {
        Some(settings) => Some(Tls::read(settings, clock).await?),
        None => None,
    };
    let (listener, address) = bind(at).await?;
    let mut behind = JoinSet::new();
    let leads_from = match leads_from {
        Some(from) => {
            let (listener, from) = bind(from).await?;
            behind.spawn(lead_to(address.port(), listener));
            Some(from)
        }
        None => None,
    };

    let origin = match &tls {
        Some(tls) => tls.origin(address.port()),
        None => format!("http://localhost:{}", address.port()),
    };
    app.serves_at(address, origin);
    let router = router(app, areas);
    let (stop, stopped) = watch::channel(false);
    let serving = match tls {
        Some(tls) => {
            let (config, renewed) = tls.followed(clock.clone());
            behind.spawn(renewed);
            tokio::spawn(serve(TlsListener::new(listener, config), router, stopped))
        }
        None => tokio::spawn(serve(listener, router, stopped)),
    };

    goes_on(app, &mut behind);
    Ok(Server { address, leads_from, stop, serving, behind })
}

/// Everything that goes on behind the requests.
fn goes_on(app: &App, behind: &mut JoinSet<()>) {
    behind.spawn(live::publish(app.db().clone(), app.hub().clone()));
    behind.spawn(app.clone().follow_rules());
    behind.spawn(people::search::keep_fresh(app.clone()));
    behind.spawn(calls::campaign::follow(app.clone()));
    behind.spawn(calls::callback::watch(app.clone()));
    // Who is due, and then the figures, which tell members apart by it.
    behind.spawn(figures::count::follow(app.clone()));
    behind.spawn(service::watch(app.clone()));
    behind.spawn(dues::watch(app.clone()));
    behind.spawn(joining::watch(app.clone()));
    behind.spawn(referral::watch(app.clone()));
    behind.spawn(calls::arrears::watch(app.clone()));
    behind.spawn(import::resume(app.clone()));
    behind.spawn(access::presence::sign_off_absent(app.clone()));
    behind.spawn(mail::deliver(app.clone()));
    behind.spawn(telephone::run(app.clone()));
}

async fn bind(listen: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    let listener = TcpListener::bind(listen).await.map_err(Failure::file(format!(
        "{listen} cannot be used; something else may be listening there"
    )))?;
    let address = listener.local_addr().map_err(Failure::file("no address"))?;
    Ok((listener, address))
}

async fn serve(
    listener: impl Listener<Addr = SocketAddr>,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) -> std::io::Result<()> {
    let router = router.into_make_service_with_connect_info::<SocketAddr>();
    // Nothing is done to a connection: like this the library knows from where it comes, whatever it goes over.
    axum::serve(listener.tap_io(|_| {}), router)
        .with_graceful_shutdown(async move {
            // An error says that the other end is gone, and that ends it as well.
            let _ = stopped.wait_for(|stopped| *stopped).await;
        })
        .await
}

impl Server {
    /// Serves until `until`, then lets what is being answered end.
    pub async fn run_until(mut self, until: impl Future<Output = ()>) -> Result<(), Failure> {
        tokio::select! {
            () = until => self.stop().await,
            ended = &mut self.serving => {
                ended.unwrap_or(Ok(())).map_err(Failure::file("the network failed"))
            }
        }
    }

    /// Ends without letting anything end.
    pub fn kill(mut self) {
        self.serving.abort();
        self.behind.abort_all();
    }

    pub async fn stop(mut self) -> Result<(), Failure> {
        self.stop.send_replace(true);
        if tokio::time::timeout(ENDS_WITHIN, &mut self.serving).await.is_err() {
            self.serving.abort();
        }
        self.behind.shutdown().await;
        Ok(())
    }
}

/// Ends when the system or somebody at the keyboard says so.
pub(crate) async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};

    let Ok(mut terminate) = signal(SignalKind::terminate()) else { return };
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}
