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
