//! Where a target will end: the path that leads to it, the forecast, and the band within which the forecast lies four times
//! in five. A light is on only when the band misses the target, so that chance is not read as failure.

kernel::codes! {
    pub enum Light {
        /// The band lies on the wrong side of the target.
        Misses = "misses",
        /// The band lies on the right side.
        Reaches = "reaches",
        /// The target lies within the band.
        Open = "open",
        /// Too little is known to say anything.
        TooEarly = "too_early",
    }
}

/// A target with what is known of its figure. Months are those of its period, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Known<'a> {
    pub target: f64,
    /// Adds up over the months; else it is what it is at the end of each.
    pub adds_up: bool,
    pub less_is_better: bool,
    /// Between 0 and 1.
    pub is_share: bool,
    /// Months in the period.
    pub months: usize,
    /// The value of each month that is over, of which there may be none. Of what does not add up, months in which nothing was
    /// set against nothing are left out.
    pub over: &'a [f64],
    /// How many months of the period have passed, the one under way in part.
    pub passed: f64,
    /// The month that is under way: its value until today, and the part of it that has passed.
    pub under_way: Option<(f64, f64)>,
    /// The same months of the year before, where they are known: the season.
    pub year_before: Option<&'a [f64]>,
    /// At the end of the month before the period, for what does not add up.
    pub began_at: Option<f64>,
}

/// Where it will end.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// What it would be at the end of each month if the target is just reached.
    pub path: Vec<f64>,
    /// What it would be today.
    pub expected: f64,
    /// What it is today.
    pub actual: f64,
    pub forecast: Option<Band>,
    pub light: Light,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Band {
    pub low: f64,
    pub middle: f64,
    pub high: f64,
}

/// Four times in five.
const Z: f64 = 1.2816;

#[must_use]
pub fn outlook(known: &Known<'_>) -> Outlook {
    let outlook = if known.adds_up { sum(known) } else { level(known) };
    let light = match outlook.forecast {
        None => Light::TooEarly,
        Some(band) => light(band, known),
    };
    Outlook { light, ..outlook }
}

fn light(band: Band, known: &Known<'_>) -> Light {
    let (best, worst) =
        if known.less_is_better { (-band.low, -band.high) } else { (band.high, band.low) };
    let target = if known.less_is_better { -known.target } else { known.target };
    if best < target {
        Light::Misses
    } else if worst >= target {
        Light::Reaches
    } else {
        Light::Open
    }
}

/// Which part of a year's sum belongs to each month: as the year before had it, else the same to each.
#[expect(clippy::cast_precision_loss, reason = "a period has few months")]
fn season(known: &Known<'_>) -> Vec<f64> {
    let flat = vec![1.0 / known.months.max(1) as f64; known.months];
    let Some(before) = known.year_before.filter(|before| before.len() == known.months) else {
        return flat;
    };
    let total: f64 = before.iter().sum();
    // A handful is no season.
    if total < 2.0 * known.months as f64 || before.iter().any(|month| *month < 0.0) {
        return flat;
    }
    // A month in which nothing happened would make everything in it a surprise.
    let floor = 0.1 / known.months as f64;
    let raised: Vec<f64> = before.iter().map(|month| (month / total).max(floor)).collect();
    let whole: f64 = raised.iter().sum();
    raised.into_iter().map(|part| part / whole).collect()
}

fn sum(known: &Known<'_>) -> Outlook {
    let season = season(known);
    let mut path = Vec::with_capacity(season.len());
    let mut so_far = 0.0;
    for part in &season {
        so_far += part * known.target;
        path.push(so_far);
    }
    let over = known.over.len().min(season.len());
    let (now, passed) = known.under_way.unwrap_or((0.0, 0.0));
    let part_now = season.get(over).copied().unwrap_or(0.0) * passed;
    let part_over: f64 = season[..over].iter().sum();
    let done: f64 = known.over.iter().sum();
    let (part, actual) = (part_over + part_now, done + now);
    let expected = known.target * part;
    // Half a month says nothing about a year.
    let is_over = over >= season.len();
    let forecast = (over >= 1 && part > 0.0).then(|| {
        let whole = actual / part;
        let left = whole * (1.0 - part);
        if is_over {
            return Band { low: actual, middle: actual, high: actual };
        }
        // Counts vary by their root, and ours by more than that if the months that are over did.
        let spread: f64 = known
            .over
            .iter()
            .zip(&season)
            .map(|(month, part)| (month - whole * part).powi(2) / (whole * part).abs().max(1.0))
            .sum();
        let freedom = known.over.len().saturating_sub(1).max(1);
        #[expect(clippy::cast_precision_loss, reason = "a period has few months")]
        let dispersion = (spread / freedom as f64).max(1.0);
        // What is to come, and how well what came before tells it.
        let variance = dispersion * left.abs() * (1.0 + (1.0 - part) / part);
        let half = Z * variance.sqrt();
        Band { low: actual + left - half, middle: actual + left, high: actual + left + half }
    });
    Outlook { path, expected, actual, forecast, light: Light::TooEarly }
}

#[expect(clippy::cast_precision_loss, reason = "a period has few months")]
fn level(known: &Known<'_>) -> Outlook {
    let months = known.months.max(1) as f64;
    let first = known.began_at.or(known.over.first().copied());
    let now = known.under_way.map(|(now, _)| now);
    let actual = now.or(known.over.last().copied()).or(first).unwrap_or(0.0);
    let begin = first.unwrap_or(actual);
    let step = (known.target - begin) / months;
    let path: Vec<f64> = (1..=known.months).map(|month| begin + step * month as f64).collect();
    let passed = known.passed;
    let expected = begin + step * passed.min(months);
    // A month that is under way is no whole change.
    let values: Vec<f64> = known.began_at.into_iter().chain(known.over.iter().copied()).collect();
    let left = (months - passed).max(0.0);
    if left == 0.0 {
        let band = Band { low: actual, middle: actual, high: actual };
        return Outlook { path, expected, actual, forecast: Some(band), light: Light::TooEarly };
    }
    let changes: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    // Two changes are the least that have a spread.
    let forecast = (changes.len() >= 2).then(|| {
        let mean = changes.iter().sum::<f64>() / changes.len() as f64;
        let spread = changes.iter().map(|change| (change - mean).powi(2)).sum::<f64>()
            / (changes.len() - 1) as f64;
        let middle = actual + mean * left;
        // Within a month nothing comes evenly: half of what a month brings is the least that is not known.
        let half = (Z * (spread * left).sqrt()).max(mean.abs() / 2.0);
        let within = |value: f64| if known.is_share { value.clamp(0.0, 1.0) } else { value };
        Band { low: within(middle - half), middle: within(middle), high: within(middle + half) }
    });
    Outlook { path, expected, actual, forecast, light: Light::TooEarly }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(over: &[f64]) -> Known<'_> {
        Known {
            target: 120.0,
            adds_up: true,
            less_is_better: false,
            is_share: false,
            months: 12,
            over,
            passed: f64::from(u32::try_from(over.len()).unwrap()),
            under_way: None,
            year_before: None,
            began_at: None,
        }
    }

    fn close(found: f64, expected: f64) {
        assert!((found - expected).abs() < 0.01, "{found} is not {expected}");
    }

    #[test]
    fn whoever_is_on_pace_does_not_miss_because_a_month_begins() {
        let day = 1.0 / 30.0;
        let members = Known {
            target: 1_120.0,
            adds_up: false,
            began_at: Some(1_000.0),
            under_way: Some((1_030.0, day)),
            passed: 3.0 + day,
            ..known(&[1_010.0, 1_020.0, 1_030.0])
        };
        assert_eq!(outlook(&members).light, Light::Open);
        let behind = Known { target: 1_200.0, ..members };
        assert_eq!(outlook(&behind).light, Light::Misses);
    }

    #[test]
    fn last_year_says_which_months_are_busy() {
        // Half of a year's visits were in the first quarter.
        let before = [20.0, 20.0, 20.0, 6.7, 6.7, 6.7, 6.7, 6.7, 6.7, 6.7, 6.6, 6.5];
        let over = [20.0, 20.0, 20.0];
        let seasonal = outlook(&Known { year_before: Some(&before), ..known(&over) });
        close(seasonal.expected, 60.0);
        close(seasonal.forecast.unwrap().middle, 120.0);
        assert_eq!(seasonal.light, Light::Open);
        // Without it the same sixty look like twice too many.
        let flat = outlook(&known(&over));
        close(flat.expected, 30.0);
        close(flat.forecast.unwrap().middle, 240.0);
        assert_eq!(flat.light, Light::Reaches);
    }

    #[test]
    fn the_light_is_on_only_when_the_band_misses() {
        // Nine a month where ten are needed: after three months it may be chance, after ten it is not.
        let few = [9.0, 9.0, 9.0];
        assert_eq!(outlook(&known(&few)).light, Light::Open);
        let many = [8.0; 10];
        let late = outlook(&known(&many));
        close(late.forecast.unwrap().middle, 96.0);
        assert_eq!(late.light, Light::Misses);
        // More that leave than was meant is the wrong side.
        let leavers = [14.0; 10];
        let left = outlook(&Known { less_is_better: true, ..known(&leavers) });
        assert_eq!(left.light, Light::Misses);
        assert_eq!(outlook(&known(&[])).light, Light::TooEarly);
    }

    #[test]
    fn a_month_under_way_counts_for_the_part_that_passed() {
        let over = [10.0; 6];
        let half = outlook(&Known { under_way: Some((5.0, 0.5)), ..known(&over) });
        close(half.expected, 65.0);
        close(half.actual, 65.0);
        close(half.forecast.unwrap().middle, 120.0);
        let year = [10.0; 12];
        let band = outlook(&known(&year)).forecast.unwrap();
        assert!((band.low, band.high) == (120.0, 120.0), "what is over is known");
    }

    #[test]
    fn a_share_goes_on_as_it_went() {
        let over = [0.51, 0.52, 0.53, 0.54];
        let known = Known {
            target: 0.60,
            adds_up: false,
            is_share: true,
            months: 6,
            began_at: Some(0.50),
            ..known(&over)
        };
        let found = outlook(&known);
        close(found.path[5], 0.60);
        close(found.forecast.unwrap().middle, 0.56);
        assert_eq!(found.light, Light::Misses, "no spread, so no doubt");
    }
}
