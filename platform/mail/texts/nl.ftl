mail-back = Beheer
mail-overview = Post
mail-overview-says = Wat er wacht, wat niet aankwam en waarom, en of mail en sms de deur uit gaan.
mail-overview-hint = Alles wat het programma verstuurt. Van wie een bericht is en wat erin staat is hier niet te zien.
mail-demo = Dit is de demo: er gaat niets de deur uit. Lees elk bericht bij Gevangen post, ook de links werken.
mail-not-set = Er is nog geen mailserver ingesteld. Mail wordt bewaard en kan later alsnog weg; zet mail.smtp en mail.from in de instellingen.
mail-sms-not-set = Er is geen sms-dienst ingesteld. Sms wordt bewaard; zet sms.url in de instellingen om ze te versturen.
mail-counts = Stand, en de afgelopen week
mail-count-waiting = Wacht op verzending
mail-count-letters = Brieven om te printen
mail-count-failed = Niet aangekomen
mail-count-kept = Bewaard, niet verstuurd
mail-count-sent = Verstuurd
mail-failed = Niet aangekomen
mail-failed-none = Alles is aangekomen.
mail-all-again = Verstuur alles opnieuw
mail-again = Verstuur opnieuw
mail-again-done = { $messages ->
    [0] Er was niets om opnieuw te versturen.
    [one] Eén bericht gaat opnieuw.
   *[other] { $messages } berichten gaan opnieuw.
 }
mail-wiped = inhoud gewist
mail-waiting = Wacht nog
mail-waiting-none = Er wacht niets.
mail-made = Gemaakt
mail-what = Waarvoor
mail-channel = Hoe
mail-next = Wanneer
mail-why = Waarom niet
mail-to = Aan
mail-message = Bericht

mail-channel-email = mail
mail-channel-sms = sms
mail-channel-letter = brief

mail-state-waiting = gaat zo weg
mail-state-again = opnieuw { $when }
mail-state-to-print = nog te printen
mail-state-sent = verstuurd { $when }
mail-state-posted = op de post { $when }
mail-state-kept = bewaard, niet verstuurd
mail-state-stopped = niet meer verstuurd, gestopt { $when }
mail-state-failed = niet aangekomen { $when }

mail-reason-address = het adres bestaat niet; vraag om een ander
mail-reason-full = de mailbox is vol
mail-reason-policy = de ontvanger weigert onze mail; kijk SPF, DKIM en DMARC na
mail-reason-refused = de ontvanger weigert het bericht
mail-reason-unreachable = onze server is niet bereikbaar
mail-reason-sign-in = onze server laat ons niet binnen; kijk naam en wachtwoord na
mail-reason-unfit = het adres kan niet gebruikt worden

mail-panel = Post
mail-captured = Gevangen post
mail-captured-hint = De demo verstuurt niets. Hier staat wat leden zouden krijgen, met links die werken.
mail-captured-none = Er is nog niets verstuurd.
mail-as-html = Zoals het lid het ziet
mail-as-text = Als platte tekst
mail-links = Links in dit bericht

mail-link-unknown = Deze link kennen we niet. Is het adres helemaal overgenomen? Anders sturen we graag een nieuwe.
mail-link-expired = Deze link werkte tot { $day }. Bel of mail ons, dan sturen we een nieuwe.
mail-link-used = Deze link is al gebruikt, { $when }. Er hoeft niets meer te gebeuren.
mail-link-too-often = { $minutes ->
    [one] Er zijn te veel links geprobeerd die niet bestaan. Probeer het over een minuut weer.
   *[other] Er zijn te veel links geprobeerd die niet bestaan. Probeer het over { $minutes } minuten weer.
 }

mail-letters = Brieven om te printen
mail-letters-hint = Voor leden zonder mail. Print een brief, doe hem op de post en leg dat vast; tot dan blijft hij hier staan.
mail-letters-none = Alle brieven zijn op de post.
mail-letter-open = Open om te printen
mail-letter-posted = Op de post gedaan
mail-letter-done = Vastgelegd: de brief is op de post.
