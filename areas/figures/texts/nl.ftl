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
figures-name-members = Leden
figures-formula-members = Wie op de laatste dag van de maand lid is (nu: vandaag).
figures-name-growth = Netto groei in procenten
figures-formula-growth = (leden nu − leden ervoor) ÷ leden ervoor.
figures-name-net-growth = Netto groei
figures-formula-net-growth = Nieuwe, teruggekeerde, overgekomen en hervatte leden − wie wegging. Leden ervoor + in − uit = leden nu.
figures-name-joined = Nieuwe leden
figures-formula-joined = Voor het eerst lid + terug na meer dan { $gap } dagen + overgekomen van een andere vereniging.
figures-name-left = Weggegaan
figures-formula-left = Opgezegd + overleden + geroyeerd om achterstand + geroyeerd of geweigerd + overgegaan naar een andere vereniging, op de eerste dag zonder lidmaatschap.
figures-name-inflow = Instroom
figures-formula-inflow = Nieuwe leden ÷ het gemiddelde van leden ervoor en leden nu.
figures-name-outflow = Uitstroom
figures-formula-outflow = Weggegaan ÷ het gemiddelde van leden ervoor en leden nu.
figures-name-retention = Behoud (strikt)
figures-formula-retention = Wie twaalf maanden geleden lid was en nu ook, zonder een gat van meer dan { $gap } dagen ÷ leden twaalf maanden geleden.
figures-name-renewal = Verlenging
figures-formula-renewal = (leden nu − leden van minder dan twaalf maanden) ÷ leden twaalf maanden geleden. Wie te laat verlengt, telt als nieuw.
figures-name-contact-coverage = Leden gesproken in een jaar
figures-formula-contact-coverage = Leden met minstens één gesprek of bezoek in deze maand of de elf ervoor ÷ leden. Alleen mail is geen contact.
figures-name-contact-coverage-24 = Leden gesproken in twee jaar
figures-formula-contact-coverage-24 = Leden met minstens één gesprek of bezoek in deze maand of de 23 ervoor ÷ leden.
figures-name-visit-coverage = Leden bezocht in twee jaar
figures-formula-visit-coverage = Leden die in deze maand of de 23 ervoor zijn bezocht ÷ leden.
figures-name-contacts = Contacten met leden
figures-formula-contacts = Gesprekken waarin iemand werd gesproken + bezoeken.
figures-name-visits = Bezoeken
figures-formula-visits = Bezoeken met een verslag, op de dag van het bezoek.
figures-name-conversations = Gesprekken
figures-formula-conversations = Telefoongesprekken waarin iemand werd gesproken.
figures-name-retained = Behouden bij het gesprek
figures-formula-retained = Gesprekken die eindigden met: behouden. Of iemand een jaar later nog lid is, is een ander cijfer.
figures-name-wishes = Vragen en wensen
figures-formula-wishes = Wat leden vroegen of wensten.
figures-name-wishes-solved = Vragen opgelost
figures-formula-wishes-solved = Vragen waarvan het lid zei: opgelost ÷ vragen waarop het lid het antwoord hoorde, in dezelfde maand.
figures-name-agreements-kept = Afspraken nagekomen
figures-formula-agreements-kept = Afspraken die op de beloofde dag of eerder klaar waren ÷ afspraken waarvan die dag er is. Verzetten telt alleen als het lid dat vroeg.
figures-name-reach-email = E-mailadres bekend
figures-formula-reach-email = Leden met een e-mailadres ÷ leden. Alleen van nu te tellen: elke maand staat zoals ze was.
figures-name-reach-mobile = Nummer bekend
figures-formula-reach-mobile = Leden met een bruikbaar nummer (personen: mobiel) ÷ leden.
figures-name-reach-address = Adres compleet
figures-formula-reach-address = Leden met postcode en huisnummer (organisaties: straat) ÷ leden. Of het adres nog klopt, is niet geteld.
figures-measure-members = lid
figures-measure-joined-new = nieuw
figures-measure-joined-again = teruggekomen
figures-measure-joined-transfer = overgekomen
figures-measure-resumed = hervat
figures-measure-left-cancelled = opgezegd
figures-measure-left-deceased = overleden
figures-measure-left-arrears = achterstand
figures-measure-left-expelled = geroyeerd
figures-measure-left-transfer = overgegaan
figures-measure-kept-12 = gebleven
figures-measure-new-12 = korter dan een jaar lid
figures-measure-covered-12 = gesproken in een jaar
figures-measure-covered-24 = gesproken in twee jaar
figures-measure-visited-24 = bezocht in twee jaar
figures-measure-with-email = met e-mail
figures-measure-with-mobile = met nummer
figures-measure-with-address = met adres
figures-measure-cohort-joined = lid geworden
figures-measure-cohort-left = weggegaan
figures-measure-agreements-due = beloofd voor die maand
figures-measure-agreements-in-time = op tijd
figures-measure-conversations = gesprek
figures-measure-attempts = belpoging
figures-measure-new-members = lid geworden aan de telefoon
figures-measure-retained-members = behouden
figures-measure-cancellations = opzegging
figures-measure-callbacks-made = terugbelbelofte
figures-measure-callbacks-kept = teruggebeld
figures-measure-callbacks-kept-on-time = op tijd teruggebeld
figures-measure-visits = bezoek
figures-measure-wishes = vraag of wens
figures-measure-wishes-told = antwoord verteld
figures-measure-wishes-solved = opgelost
figures-nav = Cijfers
figures-all = Alle cijfers
figures-all-hint = Wat optelt: dit jaar tot nu toe. Al het andere: nu.
figures-figure = Cijfer
figures-value = Waarde
figures-before = Jaar ervoor
figures-this-year = dit jaar tot nu toe
figures-now = nu
figures-a-year-ago = jaar ervoor { $value }
figures-a-year-ago-through = t/m eind { $month } { $value }
figures-chart-said = { $name } per maand; nu { $value }. De getallen staan in de tabel eronder.
figures-of-per = { $of } van { $per }
figures-of-so-many = van { $n }
figures-course-months = Per maand
figures-legend-value = waarde
figures-legend-before = jaar ervoor
figures-as-table = Toon als tabel
figures-month = Maand
figures-made-of = Gemaakt van
figures-state = Stand
figures-corrected = Met correctie
figures-state-now = loopt
figures-state-open = voorlopig
figures-state-closed = gesloten
figures-what = Wat is dit?
figures-id = Kenmerk
figures-version = versie { $nr }
figures-reference = Peildatum
figures-reference-day = de laatste dag van elke maand; van deze maand vandaag
figures-open-hint = Klik in de tabel op een maand: dan zie je wie erachter zit.
figures-apart = Uitgesplitst
figures-line-sector = Per sector
figures-line-class = Per soort lid
figures-line-team = Per team
figures-nothing-apart = Nog niets om uit te splitsen.
figures-corrections = Correcties
figures-corrections-hint = Een gesloten maand wordt niet herschreven. Wat later bekend werd, staat hier.
figures-measure = Wat
figures-change = Verschil
figures-booked = Geboekt
figures-why-late = later gemeld
figures-why-member = lidmaatschap of dossier veranderde
figures-why-import = bestand ingelezen
figures-why-agreement = afspraak veranderde
figures-print = Print of bewaar als PDF
figures-no-rows = Hier staat niemand.
figures-rows-cut = Er zijn er meer; alleen de eerste 200 staan hier.
figures-survival = Hoe lang blijven leden?
figures-survival-hint = Van wie sinds de eerste getelde maand lid werd. Wie nog lid is, telt mee zolang die gevolgd is (Kaplan-Meier); de grenzen gelden negentien van de twintig keer (Greenwood).
figures-survival-none = Er is nog niemand lang genoeg gevolgd.
figures-survival-chart = Nog lid na zoveel maanden
figures-between = tussen { $low } en { $high }
figures-months = Maanden
figures-still = Nog lid
figures-interval = Grenzen
figures-of-watched = van { $n } die gevolgd zijn
figures-watched = Gevolgd
figures-after-months = { $n ->
    [one] Na 1 maand
   *[other] Na { $n } maanden
}
figures-rows = { $n ->
    [one] 1 regel.
   *[other] { $n } regels.
}
figures-comments = Opmerkingen
figures-no-comments = Nog niemand zei er iets over.
figures-comment = Wat valt je op?
figures-comment-do = Zeg het
figures-withdrawn = { $n ->
    [one] 1 trok de aanmelding in
   *[other] { $n } trokken de aanmelding in
}
figures-lapsed = { $n ->
    [one] 1 bevestigde niet
   *[other] { $n } bevestigden niet
}
figures-behind-own = Wie achter je cijfers staan
figures-behind-team = Wie achter de cijfers van het team staan
figures-behind-which = Welk cijfer
figures-behind-back = Terug naar de cijfers
figures-behind-new = Nieuw: { $n }
figures-behind-retained = Behouden: { $n }
figures-behind-withdrawn = Ingetrokken: { $n }
figures-behind-lapsed = Niet bevestigd: { $n }
figures-behind-times = { $n } keer
figures-behind-hidden = { $n ->
    [one] 1 staat hier zonder naam: dat dossier is er niet meer, of je mag het niet openen.
   *[other] { $n } staan hier zonder naam: die dossiers zijn er niet meer, of je mag ze niet openen.
}
figures-team-members = Wie werd of bleef lid
