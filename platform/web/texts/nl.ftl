web-sections = Beheer
web-feature-call-centre = Het belcentrum
web-feature-visits = Bezoeken
web-unused = { $what }: uit het zicht, want deze vereniging gebruikt het niet. Wie de instellingen beheert, zet het daar aan.
web-first-title = Welkom, { $name }. Waar beginnen we?
web-first-says = Wijland draait. Je kunt alles later nog veranderen.
web-first-steps = Zo kunnen jullie vandaag bellen
web-first-done = klaar
web-skip = Naar de inhoud
web-main-menu = Hoofdmenu
web-home = Wijland, naar het begin
web-search-label = Zoek lid, telefoonnummer, postcode, e-mailadres of organisatie
web-search-hint = Zoek lid, nummer, organisatie
web-search-found = Gevonden mensen
web-theme = Licht of donker
web-signed-in-as = Ingelogd als { $name }
web-account = Mijn account
web-sign-out = Log uit
web-side = Telefoon en collega’s
web-close = Sluit

web-shortcuts = Sneltoetsen
web-shortcuts-hint = Typ je in een tekstveld? Druk eerst op Esc, dan werken ze weer.
web-keys-call = Gesprek
web-keys-outcome = Uitkomst
web-keys-move = Lopen
web-keys-status = Status
web-keys-single = Sneltoetsen met één letter
web-key-call = Bel, volgende stap, of haal de volgende
web-key-hang-up = Opgehangen
web-key-note = Naar de notitie
web-key-skip = Sla over
web-key-outcome = De letter op een uitkomst
web-key-answer = Een antwoord in de gesprekslijn, of de reden
web-key-objection = Je zei dat bezwaar kan
web-key-commit = Leg vast
web-key-search = Zoeken
web-key-next = Volgende in de lijst
web-key-previous = Vorige in de lijst
web-key-escape = Terug, of uit een tekstveld
web-key-help = Dit overzicht
web-key-status = Open je status
web-key-status-choose = Kies een status

web-offline = Geen verbinding. Wat je typte staat er nog; probeer het zo opnieuw.
web-broken = Dat lukte niet door een fout bij ons. Wat je typte staat er nog.
web-cannot-now = Kan nu niet

web-motto = Geen eiland, maar wij-land.
web-sign-in = Log in
web-sign-in-morning = Goedemorgen
web-sign-in-afternoon = Goedemiddag
web-sign-in-evening = Goedenavond
web-sign-in-at = Log in bij { $association }.
web-sign-in-name = Gebruikersnaam of e-mailadres
web-sign-in-password = Wachtwoord
web-sign-in-paste = Plakken mag.
web-sign-in-here = Deze server staat bij { $association }. Lidmaatschapsgegevens gaan nergens anders heen.
web-sign-in-wrong = Naam of wachtwoord klopt niet.
web-sign-in-wait = { $minutes ->
    [one] Te vaak geprobeerd. Wacht één minuut en probeer het dan opnieuw.
   *[other] Te vaak geprobeerd. Wacht { $minutes } minuten en probeer het dan opnieuw.
}
web-sign-in-code = De code uit je app
web-sign-in-code-hint = Open je authenticator-app en neem de zes cijfers over.
web-sign-in-code-label = Code
web-sign-in-code-lost = Telefoon kwijt? Vul een van je herstelcodes in. Die werkt één keer.
web-sign-in-code-wrong = Deze code klopt niet of is al gebruikt. Wacht op de volgende.
web-sign-in-code-wait = Te vaak geprobeerd. Wacht even en probeer het dan opnieuw.
web-sign-in-again = Begin opnieuw

web-error-title = Dat ging niet
web-error-not-found = Deze pagina is er niet, of niet voor jou.
web-error-forbidden = Dit mag je niet openen of wijzigen.
web-error-unreadable = Dit verzoek is niet te lezen.
web-error-already-done = Dit is al gedaan.
web-error-raced = Dit is intussen door iemand anders gewijzigd. Kijk opnieuw.
web-error-broken = Er ging iets mis bij ons.
web-error-operation = Noem dit nummer bij je beheerder: { $operation }
web-error-home = Naar het begin

web-demo-accounts = Kijk rond als
web-demo-password = Het wachtwoord van alle accounts:
web-demo-clock-on = De demo gaat verder in de tijd
web-demo-clock-soon = Tien minuten verder
web-demo-clock-to = Naar { $time }
web-demo-clock-tomorrow = Naar morgenochtend
web-demo-post = Gevangen post
