figures-nav-day = Mijn dag
figures-today = Vandaag: 
figures-meter-new = nieuw
figures-meter-retained = behouden
figures-meter-of = { $kept } van { $due }
figures-meter-callbacks = teruggebeld
figures-lines = { $from } tot { $until }
figures-hero = Je dag, { $name }.
figures-nothing-promised = Voor deze dag was niets beloofd.
figures-all-kept = Elke terugbelbelofte nagekomen. Er staat niets meer open.
figures-still-open = { $n ->
    [one] Er staat nog één terugbelbelofte open.
   *[other] Er staan nog { $n } terugbelbeloften open.
}
figures-close-day = Sluit je dag af
figures-one-more = Nog één gesprek
figures-new-members = { $n ->
    [one] nieuw lid
   *[other] nieuwe leden
}
figures-retained-members = { $n ->
    [one] behouden lid
   *[other] behouden leden
}
figures-retained-at-call = bij het gesprek
figures-course = Zo liep je dag
figures-legend-won = nieuw of behouden
figures-legend-call = gesprek
figures-legend-quiet = niet bereikt
figures-no-calls = Nog niet gebeld.
figures-mark-joined = nieuw lid
figures-mark-retained = behouden
figures-described = { $attempts } keer gebeld, { $conversations } keer iemand gesproken, { $new } nieuw, { $retained } behouden.
figures-in-numbers = In cijfers
figures-download = Download
figures-attempts = keer gebeld
figures-missed = { $n ->
    [one] 1 aanbod gemist: de pagina ging dicht, of je was uitgelogd
   *[other] { $n } keer aanbod gemist: de pagina ging dicht, of je was uitgelogd
}
figures-conversations = { $n } keer iemand gesproken, zelf gebeld of gebeld worden
figures-kept = teruggebeld
figures-of-due = van { $n } beloofd voor deze dag
figures-made = nieuwe afspraken
figures-made-warm = waarvan { $n } warm
figures-talking = uur in gesprek
figures-average = gemiddeld { $minutes } minuten
figures-time = Je tijd
figures-paid = Betaalde uren
figures-hours = { $hours } uur
figures-ahead = Straks ligt er klaar
figures-whole-list = Bekijk je hele lijst
figures-nothing-ahead = Niets beloofd.
figures-column-when = Wanneer
figures-column-who = Wie
figures-column-begin = Begin met
figures-column-warmth = Hoe warm
figures-nav-team = Team
figures-team-says = Wat we vandaag deden, wie er is, en wat nog iemand nodig heeft.
figures-team-callbacks = Terugbellen
figures-team-roster = Rooster
figures-team-wall = Op het grote scherm
figures-team-back = Terug
figures-team-at-risk = Beloften die iemand nodig hebben
figures-team-at-risk-hint = Geef ze aan wie nu kan bellen, of verzet ze. Wie wat deed staat bij de afspraak.
figures-team-promise-of = { $when }, van { $who }
figures-team-promise-of-team = { $when }, van het team
figures-team-whole = Het hele team
figures-team-give = Geef
figures-team-move = Verzet
figures-team-given = Gegeven.
figures-team-message = Stuur een collega een bericht
figures-team-message-hint = Kun je even meekijken?
figures-team-send = Stuur
figures-team-alone = Er is nog niemand anders in dit team.
figures-team-trace = Wat je hier doet staat met je naam in het logboek.
figures-board-new = Nieuwe leden vandaag
figures-board-retained = Behouden leden vandaag
figures-board-callbacks = Teruggebeld
figures-board-callbacks-hint = beloofd voor vandaag
figures-board-risk = Blijft liggen
figures-board-risk-hint = iemand moet nu bellen
figures-board-no-risk = elke belofte is op tijd
figures-board-lead = { $n ->
    [one] 1 voor de teamleider
   *[other] { $n } voor de teamleider
}
figures-board-talks = Gesprekken
figures-board-calls = { $n ->
    [one] in 1 keer bellen
   *[other] in { $n } keer bellen
}
figures-board-here = Aan het werk
figures-board-who = Wie is er
figures-board-help = vraagt hulp
figures-board-others = { $n ->
    [one] en nog 1 collega
   *[other] en nog { $n } collega’s
}
figures-board-news = Zojuist
figures-board-no-news = Het eerste goede nieuws van vandaag komt nog.
figures-news-joined = We hebben een nieuw lid
figures-news-retained = Iemand bleef lid
figures-news-kept = Een belofte op tijd nagekomen
figures-team-none = Je hoort nog bij geen team
figures-team-none-hint = Een beheerder zet je in een team; dan zie je hier wat jullie samen doen.
