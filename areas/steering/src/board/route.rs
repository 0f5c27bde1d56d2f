use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use figures::figure::{along, january, line, universe_of};
use figures_rules::{Dim, Figure, Month};
use kernel::{Action, Feature};
use web::{App, FigureReader, Page, WebError};

use super::page::{BoardPage, Kpi};
use crate::target::held;
use crate::{exchange, pulse};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/cijfers", get(show))
}

/// The figures on top: those of what the association does.
fn figures_of(app: &App) -> Vec<Figure> {
    let mut figures = vec![Figure::NetGrowth, Figure::Joined, Figure::Left, Figure::Retention];
    if app.settings().uses(Feature::Visits) {
        figures.extend([Figure::VisitCoverage, Figure::WishesSolved]);
    }
    if app.settings().uses(Feature::CallCentre) {
        figures.extend([Figure::ContactCoverage, Figure::Conversations, Figure::Retained]);
    }
    figures.push(Figure::AgreementsKept);
    figures
}

async fn show(State(app): State<App>, reader: FigureReader) -> Result<Response, WebError> {
    let universe = universe_of(&app);
    let today = app.now().date();
    let now = Month::of(today);
    let figures = figures_of(&app);
    let coverage = if app.settings().uses(Feature::Visits) {
        Figure::VisitCoverage
    } else {
        Figure::ContactCoverage
    };
    let fewest = app.rulebook().number("exchange.fewest", today)?;
    let answers = app.rulebook().number("pulse.fewest", today)?;
    let (kpis, flows, mut targets, covered, among, mood) = app
        .db()
        .read(reader.actor(), async |tx| {
            let mut kpis = Vec::new();
            for figure in figures {
                let line = line(tx, figure, universe, &Dim::All, now.plus(-24), now).await?;
                kpis.push(Kpi::of(&line, january(now)));
            }
            let net = line(tx, Figure::NetGrowth, universe, &Dim::All, now.plus(-11), now).await?;
            let left = line(tx, Figure::Left, universe, &Dim::All, now.plus(-11), now).await?;
            // Who came is what grew and what left together, so that the bars make the growth: who resumed is among them.
            let flows: Vec<(Month, i64, i64)> = net
                .months
                .iter()
                .map(|month| {
                    let went = left.at(month.month).of;
                    (month.month, net.at(month.month).of + went, went)
                })
                .collect();
            let targets = held(tx, &reader, universe).await?;
            let covered = along(tx, coverage, universe, "sector", now, now).await?;
            let among = exchange::compared(tx, universe, fewest).await?;
            let mood = pulse::latest(tx, today, answers).await?;
            Ok::<_, db::Error>((kpis, flows, targets, covered, among, mood))
        })
        .await?;
    // What misses first; of those the one that nobody acts on.
    targets.sort_by_key(|shown| (shown.pressing() > 0, !shown.open.is_empty(), shown.target.id));
    let t = app.texts(reader.language);
    let body = BoardPage {
        t: &t,
        today,
        now,
        kpis,
        flows,
        targets,
        coverage,
        covered,
        among,
        mood,
        names: reader.may(Action::KeepAgreements),
        may_share: crate::target::may_propose(&reader),
        may_count_wishes: reader.may(Action::SeeFigures),
    };
    let page = Page::new(t.get("steering-nav"), "/cijfers");
    web::show(&app, &reader, page, &body).await
}
