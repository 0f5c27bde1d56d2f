referral-nav = Werving
referral-panel = Leden werven
referral-recruited-by = Geworven door
referral-somebody = een lid
referral-nobody = nog niemand
referral-counts = { $given } uitgedeeld, { $joined } lid geworden, { $earned } verdiend, { $paid } uitbetaald
referral-invite = Uitnodigingen
referral-invite-hint = { $amount } premie voor wie lid wordt en blijft. Stuur ze aan het lid zelf, dat deelt ze uit: wij bellen niemand op omdat een naam viel.

referral-how-many = Hoeveel?
referral-one-less = Eén minder
referral-one-more = Eén meer
referral-how = Hoe krijgt het lid de code?
referral-by-email = E-mail
referral-by-sms = Sms
referral-by-card = Kaartje op papier
referral-send = Geef de uitnodigingen
referral-send-n = Geef # uitnodigingen
referral-send-one = Geef # uitnodiging
referral-each = { $amount } voor ieder die lid wordt.
referral-total = Samen # als zij allemaal lid worden.
referral-done-email = { $n ->
    [one] De uitnodiging gaat per e-mail naar het lid.
   *[other] De code voor { $n } uitnodigingen gaat per e-mail naar het lid.
}
referral-done-sms = { $n ->
    [one] De uitnodiging gaat per sms naar het lid.
   *[other] De code voor { $n } uitnodigingen gaat per sms naar het lid.
}
referral-done-not-now = Gepland. Het lid staat op die dag op uw lijst bij Werving.
referral-done-asked = Klaar: dit lid staat niet meer op de lijst.
referral-done-board = Vastgelegd.

referral-wrong-number = Kies een aantal van 1 tot en met 20.
referral-no-member = Alleen wie nu lid is, krijgt een code.
referral-died = Dit lid is overleden.
referral-excluded = Medewerkers en bestuursleden doen niet mee aan de werverspremie.
referral-no-email = Van dit lid is geen e-mailadres bekend. Kies een andere manier, of vul het eerst in.
referral-no-mobile = Van dit lid is geen mobiel nummer bekend. Kies een andere manier, of vul het eerst in.
referral-wrong-day = Kies een dag na vandaag.

referral-code = De code
referral-link = Link om door te sturen
referral-to-copy = Tekst om over te nemen in een sms
referral-cards = Kaartjes om te printen
referral-cards-hint = Print deze pagina. Op een kaartje staat niets over het lid.
referral-card-title = Word ook lid van { $association }
referral-card-says = Meld je aan op het adres hieronder, of noem deze code aan de telefoon.
referral-joined-h = Wie lid werd met deze code
referral-given = { $n ->
    [one] { $n } uitnodiging uitgedeeld
   *[other] { $n } uitnodigingen uitgedeeld
}
referral-nobody-yet = Nog niemand.

referral-not-now = Niet nu
referral-not-now-hint = Vraag het dit lid op een andere dag. Over wie de uitnodiging zou krijgen, wordt niets bewaard.
referral-reminder = Op { $day } weer vragen, door: { $who }
referral-asked = Gevraagd
referral-ask-on = Vragen op
referral-plan = Plan
referral-board = Bestuur
referral-board-hint = Wie in het bestuur zit, verdient geen premies.
referral-board-on = Dit lid zit in het bestuur
referral-board-off = Dit lid zit niet meer in het bestuur

referral-state-joined = Lid sinds { $day }, premie nog niet verdiend
referral-state-earned = Verdiend op { $day }
referral-state-paying = Wordt uitbetaald
referral-state-paid = Uitbetaald op { $day }
referral-state-not-earned = Geen premie: { $why }
referral-state-taken-back = Premie vervallen: { $why }
referral-why-withdrawn = de aanmelding is herroepen
referral-why-lapsed = de aanmelding is niet bevestigd
referral-why-left = het nieuwe lid vertrok te snel
referral-why-money-back = de betaling ging terug
referral-why-over-limit = het maximum van dit jaar is bereikt
referral-why-referrer-gone = de werver is geen lid meer

referral-not-unknown = Deze code kennen wij niet. Kijk hem na, of ga verder zonder code.
referral-not-oneself = Dit is de eigen code. Ga verder zonder code.
referral-not-account = Met deze rekening telt de code niet. De aanmelding gaat gewoon door.
referral-not-excluded = Voor medewerkers en bestuursleden geldt de werverspremie niet. De aanmelding gaat gewoon door.
referral-not-new = Wie in de laatste { $months } maanden lid was, telt niet als nieuw. De aanmelding gaat gewoon door, zonder code.
referral-not-twice = Bij deze aanmelding is al een code genoemd.

referral-dear-f = Geachte mevrouw { $name }
referral-dear-m = Geachte heer { $name }
referral-dear = Beste { $name }
referral-to-f = mevrouw { $name }
referral-to-m = de heer { $name }
referral-to = { $name }

referral-team-hint = Wat leden deze maand voor nieuwe leden deden.
referral-month = Deze maand
referral-month-given = uitnodigingen uitgedeeld
referral-month-joined = lid geworden met een code
referral-month-stayed = daarvan nog lid
referral-month-earned = premies verdiend
referral-reminders = Weer vragen
referral-reminders-hint = Leden die ‘niet nu’ zeiden, tot over twee weken.
referral-no-reminders = Niemand om weer te vragen
referral-no-reminders-hint = Zegt een lid ‘niet nu’, plan dan een dag bij de uitnodigingen van dat lid.

referral-premiums = Werverspremies
referral-premiums-hint = Verdiend en nog niet uitbetaald. Klaarzetten maakt er uitbetalingen van; een collega geeft de run vrij.
referral-hand-over = Zet alles klaar om uit te betalen
referral-handed = { $n ->
    [one] { $n } lid staat klaar bij de uitbetalingen, { $amount }.
   *[other] { $n } leden staan klaar bij de uitbetalingen, samen { $amount }.
}
referral-handed-none = Er was niets om klaar te zetten.
referral-to-runs = Naar de uitbetalingen
referral-nothing-owed = Niets om uit te betalen
referral-nothing-owed-hint = Een premie komt hier zodra hij verdiend is.
referral-member = Lid
referral-earned = Premies
referral-back = Vervallen
referral-to-come = Te krijgen
referral-settled-later = wordt verrekend met de volgende premie
referral-next-page = Volgende
