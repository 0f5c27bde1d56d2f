story-differs = the story says { $expected }
story-verdict = { $compared } compared, { $differences ->
    [0] no difference
    [one] 1 difference
   *[other] { $differences } differences
}
story-recount = the log counted again, differences

story-scene-begin = The day begins calmly
story-scene-vliet = Mr Van Vliet calls to cancel, and stays
story-scene-arslan = Mrs Arslan’s call record
story-scene-marit = Marit rings to think along
story-scene-lunch = Lunch with colleagues
story-scene-coaching = On after lunch, with David beside her
story-scene-joined = ‘Shall I arrange it for you right now?’
story-scene-close = The day closes

story-due = promises for today
story-not-before = of those who asked ‘from 8.30’ there come now
story-called-in = called in, outcome
story-somebody = there is somebody
story-who = who
story-ground = ground
story-promised-day = ‘in 3 working days, I’: Tuesday becomes
story-old-window = a window that was left open gets
story-same-conversations = thinking along does not count: conversations
story-during-lunch = during lunch the list gives
story-at-table = together at the table
story-new-members = new members
story-retained = members retained
story-attempts = calls made
story-conversations = conversations
story-kept = promises kept
story-made = promises made
story-paid = paid, in seconds (7:00 hours)
story-lead-sees = the team lead sees the same day
story-figures-recount = key figures counted again, differences
story-scene-norm = The contact norm says who is due
story-scene-visit = The visit, and the report that arrives twice
story-scene-answer = The office answers, and the member hears it
story-scene-target = A number hangs on the result
story-scene-kept = What was promised is done
story-scene-joined-shop = A shop joins
story-scene-figures = The figures, beyond dispute
story-somebody-due = somebody is overdue
story-planned-on = planned on
story-planned-once = a second plan for the same door gets
story-reported = the visit is
story-asked-once = the question is there so often
story-promised-once = the agreement is there so often
story-who-knows = who knows
story-told = the question is
story-one-timeline = Joris sees it at his shop
story-agreed = the target for visits is
story-light = with a forecast and its band
story-still = after another proposal still holds
story-now = after Kees’s yes holds
story-visits-more = visits more
story-joined-more = members more
story-wishes-more = questions more
story-solved = share solved
story-agreements-kept = share kept
story-adviser = the adviser sees no names
story-adviser-visits = and gets at the visits
