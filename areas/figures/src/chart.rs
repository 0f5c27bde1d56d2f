//! Charts as SVG: classes only, so that light, dark and print follow the style sheet. Each has its numbers beside it as a
//! table; the drawing is named for whoever hears it.

use std::fmt::Write as _;

use web::ui::{Html, rendered};

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe += "&amp;",
            '<' => safe += "&lt;",
            '>' => safe += "&gt;",
            '"' => safe += "&quot;",
            other => safe.push(other),
        }
    }
    safe
}

/// Where a value lies between two ends, from 0 to 1.
fn part(value: f64, low: f64, high: f64) -> f64 {
    if high > low { ((value - low) / (high - low)).clamp(0.0, 1.0) } else { 0.5 }
}

/// The marks of an axis: round numbers from below everything to above it, zero among them. Counts have no halves.
fn ticks(values: &[f64]) -> Vec<f64> {
    let high = values.iter().copied().fold(0.0, f64::max);
    let low = values.iter().copied().fold(0.0, f64::min);
    if high <= low {
        return vec![0.0, 1.0];
    }
    let rough = (high - low) / 4.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step =
        [1.0, 2.0, 5.0, 10.0].into_iter().map(|step| step * power).find(|step| *step >= rough);
    let is_whole = values.iter().all(|value| value.fract() == 0.0);
    let step = step.unwrap_or(10.0 * power).max(if is_whole { 1.0 } else { 0.0 });
    let (first, last) = ((low / step).floor(), (high / step).ceil());
    #[expect(clippy::cast_possible_truncation, reason = "a few steps")]
    let steps = (last - first) as i32;
    (0..=steps).map(|nr| (first + f64::from(nr)) * step).collect()
}

/// The ends of an axis.
fn ends(values: &[f64]) -> (f64, f64) {
    let ticks = ticks(values);
    (ticks[0], ticks[ticks.len() - 1])
}

#[expect(clippy::cast_precision_loss, reason = "a chart has few points")]
fn at(nr: usize) -> f64 {
    nr as f64
}

/// A line of 110 by 30 points; it says nothing that is not beside it.
#[must_use]
pub fn sparkline(values: &[f64], is_bad: bool) -> Html {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let width = 104.0 / at(values.len().saturating_sub(1).max(1));
    let point =
        |(nr, value): (usize, &f64)| (3.0 + width * at(nr), 26.0 - 22.0 * part(*value, low, high));
    let mut path = String::new();
    for (nr, (x, y)) in values.iter().enumerate().map(point).enumerate() {
        let _ = write!(path, "{}{x:.1} {y:.1}", if nr == 0 { "M" } else { " L" });
    }
    let (line, fill) = if is_bad { ("l-out", "out") } else { ("l-in", "in") };
    let dot = values.iter().enumerate().map(point).next_back().map_or(String::new(), |(x, y)| {
        format!(r#"<circle cx="{x:.1}" cy="{y:.1}" r="3.5" class="{fill}"/>"#)
    });
    rendered(format!(
        r#"<svg class="chart" viewBox="0 0 110 30" aria-hidden="true"><path d="{path}" class="{line}"/>{dot}</svg>"#
    ))
}

/// One month of a chart.
#[derive(Clone, Debug)]
pub struct Point {
    pub label: String,
    pub value: Option<f64>,
    /// The same month of the year before.
    pub before: Option<f64>,
    /// Not over yet.
    pub is_open: bool,
}

/// Bars for what adds up, a line for what is at the end of a month; the year before as a dashed line, a target as a line
/// across.
#[must_use]
pub fn months(
    points: &[Point],
    adds_up: bool,
    target: Option<f64>,
    said: &str,
    written: impl Fn(f64) -> String,
) -> Html {
    const LEFT: f64 = 56.0;
    const WIDTH: f64 = 620.0;
    const TOP: f64 = 14.0;
    const HEIGHT: f64 = 200.0;

    let known = points.iter().flat_map(|point| [point.value, point.before]).flatten();
    let ticks = ticks(&known.chain(target).collect::<Vec<_>>());
    let (low, high) = (ticks[0], ticks[ticks.len() - 1]);
    let y = |value: f64| TOP + HEIGHT * (1.0 - part(value, low, high));
    let step = WIDTH / at(points.len().max(1));
    let x = |nr: usize| LEFT + step * (at(nr) + 0.5);
    let mut svg = String::new();
    for value in ticks {
        let class = if value == 0.0 { "axis" } else { "grid" };
        let _ = write!(
            svg,
            r#"<line x1="{LEFT}" y1="{0:.1}" x2="{1}" y2="{0:.1}" class="{class}"/><text x="{2}" y="{3:.1}" class="t-end">{4}</text>"#,
            y(value),
            LEFT + WIDTH,
            LEFT - 8.0,
            y(value) + 4.0,
            escaped(&written(value))
        );
    }
    let path = |values: &mut dyn Iterator<Item = (usize, f64)>| {
        let mut path = String::new();
        let mut last = None;
        for (nr, value) in values {
            let pen = if nr > 0 && last == Some(nr - 1) { "L" } else { "M" };
            let _ = write!(path, "{pen}{:.1} {:.1} ", x(nr), y(value));
            last = Some(nr);
        }
        path
    };
    let values = || points.iter().enumerate().filter_map(|(nr, point)| Some((nr, point.value?)));
    if adds_up {
        for (nr, value) in values() {
            let (top, bottom) = (y(value.max(0.0)), y(value.min(0.0)));
            let class = match (points[nr].is_open, value < 0.0) {
                (false, false) => "in",
                (true, false) => "in-soft",
                (false, true) => "out",
                (true, true) => "out-soft",
            };
            let _ = write!(
                svg,
                r#"<rect x="{:.1}" y="{top:.1}" width="{:.1}" height="{:.1}" rx="3" class="{class}"/>"#,
                x(nr) - step * 0.32,
                step * 0.64,
                (bottom - top).max(0.0)
            );
        }
    } else {
        let _ = write!(svg, r#"<path d="{}" class="l-in"/>"#, path(&mut values()));
        if let Some((nr, value)) = values().next_back() {
            let _ =
                write!(svg, r#"<circle cx="{:.1}" cy="{:.1}" r="4" class="in"/>"#, x(nr), y(value));
        }
    }
    let mut before = points.iter().enumerate().filter_map(|(nr, point)| Some((nr, point.before?)));
    let _ = write!(svg, r#"<path d="{}" class="l-plan"/>"#, path(&mut before));
    if let Some(target) = target {
        let _ = write!(
            svg,
            r#"<line x1="{LEFT}" y1="{0:.1}" x2="{1}" y2="{0:.1}" class="l-net"/>"#,
            y(target),
            LEFT + WIDTH
        );
    }
    // Every label where there is room, else every third, and always the last.
    let every = if points.len() > 14 { 3 } else { 1 };
    for (nr, point) in points.iter().enumerate() {
        if (points.len() - 1 - nr).is_multiple_of(every) {
            let _ = write!(
                svg,
                r#"<text x="{:.1}" y="236" class="t-mid">{}</text>"#,
                x(nr),
                escaped(&point.label)
            );
        }
    }
    rendered(format!(
        r#"<svg class="chart wide" viewBox="0 0 680 244" role="img" aria-label="{}">{svg}</svg>"#,
        escaped(said)
    ))
}

/// What came up, what went down, and the difference.
#[must_use]
pub fn in_and_out(
    points: &[(String, i64, i64, bool)],
    said: &str,
    written: impl Fn(i64) -> String,
) -> Html {
    const LEFT: f64 = 44.0;
    const WIDTH: f64 = 632.0;
    const TOP: f64 = 14.0;
    const HEIGHT: f64 = 220.0;

    #[expect(clippy::cast_precision_loss, reason = "members are fewer than 2^52")]
    let float = |n: i64| n as f64;
    let all: Vec<f64> =
        points.iter().flat_map(|(_, came, went, _)| [float(*came), -float(*went)]).collect();
    let ticks = ticks(&all);
    let (low, high) = (ticks[0], ticks[ticks.len() - 1]);
    let y = |value: f64| TOP + HEIGHT * (1.0 - part(value, low, high));
    let step = WIDTH / at(points.len().max(1));
    let mut svg = String::new();
    for value in ticks {
        #[expect(clippy::cast_possible_truncation, reason = "rounded to be written")]
        let shown = value.round() as i64;
        let class = if value == 0.0 { "axis" } else { "grid" };
        let _ = write!(
            svg,
            r#"<line x1="{LEFT}" y1="{0:.1}" x2="{1}" y2="{0:.1}" class="{class}"/><text x="{2}" y="{3:.1}" class="t-end">{4}</text>"#,
            y(value),
            LEFT + WIDTH,
            LEFT - 8.0,
            y(value) + 4.0,
            escaped(&written(shown))
        );
    }
    let (mut line, mut dots) = (String::new(), String::new());
    for (nr, (label, came, went, is_open)) in points.iter().enumerate() {
        let x = LEFT + step * (at(nr) + 0.5);
        let (up, down) = if *is_open { ("in-soft", "out-soft") } else { ("in", "out") };
        let _ = write!(
            svg,
            r#"<rect x="{0:.1}" y="{1:.1}" width="{2:.1}" height="{3:.1}" rx="3" class="{up}"/><rect x="{0:.1}" y="{4:.1}" width="{2:.1}" height="{5:.1}" rx="3" class="{down}"/><text x="{x:.1}" y="252" class="t-mid">{6}</text>"#,
            x - step * 0.3,
            y(float(*came)),
            step * 0.6,
            y(0.0) - y(float(*came)),
            y(0.0),
            y(-float(*went)) - y(0.0),
            escaped(label)
        );
        let net = y(float(came - went));
        let _ = write!(line, "{}{x:.1} {net:.1} ", if nr == 0 { "M" } else { "L" });
        let _ =
            write!(dots, r#"<circle cx="{x:.1}" cy="{net:.1}" r="3.5" class="surface dot-net"/>"#);
    }
    rendered(format!(
        r#"<svg class="chart wide" viewBox="0 0 680 260" role="img" aria-label="{}">{svg}<path d="{line}" class="l-halo"/><path d="{line}" class="l-net"/>{dots}</svg>"#,
        escaped(said)
    ))
}

/// One bar of a list.
#[derive(Clone, Debug)]
pub struct Bar {
    pub label: String,
    pub under: String,
    pub value: f64,
    pub written: String,
    /// On the wrong side of what was meant.
    pub is_bad: bool,
    /// The year before.
    pub before: Option<f64>,
}

/// Bars below each other, with a mark for the year before and a line for what was meant.
#[must_use]
pub fn list(bars: &[Bar], meant: Option<(f64, String)>, said: &str) -> Html {
    let values = bars.iter().flat_map(|bar| [Some(bar.value), bar.before]).flatten();
    let (_, high) =
        ends(&values.chain(meant.as_ref().map(|(value, _)| *value)).collect::<Vec<_>>());
    let x = |value: f64| 150.0 + 250.0 * part(value, 0.0, high);
    let top = if meant.is_some() { 24.0 } else { 8.0 };
    let mut svg = String::new();
    for (nr, bar) in bars.iter().enumerate() {
        let y = top + 40.0 * at(nr);
        let class = if bar.is_bad { "out" } else { "in" };
        let _ = write!(
            svg,
            r#"<text x="0" y="{0:.1}" class="t-strong">{1}</text><text x="0" y="{2:.1}">{3}</text><rect x="150" y="{y:.1}" width="250" height="16" rx="4" class="bg"/><rect x="150" y="{y:.1}" width="{4:.1}" height="16" rx="4" class="{class}"/><text x="470" y="{5:.1}" class="t-end t-big">{6}</text>"#,
            y + 10.0,
            escaped(&cut(&bar.label)),
            y + 25.0,
            escaped(&cut(&bar.under)),
            x(bar.value) - 150.0,
            y + 13.0,
            escaped(&bar.written)
        );
        if let Some(before) = bar.before {
            let _ = write!(
                svg,
                r#"<line x1="{0:.1}" x2="{0:.1}" y1="{1:.1}" y2="{2:.1}" class="l-net"/>"#,
                x(before),
                y - 4.0,
                y + 20.0
            );
        }
    }
    let height = top + 40.0 * at(bars.len());
    if let Some((value, label)) = meant {
        let _ = write!(
            svg,
            r#"<line x1="{0:.1}" x2="{0:.1}" y1="14" y2="{height:.1}" class="l-plan"/><text x="{0:.1}" y="10" class="t-mid t-ink">{1}</text>"#,
            x(value),
            escaped(&label)
        );
    }
    rendered(format!(
        r#"<svg class="chart" viewBox="0 0 470 {height:.0}" role="img" aria-label="{}">{svg}</svg>"#,
        escaped(said)
    ))
}

/// As many letters as fit beside a bar.
fn cut(label: &str) -> String {
    const FITS: usize = 21;
    if label.chars().count() <= FITS {
        return label.to_owned();
    }
    let mut short: String = label.chars().take(FITS - 1).collect();
    short.push('…');
    short
}

/// A target: how far we are, where it will end with its band, and where it should.
#[derive(Clone, Debug)]
pub struct Bullet {
    pub actual: f64,
    pub target: f64,
    pub expected: f64,
    pub band: Option<(f64, f64, f64)>,
    pub is_bad: bool,
}

/// One target as a bar; its words stand beside it.
#[must_use]
pub fn bullet(bullet: &Bullet) -> Html {
    let Bullet { actual, target, expected, band, is_bad } = bullet;
    let high = [*actual, *target, *expected, band.map_or(0.0, |(_, _, high)| high)];
    let (low, high) = ends(&[high.into_iter().fold(0.0, f64::max) * 1.05]);
    let x = |value: f64| 470.0 * part(value, low, high);
    let (fill, soft) = if *is_bad { ("out", "out-soft") } else { ("in", "in-soft") };
    let mut svg = String::from(r#"<rect x="0" y="6" width="470" height="16" rx="4" class="bg"/>"#);
    if let Some((low, _, high)) = band {
        let _ = write!(
            svg,
            r#"<rect x="{:.1}" y="6" width="{:.1}" height="16" rx="4" class="{soft}"/>"#,
            x(*low),
            (x(*high) - x(*low)).max(2.0)
        );
    }
    let _ = write!(
        svg,
        r#"<rect x="0" y="6" width="{0:.1}" height="16" rx="4" class="{fill}"/><line x1="{1:.1}" x2="{1:.1}" y1="9" y2="19" class="l-plan"/><line x1="{2:.1}" x2="{2:.1}" y1="2" y2="26" class="l-net"/>"#,
        x(*actual),
        x(*expected),
        x(*target)
    );
    if let Some((_, middle, _)) = band {
        let _ = write!(svg, r#"<circle cx="{:.1}" cy="14" r="5" class="dot-own"/>"#, x(*middle));
    }
    rendered(format!(r#"<svg class="chart" viewBox="0 0 470 28" aria-hidden="true">{svg}</svg>"#))
}

/// Where one association stands among others: the middle half, the middle, and we.
#[must_use]
pub fn among(low: f64, middle: f64, high: f64, ends: (f64, f64), own: Option<f64>) -> Html {
    let x = |value: f64| 10.0 + 380.0 * part(value, ends.0, ends.1);
    let mut svg = format!(
        r#"<line x1="10" y1="14" x2="390" y2="14" class="axis"/><rect x="{:.1}" y="6" width="{:.1}" height="16" rx="8" class="quiet"/><line x1="{2:.1}" x2="{2:.1}" y1="3" y2="25" class="l-net"/>"#,
        x(low),
        (x(high) - x(low)).max(3.0),
        x(middle)
    );
    if let Some(own) = own {
        let _ = write!(svg, r#"<path d="M{:.1} 5 l9 9 -9 9 -9 -9z" class="dot-own"/>"#, x(own));
    }
    rendered(format!(r#"<svg class="chart" viewBox="0 0 400 28" aria-hidden="true">{svg}</svg>"#))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_axis_ends_at_a_round_number() {
        assert_eq!(ticks(&[3.0, 17.0]), [0.0, 5.0, 10.0, 15.0, 20.0]);
        assert_eq!(ticks(&[7.0, -3.0]), [-5.0, 0.0, 5.0, 10.0]);
        assert_eq!(ticks(&[2.0]), [0.0, 1.0, 2.0]);
        assert_eq!(ticks(&[0.46]).len(), 4);
        assert_eq!(ends(&[0.0]), (0.0, 1.0));
    }

    #[test]
    fn what_members_are_called_is_no_markup() {
        let bar = Bar {
            label: "<b>&\"".into(),
            under: String::new(),
            value: 1.0,
            written: "1".into(),
            is_bad: false,
            before: None,
        };
        let svg = list(&[bar], None, "<").to_string();
        assert!(svg.contains("&lt;b&gt;&amp;&quot;") && !svg.contains("<b>"), "{svg}");
    }
}
