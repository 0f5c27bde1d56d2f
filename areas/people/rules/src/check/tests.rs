use super::*;

fn known() -> Known {
    Known {
        birth_date: Some(jiff::civil::date(1960, 2, 14)),
        postcode: "7201AB".into(),
        house_number: Some(12),
        addition: "a-2".into(),
        member_number: Some("1840227".into()),
        email: "W.vanVliet@voorbeeld.nl".parse().ok(),
        phones: ["0612345678", "0575123456"].map(|number| number.parse().unwrap()).into(),
        on_line: None,
        called: false,
    }
}

fn rules() -> Rules {
    Rules { facts: 2, wrong_max: 3, which: FactCode::ALL.to_vec() }
}

fn said(answers: &[(FactCode, &str)]) -> Vec<Said> {
    let said = |(fact, words): &(FactCode, &str)| Said {
        fact: *fact,
        words: Pii::new((*words).to_owned()),
    };
    answers.iter().map(said).collect()
}

fn judged(known: &Known, answers: &[(FactCode, &str)]) -> Judged {
    judge(known, &Before::default(), Line::Member, &said(answers), &rules()).unwrap()
}

#[test]
fn forgiving_in_how_it_is_written() {
    use FactCode as F;
    for (fact, typed) in [
        (F::BirthDate, "14-2-1960"),
        (F::BirthDate, " 14 02 1960 "),
        (F::BirthDate, "14/2/60"),
        (F::BirthDate, "14 Februari 1960"),
        (F::BirthDate, "14 feb. 60"),
        (F::BirthDate, "1960-02-14"),
        (F::BirthDate, "14021960"),
        (F::BirthDate, "19600214"),
        (F::BirthDate, "140260"),
        (F::Postcode, "7201AB 12"),
        (F::Postcode, "7201 ab, 12"),
        (F::Postcode, "7201ab12"),
        (F::Postcode, "7201AB 12 A 2"),
        (F::Postcode, "7201AB 12a-2"),
        (F::MemberNumber, "1840227"),
        (F::MemberNumber, "184 02 27"),
        (F::Email, "w.vanvliet@VOORBEELD.nl"),
        (F::Email, " w.vanvliet @ voorbeeld.nl"),
        (F::Phone, "+31 6 1234 5678"),
        (F::Phone, "0575-12 34 56"),
    ] {
        assert!(judged(&known(), &[(fact, typed)]).right.contains(&fact), "{fact} {typed}");
    }
}

#[test]
fn strict_in_what_it_says() {
    use FactCode as F;
    for (fact, typed) in [
        (F::BirthDate, "15-2-1960"),
        (F::BirthDate, "2-14-1960"),
        (F::BirthDate, "14-2-1961"),
        (F::BirthDate, "14-2"),
        (F::BirthDate, "februari 1960"),
        (F::BirthDate, "1960"),
        (F::Postcode, "7201AB"),
        (F::Postcode, "7201AB 1"),
        (F::Postcode, "7201AB 121"),
        (F::Postcode, "7201AC 12"),
        (F::Postcode, "7201AB 12b"),
        (F::Postcode, "12"),
        (F::MemberNumber, "184022"),
        (F::MemberNumber, "01840227"),
        (F::Email, "vanvliet@voorbeeld.nl"),
        (F::Email, "w.vanvliet"),
        (F::Phone, "0612345679"),
        (F::Phone, "5678"),
    ] {
        assert!(judged(&known(), &[(fact, typed)]).wrong.contains(&fact), "{fact} {typed}");
    }
}

#[test]
fn two_different_facts_are_enough_in_one_try_or_in_two() {
    use FactCode as F;
    let both = judged(&known(), &[(F::BirthDate, "14-2-1960"), (F::MemberNumber, "1840227")]);
    assert!(both.passed() && both.wrong.is_empty());
    let half = judged(&known(), &[(F::BirthDate, "14-2-1960"), (F::Email, "x@y.nl")]);
    assert_eq!((half.missing, half.right.len(), half.wrong.len()), (1, 1, 1));

    let before = Before { right: half.right, wrong_today: 1 };
    let then = |answers| judge(&known(), &before, Line::Member, &said(answers), &rules()).unwrap();
    assert!(!then(&[(F::BirthDate, "14-2-1960")]).passed(), "the same fact twice is one");
    assert!(then(&[(F::Postcode, "7201AB 12")]).passed());
}

#[test]
fn the_telephone_that_rings_is_no_fact_and_a_call_by_us_is_one() {
    use FactCode as F;
    let ringing = Known { on_line: "0612345678".parse().ok(), ..known() };
    assert!(judged(&ringing, &[(F::Phone, "0612345678")]).wrong.contains(&F::Phone));
    assert!(judged(&ringing, &[(F::Phone, "0575123456")]).right.contains(&F::Phone));

    let called = Known { called: true, ..known() };
    assert!(judged(&called, &[(F::BirthDate, "14-2-1960")]).passed());
    let strict = Rules { which: vec![F::BirthDate, F::Email], ..rules() };
    let one = said(&[(F::BirthDate, "14-2-1960")]);
    let judged = judge(&called, &Before::default(), Line::Member, &one, &strict).unwrap();
    assert_eq!(judged.missing, 1, "the rule does not count it");
}

#[test]
fn what_we_do_not_know_or_do_not_ask_is_neither_right_nor_wrong() {
    use FactCode as F;
    let unknown = Known { email: None, ..known() };
    let answer = judged(&unknown, &[(F::Email, "w@x.nl"), (F::Called, "ja")]);
    assert_eq!(answer.not_compared, BTreeSet::from([F::Email, F::Called]));
    assert!(answer.right.is_empty() && answer.wrong.is_empty());
    // A house number is not one run with its addition.
    let split = Known { house_number: Some(1), addition: "2".into(), ..known() };
    assert!(judged(&split, &[(F::Postcode, "7201AB 12")]).right.is_empty());
    assert!(judged(&split, &[(F::Postcode, "7201AB 1-2")]).right.contains(&F::Postcode));
    // What is empty here is not right because it is empty there.
    let empty = Known { postcode: String::new(), member_number: Some(" ".into()), ..known() };
    let answer = judged(&empty, &[(F::Postcode, "12"), (F::MemberNumber, "-")]);
    assert!(answer.right.is_empty());
}

#[test]
fn nobody_is_asked_when_it_cannot_lead_anywhere() {
    let ask = |known: &Known, wrong_today, line| {
        may_ask(known, &Before { wrong_today, ..Before::default() }, line, &rules())
    };
    assert_eq!(ask(&known(), 2, Line::Member), Ok(()));
    assert_eq!(ask(&known(), 3, Line::Member), Err(Refused::TooManyWrong { wrong: 3 }));
    assert_eq!(ask(&known(), 0, Line::SomebodyElse), Err(Refused::SomebodyElse));
    let over = Line::Representative { holds: false };
    assert_eq!(ask(&known(), 0, over), Err(Refused::RepresentativeOver));
    assert_eq!(ask(&known(), 0, Line::Representative { holds: true }), Ok(()));

    let stranger = Known {
        birth_date: None,
        house_number: None,
        member_number: None,
        email: None,
        phones: vec!["0612345678".parse().unwrap()],
        ..known()
    };
    let few = Refused::TooFewKnown { known: 1, needed: 2 };
    assert_eq!(ask(&stranger, 0, Line::Member), Err(few));
    assert_eq!(ask(&Known { called: true, ..stranger }, 0, Line::Member), Ok(()));
}

#[test]
fn a_citizen_service_number_is_not_even_compared() {
    use FactCode as F;
    let read = |answers: &[(F, &str)]| read(said(answers)).map(|said| said.len());
    assert_eq!(read(&[(F::BirthDate, "14-2-1960"), (F::Email, " ")]), Ok(1));
    assert_eq!(read(&[(F::BirthDate, "")]), Err(Wrong::Nothing));
    for fact in [F::BirthDate, F::MemberNumber, F::Phone] {
        assert_eq!(read(&[(fact, "111 222 333")]), Err(Wrong::Bsn(fact)));
    }
}
