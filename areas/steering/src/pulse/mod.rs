//! One question a week about how people like their work. Answers are numbers that grow: nobody is in them. They are shown once
//! the week is over and enough have answered, so that nobody's answer can be seen to come in. No event is written of it: the log
//! says who and when, and that is what nobody should know.

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use db::{Error, Tx, args};
use figures::chart::{self, Bar};
use jiff::civil::Date;
use texts::Texts;
use web::ui::Html;
use web::{App, Fields, Form, Page, User, WebError};

pub(crate) fn routes() -> Router<App> {
    Router::new().route("/plezier", get(show).post(answer))
}

/// `2026-W48`
fn week_of(day: Date) -> String {
    let week = day.iso_week_date();
    format!("{}-W{:02}", week.year(), week.week())
}

/// What a week said.
#[derive(Clone, Debug)]
pub(crate) struct Mood {
    pub week: String,
    pub answers: i64,
    /// The share that chose one of the two best answers.
    pub content: f64,
    /// How many chose each, from the worst to the best.
    pub each: [i64; 5],
}

/// Weeks that are over, latest first, in which enough answered.
async fn weeks(tx: &mut Tx, today: Date, fewest: i64) -> Result<Vec<Mood>, Error> {
    db::row! { struct Row { week: String, answer: i64, n: i64 } }

    let rows: Vec<Row> = tx
        .all(
            "select week, answer, n from pulse_answers where week < $1 order by week desc, answer limit 260",
            args![week_of(today)],
        )
        .await?;
    let mut found: Vec<Mood> = Vec::new();
    for Row { week, answer, n } in rows {
        if found.last().is_none_or(|mood| mood.week != week) {
            found.push(Mood { week, answers: 0, content: 0.0, each: [0; 5] });
        }
        if let (Some(mood), Ok(nr)) = (found.last_mut(), usize::try_from(answer - 1)) {
            mood.answers += n;
            mood.each[nr.min(4)] = n;
        }
    }
    found.retain(|mood| mood.answers >= fewest);
    for mood in &mut found {
        #[expect(clippy::cast_precision_loss, reason = "few answers")]
        let share = (mood.each[3] + mood.each[4]) as f64 / mood.answers as f64;
        mood.content = share;
    }
    Ok(found)
}

/// The latest week that may be shown.
pub(crate) async fn latest(tx: &mut Tx, today: Date, fewest: i64) -> Result<Option<Mood>, Error> {
    Ok(weeks(tx, today, fewest).await?.into_iter().next())
}

async fn has_answered(tx: &mut Tx, user: &User, today: Date) -> Result<bool, Error> {
    let given: i64 = tx
        .value(
            "select count(*) as value from pulse_given where week = $1 and user_id = $2",
            args![week_of(today), user.id],
        )
        .await?;
    Ok(given > 0)
}

#[derive(Template)]
#[template(path = "pulse.html")]
struct PulsePage<'a> {
    t: &'a Texts,
    answered: bool,
    weeks: Vec<Mood>,
    fewest: i64,
    wrong: bool,
}

impl PulsePage<'_> {
    fn answers(&self) -> Vec<(u8, String)> {
        (1..=5).map(|nr| (nr, self.t.get(&format!("steering-pulse-{nr}")))).collect()
    }

    fn said(&self, mood: &Mood) -> String {
        self.t.with2("steering-mood", "share", self.t.percent(mood.content), "n", mood.answers)
    }

    fn chart(&self, mood: &Mood) -> Html {
        let bars: Vec<Bar> = self
            .answers()
            .into_iter()
            .zip(mood.each)
            .map(|((_, label), n)| Bar {
                label,
                under: String::new(),
                #[expect(clippy::cast_precision_loss, reason = "few answers")]
                value: n as f64,
                written: self.t.number(n),
                is_bad: false,
                before: None,
            })
            .collect();
        chart::list(&bars, None, &self.said(mood))
    }
}

async fn show(State(app): State<App>, user: User) -> Result<Response, WebError> {
    render(&app, &user, false).await
}

async fn render(app: &App, user: &User, wrong: bool) -> Result<Response, WebError> {
    let today = app.now().date();
    let fewest = app.rulebook().number("pulse.fewest", today)?;
    let (answered, weeks) = app
        .db()
        .read(user.actor(), async |tx| {
            Ok::<_, Error>((has_answered(tx, user, today).await?, weeks(tx, today, fewest).await?))
        })
        .await?;
    let t = app.texts(user.language);
    let body = PulsePage { t: &t, answered, weeks, fewest, wrong };
    let page = Page::new(t.get("steering-pulse"), "/cijfers");
    if wrong {
        web::again(app, user, page, &body).await
    } else {
        web::show(app, user, page, &body).await
    }
}

async fn answer(
    State(app): State<App>,
    user: User,
    Form(typed): Form<Fields>,
) -> Result<Response, WebError> {
    let chosen = typed.text("antwoord").parse::<i64>().ok().filter(|nr| (1..=5).contains(nr));
    let Some(chosen) = chosen else { return render(&app, &user, true).await };
    let week = week_of(app.now().date());
    app.db()
        .write(user.actor(), async |tx| {
            let new = tx
                .execute(
                    "insert into pulse_given (week, user_id) values ($1, $2) on conflict do nothing",
                    args![&week, user.id],
                )
                .await?;
            if new > 0 {
                tx.execute(
                    "insert into pulse_answers (week, answer, n) values ($1, $2, 1)
                     on conflict (week, answer) do update set n = pulse_answers.n + 1",
                    args![&week, chosen],
                )
                .await?;
            }
            Ok::<_, Error>(())
        })
        .await?;
    Ok(Redirect::to("/plezier").into_response())
}
