access-account = Mijn account
access-language = Taal
access-language-choose = Kies taal
access-language-done = Je taal is gewijzigd.
access-password = Wachtwoord
access-password-old = Huidig wachtwoord
access-password-new = Nieuw wachtwoord
access-password-again = Nog een keer het nieuwe
access-password-hint = Minstens 12 tekens. Een zin die alleen jij kent werkt goed.
access-password-change = Wijzig wachtwoord
access-password-done = Je wachtwoord is gewijzigd.
access-password-old-wrong = Je huidige wachtwoord klopt niet.
access-password-too-short = Neem minstens 12 tekens.
access-password-not-the-same = De twee nieuwe wachtwoorden verschillen.

access-account-force = Noodtoegang: één dossier openen, met een reden
access-account-no-place = Voor jouw rol is er in Wijland nog geen eigen pagina. Wat je hier vindt is je eigen account.
access-two-step = Inloggen in twee stappen
access-two-step-why = Met een code van je telefoon erbij komt iemand die je wachtwoord kent er nog niet in.
access-two-step-off = Staat uit.
access-two-step-on = Staat aan.
access-two-step-open = Stel in
access-two-step-app = Zet Wijland in je authenticator-app
access-two-step-scan = Open de app en scan deze code.
access-two-step-qr = QR-code voor je authenticator-app
access-two-step-type = Lukt scannen niet? Typ dan dit over:
access-two-step-link = Staat de app op dit apparaat? Open hem hier
access-two-step-code = De zes cijfers die de app nu geeft
access-two-step-code-wrong = Deze code klopt niet. Neem de code die de app nu geeft; klopt hij weer niet, kijk dan of de klok van je telefoon gelijk loopt.
access-two-step-switch-on = Zet aan
access-two-step-is-on = Bij het inloggen vraagt Wijland ook een code van je app.
access-two-step-switch-off = Zet uit
access-two-step-codes-left = { $codes ->
    [0] Je hebt geen herstelcodes meer. Zet het uit en weer aan voor nieuwe.
    [one] Je hebt nog één herstelcode. Zet het uit en weer aan voor nieuwe.
   *[other] Je hebt nog { $codes } herstelcodes.
}
access-two-step-done = Twee stappen staan aan
access-two-step-codes = Je herstelcodes
access-two-step-codes-hint = Bewaar deze codes op een veilige plek, niet op je telefoon. Ben je die kwijt, dan log je met een van deze codes in. Elke code werkt één keer, en je ziet ze alleen nu.
access-two-step-codes-kept = Ik heb ze bewaard
access-two-step-off-done = Inloggen in twee stappen staat uit.

access-role-agent = medewerker ledenwerving & behoud
access-role-coach = kennisconsulent
access-role-team-lead = teamleider
access-role-field = buitendienst
access-role-communications = communicatie
access-role-finance = financiën
access-role-director = directie
access-role-adviser = adviseur
access-role-privacy = functionaris gegevensbescherming
access-role-administrator = beheerder

access-status-yours = Je status: 
access-status-in-call = In gesprek
access-status-after-call = Nawerk
access-status-pending = daarna { $intent }
access-intent-signed-out = Niet aan het werk
access-intent-available = Beschikbaar
access-intent-outbound-only = Alleen zelf bellen
access-intent-lunch = Lunch
access-intent-break = Pauze
access-intent-coaching = Coaching
access-intent-meeting = Overleg
access-intent-admin = Ander werk
access-place-office = Op kantoor
access-place-home = Thuis
access-place-at-office = kantoor
access-place-at-home = thuis
access-mates = Collega’s
access-mates-none = Je zit nog niet in een team.
access-mate-in-call = in gesprek
access-mate-after-call = nawerk
access-mate-signed-out = niet aan het werk
access-mate-available = beschikbaar
access-mate-outbound-only = belt zelf
access-mate-lunch = lunch
access-mate-break = pauze
access-mate-coaching = coaching
access-mate-meeting = overleg
access-mate-admin = ander werk

access-back = Beheer
access-back-users = Collega’s
access-cancel = Annuleer
access-yes = ja
access-no = nee
access-two-step-short = Twee stappen

access-choose-password = Kies je eigen wachtwoord
access-choose-password-why = Je logde in met een wachtwoord dat je beheerder kent. Daarna weet alleen jij het.
access-choose-password-same = Dit is het wachtwoord dat je beheerder kent. Neem een ander.
access-choose-password-go = Kies en ga verder

access-users = Collega’s
access-users-says = Wie hier werkt, in welke rol en welk team; nieuw, weg of een wachtwoord kwijt.
access-users-filter = Zoek collega’s
access-users-search = Naam, gebruikersnaam of e-mailadres
access-users-ended = Alleen wie hier niet meer werkt
access-users-go = Zoek
access-users-next = Volgende
access-users-nobody = Niemand gevonden.
access-user-new = Nieuwe collega
access-user-make = Maak account
access-user-save = Sla op
access-user-changed = De wijzigingen zijn opgeslagen.
access-user-name = Naam
access-user-name-wrong = Vul een naam in, hooguit 100 tekens.
access-user-first-name = Voornaam, voor collega’s
access-user-first-name-wrong = Vul een voornaam in, hooguit 100 tekens.
access-user-login = Gebruikersnaam
access-user-login-wrong = Neem 2 tot 40 letters, cijfers, punten of streepjes, zonder spaties.
access-user-login-taken = Deze gebruikersnaam is of was van een ander.
access-user-email = E-mailadres (mag leeg)
access-user-email-wrong = Dit is geen e-mailadres.
access-user-email-taken = Dit e-mailadres is van een andere collega.
access-user-roles = Rollen
access-user-roles-wrong = Kies minstens één rol: zonder rol gaat er niets open.
access-user-team = Team
access-user-no-team = Geen team
access-user-team-gone = Dit team is er niet meer. Kies een ander.
access-user-own = Je eigen wachtwoord en inloggen in twee stappen staan bij je eigen account.
access-user-regions = Regio, voor de buitendienst
access-user-regions-hint = Postcodes, bijvoorbeeld 7300-7399, 8011. Zonder regio ziet de buitendienst niemand.
access-user-regions-wrong = Schrijf postcodes van vier cijfers, met een streepje ertussen voor een reeks.
access-user-access = Toegang
access-user-temporary = Heeft een tijdelijk wachtwoord en kiest bij het inloggen een eigen.
access-user-give-password = Geef een nieuw tijdelijk wachtwoord
access-user-end-two-steps = Zet inloggen in twee stappen uit
access-user-two-steps-off = Inloggen in twee stappen staat uit voor deze collega.
access-user-end = Werkt hier niet meer
access-user-end-title = { $name } werkt hier niet meer
access-user-end-what = Het account gaat meteen dicht, op elk apparaat, en toegangssleutels gelden niet meer. Wat vastgelegd is blijft staan.
access-user-end-promises = { $promises ->
    [0] Er staan geen terugbelafspraken open.
    [one] Er staat één terugbelafspraak open. Die gaat naar het team.
   *[other] Er staan { $promises } terugbelafspraken open. Die gaan naar het team.
}
access-user-end-team = Naar welk team?
access-user-end-choose = Kies een team
access-user-ended = Het account is gesloten.
access-user-has-ended = Werkt hier niet meer
access-user-reopen = Werkt hier weer: open het account
access-user-last-administrator = Dit is de laatste beheerder. Maak eerst een ander beheerder, anders kan niemand er meer in.
access-user-oneself = Dit gaat over jezelf. Laat het een andere beheerder doen.
access-user-in-call = Deze collega is in gesprek. Probeer het na het gesprek.
access-user-needs-team = Kies het team dat de afspraken overneemt.
access-password-for = Wachtwoord voor { $name }
access-password-for-hint = Geef dit door. Je ziet het alleen nu; bij het inloggen hoort een eigen wachtwoord gekozen te worden.
access-password-told = Doorgegeven

access-first-team = Een team maken
access-first-team-says = wie samen belt
access-first-users = Collega’s uitnodigen
access-first-users-says = en hun rol kiezen
access-teams = Teams
access-teams-says = Wie samen lijsten en terugbelafspraken deelt.
access-team-new = Nieuw team
access-team-make = Maak team
access-team-name = Naam van het team
access-team-name-wrong = Vul een naam in, hooguit 60 tekens.
access-team-name-taken = Zo heet een team al, of zo heette het.
access-team-rename = Wijzig naam
access-team-end = Dit team stopt
access-team-people = { $people ->
    [one] 1 collega
   *[other] { $people } collega’s
}
access-team-has-people = Hier zitten nog collega’s in: { $names }. Zet hen eerst in een ander team.
access-team-has-promises = { $promises ->
    [one] Dit team heeft nog een terugbelafspraak. Die moet eerst nagekomen of verzet zijn.
   *[other] Dit team heeft nog { $promises } terugbelafspraken. Die moeten eerst nagekomen of verzet zijn.
}
access-team-added = Het team is er.
access-team-renamed = De naam is gewijzigd.
access-team-ended = Het team is gestopt.

access-role = Rol
access-roles = Rollen
access-roles-says = Wat elke rol mag, en hoe ver dat reikt.
access-roles-hint = Wat hier niet staat, mag niet. Wie twee rollen heeft, mag wat een van beide mag.
access-roles-link = Bekijk wat elke rol mag
access-action-open-files = Dossiers openen
access-action-unmask = Hele geboortedatum zien
access-action-work-calls = Bellen en terugbellen
access-action-manage-campaigns = Campagnes
access-action-see-figures = Cijfers
access-action-guard-privacy = Leeslog en verzoeken
access-action-administer = Beheer en import
access-action-read-rules = Regels lezen
access-scope-aggregates = alleen totalen
access-scope-own = eigen
access-scope-team = team
access-scope-region = regio
access-scope-all = alles
access-does-agent = Belt leden en wie lid kan worden, komt afspraken na, schrijft in.
access-does-coach = Ziet de cijfers van het team. Opent geen dossiers.
access-does-team-lead = Belt mee, maakt campagnes en ziet het team.
access-does-field = Opent dossiers in de eigen regio.
access-does-communications = Ziet totalen. Opent geen dossiers.
access-does-finance = Opent dossiers, met de hele geboortedatum.
access-does-director = Ziet totalen. Opent geen dossiers.
access-does-adviser = Ziet totalen. Opent geen dossiers.
access-does-privacy = Bewaakt wie wat las, en leest de regels.
access-does-administrator = Beheert collega’s, regels en import. Opent geen dossiers.

access-tokens = Toegangssleutels
access-tokens-says = Programma’s die met de API werken, elk in naam van een collega.
access-tokens-none = Er zijn geen toegangssleutels.
access-token-new = Nieuwe toegangssleutel
access-token-make = Maak sleutel
access-token-name = Waarvoor
access-token-name-wrong = Schrijf waar de sleutel voor is, hooguit 100 tekens.
access-token-user = In naam van
access-token-login = Gebruikersnaam van de collega
access-token-login-wrong = Zo heet geen collega die hier werkt.
access-token-days = Geldig, in dagen
access-token-days-wrong = Vul een aantal dagen in, van 1 tot 3660.
access-token-may = Mag
access-token-may-read = lezen
access-token-may-write = schrijven
access-token-may-admin = beheren
access-token-may-both = lezen en schrijven
access-token-since = Gemaakt
access-token-until = Tot
access-token-no-end = zonder einde
access-token-revoke = Trek in
access-token-revoked = De sleutel geldt niet meer.
access-token-made = De sleutel is gemaakt
access-token-once = Neem hem nu over: je ziet hem alleen deze ene keer.
