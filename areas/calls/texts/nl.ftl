calls-nav-desk = Werkplek
calls-nav-campaigns = Campagnes
calls-close = Sluit
calls-cancel = Annuleer
calls-formal-f = mevrouw { $name }
calls-formal-m = de heer { $name }
calls-short-f = Mevr. { $name }
calls-short-m = Dhr. { $name }
calls-status-member = Lid
calls-status-former = Oud-lid
calls-status-none = Nog geen lid
calls-warmth-warm = warm
calls-warmth-lukewarm = lauw
calls-warmth-cool = koel

calls-list = Jouw lijst
calls-list-done = { $n ->
    [one] 1 keer gebeld
   *[other] { $n } keer gebeld
}
calls-list-to-go = { $n } te gaan
calls-list-now = Nu aan de beurt
calls-list-in-call = Nu aan de lijn
calls-list-callbacks = Terugbellen vandaag
calls-list-no-callbacks = Niets beloofd voor vandaag.
calls-list-no-campaigns = Geen campagne loopt voor jouw team.
calls-list-all-callbacks = Alle terugbelafspraken
calls-list-late = te laat
calls-list-promised = Beloofd voor { $day }
calls-list-try = { $n }e poging
calls-list-records = { $n ->
    [one] 1 belrecord
   *[other] { $n } belrecords
}
calls-list-many = meer dan 1.000

calls-ready = Klaar voor de volgende, { $name }?
calls-ready-early = Goedemorgen, { $name }.
calls-ready-opens = De lijnen gaan om { $time } open. Neem rustig je koffie.
calls-ready-promise = Eerst beloofd: { $who }, { $when }.
calls-ready-next = Haal de volgende
calls-ready-inbound = Belt er iemand naar jou? Zoek de persoon op en kies ‘Belt mij nu’.
calls-old-note = Je notitie van daarnet, om over te nemen

calls-reason-promise = { $ago } beloofden we terug te bellen ({ $day }).
calls-reason-brochure = { $ago } brochure { $subject } aangevraagd ({ $day }, { $source }).
calls-reason-web-form = { $ago } formulier { $subject } ingevuld ({ $day }, { $source }).
calls-reason-question = { $ago } een vraag gesteld: { $subject } ({ $day }, { $source }).
calls-reason-poll = { $ago } de peiling { $subject } ingevuld ({ $day }, { $source }).
calls-reason-request = { $ago } gevraagd om gebeld te worden over { $subject }.
calls-reason-inbound = Belt zelf naar ons.
calls-reason-campaign = Campagne { $campaign }.
calls-reason-none = Gebeld vanuit het dossier.
calls-ago-today = Vandaag
calls-ago-yesterday = Gisteren
calls-ago-days = { $n } dagen geleden
calls-ago-weeks = { $n ->
    [one] Eén week geleden
    [2] Twee weken geleden
    [3] Drie weken geleden
   *[other] { $n } weken geleden
}
calls-ago-months = { $n } maanden geleden

calls-ground-consent = Gaf toestemming
calls-ground-consent-hint = Wie toestemming gaf om hierover gebeld te worden.
calls-ground-requested-call = Vroeg om dit gesprek
calls-ground-requested-call-hint = Wie zelf vroeg om gebeld te worden, en nog niet gebeld is.
calls-ground-service = Over het lidmaatschap
calls-ground-service-hint = Leden, over hun lidmaatschap. Niet aanprijzen.
calls-ground-legal-person = Namens een rechtspersoon
calls-ground-legal-person-hint = Contactpersonen van een bv, nv, stichting, vereniging of coöperatie.
calls-ground-exception = Donateur, vrijwilliger of bezoeker
calls-ground-exception-hint = Wie doneerde, meehielp of een bijeenkomst bezocht, met bewijs (art. 11.7 lid 5).
calls-ground-inbound = Belt zelf
calls-first-call = Eerste gesprek.
calls-last-call = Laatst gebeld: { $when }.
calls-asked-for = Vroeg: bel mij, vanaf { $time }.
calls-file = Hele dossier
calls-fact-sector = Sector
calls-fact-employer = Werkgever
calls-fact-colleagues = Collega’s die lid zijn
calls-fact-many = meer dan 500
calls-fact-town = Woonplaats
calls-fact-campaign = Campagne

calls-guide = Gesprekslijn
calls-guide-open = Open vraag
calls-guide-care = Zorg
calls-guide-value = Waarde
calls-guide-close = Afronden
calls-guide-to-care = Verder: zorg
calls-guide-to-value = Verder: waarde
calls-guide-to-close = Verder: afronden
calls-guide-say-open = Wat fijn dat ik u tref! Mag ik een minuutje van uw tijd?
calls-guide-say-inbound = Fijn dat u belt. Waarmee kan ik u helpen?
calls-guide-open-ask = Vraag dan open: hoe is de situatie op uw werk?
calls-guide-open-know = Meer hoef je vooraf niet te weten. Ieder gesprek is anders.
calls-guide-say-care = Dat is niet niks. Hoe gaat u daar nu mee om?
calls-guide-care-listen = Luister en vat samen. Toon begrip voordat je iets aanbiedt.
calls-guide-care-ask = Vraag door: hoe is de relatie met uw leidinggevende?
calls-guide-say-value = Niemand kan in een glazen bol kijken, maar samen sta je sterker.
calls-guide-value-self = Voor uzelf: juridische experts in arbeidsrecht, ook bij een gesprek met uw leidinggevende.
calls-guide-value-together = Samen: een cao spreek je niet vóór leden af, maar mét leden.
calls-guide-say-close = Zal ik het nu direct voor u in orde maken?
calls-guide-say-stay = Zullen we het zo doen, en blijft u lid?
calls-guide-yes = Ja, aanmelden
calls-guide-yes-stay = Ja, blijft lid
calls-guide-think = Wil overleggen

calls-note = Notitie
calls-note-hint = Wat mag je straks niet vergeten?
calls-note-saved = Bewaard { $time }.
calls-note-unsaved = Nog niet bewaard; we proberen het opnieuw.
calls-note-no-health = Geen gezondheidsgegevens noteren.
calls-moments = Contactmomenten
calls-moments-none = Nog geen contact.

calls-outcome-question = Hoe liep dit gesprek af?
calls-outcome-more = Meer
calls-outcome-save = Leg vast
calls-outcome-joined = Aangemeld
calls-outcome-retained = Behouden
calls-outcome-callback = Terugbellen
calls-outcome-not-interested = Geen interesse
calls-outcome-no-answer = Geen gehoor
calls-outcome-busy = In gesprek
calls-outcome-voicemail = Voicemail ingesproken
calls-outcome-wrong-number = Verkeerd nummer
calls-outcome-other-language = Spreekt andere taal
calls-outcome-objection = Bezwaar, niet meer bellen
calls-outcome-cancelled = Opzegging vastleggen
calls-outcome-deceased = Overleden
calls-outcome-choose = Kies wat eruit kwam.
calls-cannot-before-call = Bel eerst.
calls-cannot-no-member = Alleen bij leden.
calls-cannot-is-member = Is al lid.
calls-done = Vastgelegd: { $outcome }.
calls-done-callback = Vastgelegd: terugbellen op { $day }.
calls-done-nobody = Er is nu niemand te bellen. Kijk bij de campagnes waarom.
calls-done-skipped = Overgeslagen. Over een uur komt deze persoon terug in de lijst.

calls-wrong-old = Deze persoon ligt niet meer op jouw bureau; misschien belt een collega nu. Wat je schreef staat hieronder.
calls-wrong-already-logged = De uitkomst van dit gesprek is al vastgelegd.
calls-wrong-somebody-answered = Na zo’n lang gesprek heeft iemand opgenomen. Kies wat eruit kwam.
calls-wrong-they-called-us = Wie ons belt, is bereikt.
calls-wrong-objected = Deze persoon maakte op { $day } bezwaar tegen bellen. Schrijf op met welke woorden nu om een gesprek is gevraagd.
calls-wrong-later-today = Vandaag terugbellen kan met een tijd later vandaag.
calls-wrong-day-passed = Die dag is al voorbij.
calls-wrong-closed = Dan werkt er niemand. De eerste werkdag daarna is { $day }.
calls-wrong-too-far = Verder dan een jaar vooruit beloven we niets.
calls-wrong-number-busy = Er wordt nu al naar dit nummer gebeld.
calls-wrong-another-desk = Een collega is nu met deze persoon bezig.
calls-wrong-desk-not-empty = Rond eerst af wie er op je bureau ligt.
calls-blocked-no-ground = Er is geen grond om deze persoon te bellen: geen toestemming, geen verzoek, geen lidmaatschap.
calls-blocked-objection = Deze persoon maakte bezwaar tegen bellen.
calls-blocked-no-number = Van deze persoon is geen bruikbaar nummer bekend.
calls-blocked-deceased = Van deze persoon is overlijden gemeld.
calls-blocked-promised = Een collega heeft beloofd deze persoon terug te bellen.
calls-blocked-too-young = Deze persoon is te jong voor een aanbod.

calls-phone = Telefoon
calls-phone-in = inkomend
calls-phone-out = uitgaand
calls-phone-lasts = Gespreksduur
calls-phone-hung-up = Opgehangen
calls-phone-outcome-due = Leg vast hoe het gesprek afliep.
calls-phone-call = Bel { $who }
calls-phone-checked = Toestemming gecontroleerd.
calls-phone-no-number = Geen bruikbaar nummer bekend.
calls-phone-free = Niemand aan de lijn
calls-phone-free-hint = Bel met je eigen telefoon; de tijd en de uitkomst houden we hier bij.
calls-phone-next = Volgende

calls-skip = Sla nu over
calls-skip-title = Waarom overslaan?
calls-skip-not-now = Nu niet handig
calls-skip-know-them = Ik ken deze persoon
calls-skip-data-wrong = De gegevens kloppen niet

calls-callback-title = Terugbellen: { $who }
calls-callback-say = Zal ik u later van de week nog even terugbellen?
calls-callback-when = Wanneer?
calls-callback-other = Anders
calls-callback-pick = kies datum
calls-callback-date = Datum
calls-callback-from = Van
calls-callback-until = Tot
calls-callback-working-days = { $n ->
    [one] 1 werkdag
   *[other] { $n } werkdagen
}
calls-day-tomorrow = Morgen
calls-day-after-tomorrow = Overmorgen
calls-callback-time = Hoe laat?
calls-time-day = Hele dag
calls-time-morning = Ochtend
calls-time-afternoon = Middag
calls-callback-who = Wie belt?
calls-callback-me = Ikzelf
calls-callback-team = Het team
calls-callback-colleague = Collega
calls-callback-warmth = Hoe warm?
calls-callback-opening = Waar begin je dan mee?
calls-callback-opening-hint = Hoe was het gesprek met uw partner?
calls-callback-words = Met welke woorden werd ja gezegd?
calls-callback-words-hint = Het bewijs dat om dit gesprek is gevraagd.
calls-callback-says = Komt in jouw lijst van { $day }.
calls-callback-save = Leg afspraak vast
calls-callback-day-wrong = Kies een dag, of vul een datum in zoals 30-11-2026.
calls-callback-window-wrong = Vul twee tijden in, bijvoorbeeld 14:00 en 16:00.
calls-callback-owner-wrong = Kies wie er terugbelt.
calls-callback-words-too-long = Schrijf het korter op: hooguit 500 tekens.

calls-callbacks = Terugbelafspraken
calls-callbacks-hint = Wat we beloofden en nog niet deden.
calls-callbacks-whose = Van wie
calls-callbacks-mine = Van mij
calls-callbacks-team = Van het team
calls-callbacks-none = Niets beloofd, niets open.
calls-callbacks-none-hint = Elke belofte is nagekomen.
calls-callbacks-to-desk = Naar de werkplek
calls-callbacks-own-words = Eigen woorden:
calls-callbacks-change = Wijzig
calls-callbacks-move = Verzet
calls-callbacks-cancel = Hoeft niet meer
calls-callbacks-moved = Verzet.
calls-callbacks-cancelled = Vervallen.
calls-column-when = Wanneer
calls-column-who = Wie
calls-column-begin = Begin met
calls-column-owner = Van
calls-column-state = Stand
calls-column-do = Doen
calls-state-scheduled = gepland
calls-state-due = nu
calls-state-retrying = nieuwe poging
calls-state-overdue = te laat

calls-campaigns = Campagnes
calls-campaigns-hint = Wie we bellen, waarom, en op welke grond.
calls-campaigns-none = Nog geen campagne.
calls-campaigns-none-hint = Begin er hiernaast een.
calls-campaign-new = Nieuwe campagne
calls-campaign-name = Naam
calls-campaign-ground = Waarom mogen we bellen?
calls-campaign-people = Wie?
calls-campaign-by-filter = Met een filter
calls-campaign-by-import = Uit een import
calls-campaign-import = Import
calls-campaign-import-choice = { $file }, { $when }, { $people } mensen
calls-filter-status = Lidmaatschap
calls-filter-anybody = Iedereen
calls-filter-interest = Interesse of brochure
calls-campaign-start = Begin campagne
calls-campaign-started = Begonnen. Hiernaast staat wie gebeld kan worden, en wie niet en waarom.
calls-campaign-paused = Gepauzeerd. Wat beloofd is, blijft beloofd.
calls-campaign-resumed = Hervat.
calls-campaign-active = loopt
calls-campaign-paused-badge = gepauzeerd
calls-campaign-pause = Pauzeer
calls-campaign-resume = Hervat
calls-campaign-name-wrong = Geef de campagne een naam, hooguit 100 tekens.
calls-campaign-ground-wrong = Kies waarom we deze mensen mogen bellen.
calls-campaign-import-wrong = Kies een import.
calls-funnel-people = Mensen
calls-funnel-eligible = Nu te bellen
calls-funnel-claimed = Bij een collega
calls-funnel-resting = Rust, later weer
calls-funnel-promised = Terugbellen beloofd
calls-funnel-done = Klaar
calls-funnel-exhausted = Vaak genoeg geprobeerd
calls-funnel-no-ground = Geen grond
calls-funnel-objection = Bezwaar
calls-funnel-no-number = Geen nummer
calls-funnel-too-young = Te jong
calls-funnel-deceased = Overleden
calls-funnel-withdrawn = Teruggetrokken
