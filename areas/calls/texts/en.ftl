calls-nav-desk = Call desk
calls-nav-campaigns = Campaigns
calls-close = Close
calls-cancel = Cancel
calls-formal-f = Ms { $name }
calls-formal-m = Mr { $name }
calls-short-f = Ms { $name }
calls-short-m = Mr { $name }
calls-status-member = Member
calls-status-former = Former member
calls-status-none = Not a member yet
calls-warmth-warm = warm
calls-warmth-lukewarm = lukewarm
calls-warmth-cool = cool

calls-list = Your list
calls-list-done = { $n ->
    [one] Called once
   *[other] Called { $n } times
}
calls-list-to-go = { $n } to go
calls-list-now = Next up
calls-list-in-call = On the line now
calls-list-callbacks = Call back today
calls-list-no-callbacks = Nothing promised for today.
calls-list-no-campaigns = No campaign is running for your team.
calls-list-all-callbacks = All callbacks
calls-list-late = late
calls-list-promised = Promised for { $day }
calls-list-try = Try { $n }
calls-list-records = { $n ->
    [one] 1 call record
   *[other] { $n } call records
}
calls-list-many = more than 1,000

calls-ready = Ready for the next one, { $name }?
calls-ready-early = Good morning, { $name }.
calls-ready-opens = The lines open at { $time }. Enjoy your coffee.
calls-ready-promise = Promised first: { $who }, { $when }.
calls-ready-next = Get the next
calls-ready-inbound = Is somebody calling you? Look the person up and choose ‘Calls me now’.
calls-old-note = Your note from just now, to copy

calls-reason-promise = { $ago } we promised to call back ({ $day }).
calls-reason-brochure = { $ago } asked for brochure { $subject } ({ $day }, { $source }).
calls-reason-web-form = { $ago } filled in form { $subject } ({ $day }, { $source }).
calls-reason-question = { $ago } asked a question: { $subject } ({ $day }, { $source }).
calls-reason-poll = { $ago } filled in the poll { $subject } ({ $day }, { $source }).
calls-reason-request = { $ago } asked to be called about { $subject }.
calls-reason-inbound = Is calling us.
calls-reason-campaign = Campaign { $campaign }.
calls-reason-none = Called from the file.
calls-ago-today = Today
calls-ago-yesterday = Yesterday
calls-ago-days = { $n } days ago
calls-ago-weeks = { $n ->
    [one] One week ago
    [2] Two weeks ago
    [3] Three weeks ago
   *[other] { $n } weeks ago
}
calls-ago-months = { $n } months ago

calls-ground-consent = Gave consent
calls-ground-consent-hint = Who gave consent to be called about this.
calls-ground-requested-call = Asked for this call
calls-ground-requested-call-hint = Who asked to be called, and was not called yet.
calls-ground-service = About the membership
calls-ground-service-hint = Members, about their membership. No promotion.
calls-ground-legal-person = On behalf of a legal person
calls-ground-legal-person-hint = Contact persons of a private or public company, foundation, association or cooperative.
calls-ground-exception = Donor, volunteer or visitor
calls-ground-exception-hint = Who donated, helped or attended a meeting, with evidence (art. 11.7 paragraph 5).
calls-ground-inbound = Is calling us
calls-first-call = First call.
calls-last-call = Last called: { $when }.
calls-asked-for = Asked: call me, from { $time }.
calls-file = Whole file
calls-fact-sector = Sector
calls-fact-employer = Employer
calls-fact-colleagues = Colleagues who are members
calls-fact-many = more than 500
calls-fact-town = Town
calls-fact-campaign = Campaign

calls-guide = Conversation guide
calls-guide-open = Open question
calls-guide-care = Care
calls-guide-value = Value
calls-guide-close = Closing
calls-guide-to-care = Next: care
calls-guide-to-value = Next: value
calls-guide-to-close = Next: closing
calls-guide-say-open = How nice to reach you! May I have a minute of your time?
calls-guide-say-inbound = Good that you call. How can I help you?
calls-guide-open-ask = Then ask an open question: how are things at your work?
calls-guide-open-know = No need to know more beforehand. Every call is different.
calls-guide-say-care = That is quite something. How do you deal with it now?
calls-guide-care-listen = Listen and summarise. Show understanding before you offer anything.
calls-guide-care-ask = Ask on: how is the relation with your manager?
calls-guide-say-value = Nobody can look into a crystal ball, but together you stand stronger.
calls-guide-value-self = For yourself: legal experts in labour law, also for a talk with your manager.
calls-guide-value-together = Together: a collective agreement is not made for members, but with members.
calls-guide-say-close = Shall I arrange it for you right now?
calls-guide-say-stay = Shall we do it like this, and do you stay a member?
calls-guide-yes = Yes, sign up
calls-guide-yes-stay = Yes, stays a member
calls-guide-think = Wants to think

calls-note = Note
calls-note-hint = What should you not forget?
calls-note-saved = Saved { $time }.
calls-note-unsaved = Not saved yet; we try again.
calls-note-no-health = Do not note health data.
calls-moments = Contact moments
calls-moments-none = No contact yet.

calls-outcome-question = How did this call end?
calls-outcome-more = More
calls-outcome-save = Save
calls-outcome-joined = Joined
calls-outcome-retained = Retained
calls-outcome-callback = Call back
calls-outcome-not-interested = Not interested
calls-outcome-no-answer = No answer
calls-outcome-busy = Busy
calls-outcome-voicemail = Left a voicemail
calls-outcome-wrong-number = Wrong number
calls-outcome-other-language = Speaks another language
calls-outcome-objection = Objection, no more calls
calls-outcome-cancelled = Record cancellation
calls-outcome-deceased = Deceased
calls-outcome-choose = Choose what came of it.
calls-cannot-before-call = Call first.
calls-cannot-no-member = Only for members.
calls-cannot-is-member = Is a member already.
calls-done = Saved: { $outcome }.
calls-done-callback = Saved: call back on { $day }.
calls-done-nobody = There is nobody to call now. Look at the campaigns for the reason.
calls-done-skipped = Skipped. In an hour this person comes back into the list.

calls-wrong-old = This person is no longer on your desk; perhaps a colleague is calling now. What you wrote is below.
calls-wrong-already-logged = The outcome of this call was saved already.
calls-wrong-somebody-answered = After such a long call somebody answered. Choose what came of it.
calls-wrong-they-called-us = Whoever calls us was reached.
calls-wrong-objected = This person objected to calls on { $day }. Write down with which words a call was asked for now.
calls-wrong-later-today = Calling back today needs a time later today.
calls-wrong-day-passed = That day has passed.
calls-wrong-closed = Nobody works then. The first working day after it is { $day }.
calls-wrong-too-far = We promise nothing further than a year ahead.
calls-wrong-number-busy = Somebody is calling this number now.
calls-wrong-another-desk = A colleague is busy with this person now.
calls-wrong-desk-not-empty = Finish with who is on your desk first.
calls-blocked-no-ground = There is no ground to call this person: no consent, no request, no membership.
calls-blocked-objection = This person objected to calls.
calls-blocked-no-number = No usable number of this person is known.
calls-blocked-deceased = The death of this person was reported.
calls-blocked-promised = A colleague promised to call this person back.
calls-blocked-too-young = This person is too young for an offer.

calls-phone = Telephone
calls-phone-in = incoming
calls-phone-out = outgoing
calls-phone-lasts = Length of the call
calls-phone-hung-up = Hung up
calls-phone-outcome-due = Save how the call ended.
calls-phone-call = Call { $who }
calls-phone-checked = Permission checked.
calls-phone-no-number = No usable number known.
calls-phone-free = Nobody on the line
calls-phone-free-hint = Call with your own phone; we keep the time and the outcome here.
calls-phone-next = Next

calls-skip = Skip for now
calls-skip-title = Why skip?
calls-skip-not-now = Not convenient now
calls-skip-know-them = I know this person
calls-skip-data-wrong = The details are wrong

calls-callback-title = Call back: { $who }
calls-callback-say = Shall I call you back later this week?
calls-callback-when = When?
calls-callback-other = Other
calls-callback-pick = pick a date
calls-callback-date = Date
calls-callback-from = From
calls-callback-until = Until
calls-callback-working-days = { $n ->
    [one] 1 working day
   *[other] { $n } working days
}
calls-day-tomorrow = Tomorrow
calls-day-after-tomorrow = Day after tomorrow
calls-callback-time = What time?
calls-time-day = Whole day
calls-time-morning = Morning
calls-time-afternoon = Afternoon
calls-callback-who = Who calls?
calls-callback-me = Myself
calls-callback-team = The team
calls-callback-colleague = Colleague
calls-callback-warmth = How warm?
calls-callback-opening = With what do you begin then?
calls-callback-opening-hint = How was the talk with your partner?
calls-callback-words = With which words was yes said?
calls-callback-words-hint = The proof that this call was asked for.
calls-callback-says = Comes into your list of { $day }.
calls-callback-save = Save the appointment
calls-callback-day-wrong = Choose a day, or fill in a date such as 30-11-2026.
calls-callback-window-wrong = Fill in two times, for example 14:00 and 16:00.
calls-callback-owner-wrong = Choose who calls back.
calls-callback-words-too-long = Write it shorter: at most 500 characters.

calls-callbacks = Callbacks
calls-callbacks-hint = What we promised and did not do yet.
calls-callbacks-whose = Whose
calls-callbacks-mine = Mine
calls-callbacks-team = The team’s
calls-callbacks-none = Nothing promised, nothing open.
calls-callbacks-none-hint = Every promise was kept.
calls-callbacks-to-desk = To the call desk
calls-callbacks-own-words = Own words:
calls-callbacks-change = Change
calls-callbacks-move = Move
calls-callbacks-cancel = No longer needed
calls-callbacks-moved = Moved.
calls-callbacks-cancelled = Lapsed.
calls-column-when = When
calls-column-who = Who
calls-column-begin = Begin with
calls-column-owner = Owner
calls-column-state = State
calls-column-do = Do
calls-state-scheduled = planned
calls-state-due = now
calls-state-retrying = new try
calls-state-overdue = late

calls-campaigns = Campaigns
calls-campaigns-hint = Whom we call, why, and on which ground.
calls-campaigns-none = No campaign yet.
calls-campaigns-none-hint = Start one beside this.
calls-campaign-new = New campaign
calls-campaign-name = Name
calls-campaign-ground = Why may we call?
calls-campaign-people = Who?
calls-campaign-by-filter = With a filter
calls-campaign-by-import = From an import
calls-campaign-import = Import
calls-campaign-import-choice = { $file }, { $when }, { $people } people
calls-filter-status = Membership
calls-filter-anybody = Everybody
calls-filter-interest = Interest or brochure
calls-campaign-start = Start campaign
calls-campaign-started = Started. Beside this you see who can be called, and who cannot and why.
calls-campaign-paused = Paused. What was promised stays promised.
calls-campaign-resumed = Resumed.
calls-campaign-active = running
calls-campaign-paused-badge = paused
calls-campaign-pause = Pause
calls-campaign-resume = Resume
calls-campaign-name-wrong = Give the campaign a name, at most 100 characters.
calls-campaign-ground-wrong = Choose why we may call these people.
calls-campaign-import-wrong = Choose an import.
calls-funnel-people = People
calls-funnel-eligible = Can be called now
calls-funnel-claimed = With a colleague
calls-funnel-resting = Resting, later again
calls-funnel-promised = Callback promised
calls-funnel-done = Done
calls-funnel-exhausted = Tried often enough
calls-funnel-no-ground = No ground
calls-funnel-objection = Objection
calls-funnel-no-number = No number
calls-funnel-too-young = Too young
calls-funnel-deceased = Deceased
calls-funnel-withdrawn = Withdrawn
