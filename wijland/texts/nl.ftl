story-differs = het verhaal zegt { $expected }
story-verdict = { $compared } vergeleken, { $differences ->
    [0] geen verschil
    [one] 1 verschil
   *[other] { $differences } verschillen
}
story-recount = het logboek nogmaals geteld, verschillen

story-scene-begin = De dag begint rustig
story-scene-vliet = De heer Van Vliet belt om op te zeggen, en blijft
story-scene-arslan = Het belrecord van mevrouw Arslan
story-scene-marit = Marit belt om te sparren
story-scene-lunch = Lunch met collega’s
story-scene-coaching = Na de lunch verder, met David ernaast
story-scene-joined = ‘Zal ik het nu direct voor u in orde maken?’
story-scene-close = De dag sluit

story-due = beloften voor vandaag
story-not-before = van wie vroeg ‘vanaf 8.30’ komt er nu
story-called-in = belde zelf, uitkomst
story-somebody = er is iemand
story-who = wie
story-ground = grond
story-promised-day = ‘over 3 werkdagen, ik’: dinsdag wordt
story-old-window = een venster dat nog openstond krijgt
story-same-conversations = het sparren telt niet mee: gesprekken
story-during-lunch = tijdens de lunch geeft de lijst
story-at-table = samen aan tafel
story-new-members = nieuwe leden
story-retained = behouden leden
story-attempts = keer gebeld
story-conversations = keer iemand gesproken
story-kept = beloften gehouden
story-made = nieuwe beloften
story-paid = betaald, in seconden (7:00 uur)
story-lead-sees = de teamleider ziet dezelfde dag
story-figures-recount = kerncijfers nogmaals geteld, verschillen
story-scene-norm = De contactnorm zegt wie aan de beurt is
story-scene-visit = Het bezoek, en het verslag dat twee keer aankomt
story-scene-answer = Het kantoor antwoordt, en het lid hoort het
story-scene-target = Aan het resultaat hangt een getal
story-scene-kept = Wat beloofd is, is gedaan
story-scene-joined-shop = Een winkel wordt lid
story-scene-figures = De cijfers, buiten kijf
story-somebody-due = er is iemand te laat
story-planned-on = gepland op
story-planned-once = een tweede plan voor dezelfde deur krijgt
story-reported = het bezoek is
story-asked-once = de vraag staat er zo vaak
story-promised-once = de afspraak staat er zo vaak
story-who-knows = wie weet dit
story-told = de vraag is
story-one-timeline = Joris ziet het in zijn winkel
story-agreed = het doel voor bezoeken is
story-light = met een verwachting en haar band
story-still = na een nieuw voorstel geldt nog
story-now = na het ja van Kees geldt
story-visits-more = bezoeken erbij
story-joined-more = leden erbij
story-wishes-more = vragen erbij
story-solved = deel opgelost
story-agreements-kept = deel nagekomen
story-adviser = de adviseur ziet geen namen
story-adviser-visits = en krijgt bij de bezoeken
