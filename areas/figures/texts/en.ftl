figures-nav-day = My day
figures-today = Today: 
figures-meter-new = new
figures-meter-retained = retained
figures-meter-of = { $kept } of { $due }
figures-meter-callbacks = called back
figures-lines = { $from } to { $until }
figures-hero = Your day, { $name }.
figures-nothing-promised = Nothing was promised for this day.
figures-all-kept = Every promise to call back was kept. Nothing is open.
figures-still-open = { $n ->
    [one] One promise to call back is still open.
   *[other] { $n } promises to call back are still open.
}
figures-close-day = Close your day
figures-one-more = One more call
figures-new-members = { $n ->
    [one] new member
   *[other] new members
}
figures-retained-members = { $n ->
    [one] retained member
   *[other] retained members
}
figures-retained-at-call = at the call
figures-course = How your day went
figures-legend-won = new or retained
figures-legend-call = call
figures-legend-quiet = not reached
figures-no-calls = No calls yet.
figures-mark-joined = new member
figures-mark-retained = retained
figures-described = Called { $attempts } times, spoke to somebody { $conversations } times, { $new } new, { $retained } retained.
figures-in-numbers = In numbers
figures-download = Download
figures-attempts = times called
figures-missed = { $n ->
    [one] 1 offer missed: the page was closed, or you had signed out
   *[other] { $n } offers missed: the page was closed, or you had signed out
}
figures-conversations = spoke to somebody { $n } times, called or being called
figures-kept = called back
figures-of-due = of { $n } promised for this day
figures-made = new appointments
figures-made-warm = of which { $n } warm
figures-talking = hours in calls
figures-average = { $minutes } minutes on average
figures-time = Your time
figures-paid = Paid hours
figures-hours = { $hours } h
figures-ahead = What lies ready
figures-whole-list = See your whole list
figures-nothing-ahead = Nothing promised.
figures-column-when = When
figures-column-who = Who
figures-column-begin = Begin with
figures-column-warmth = How warm
figures-nav-team = Team
figures-team-says = What we did today, who is here, and what still needs somebody.
figures-team-callbacks = Callbacks
figures-team-roster = Roster
figures-team-wall = On the big screen
figures-team-back = Back
figures-team-at-risk = Promises that need somebody
figures-team-at-risk-hint = Give them to whoever can call now, or move them. Who did what stands with the promise.
figures-team-promise-of = { $when }, of { $who }
figures-team-promise-of-team = { $when }, of the team
figures-team-whole = The whole team
figures-team-give = Give
figures-team-move = Move
figures-team-given = Given.
figures-team-message = Send a colleague a line
figures-team-message-hint = Could you have a look with me?
figures-team-send = Send
figures-team-alone = There is nobody else in this team yet.
figures-team-trace = What you do here stands in the log with your name.
figures-board-new = New members today
figures-board-retained = Retained members today
figures-board-callbacks = Called back
figures-board-callbacks-hint = promised for today
figures-board-risk = Left lying
figures-board-risk-hint = somebody has to call now
figures-board-no-risk = every promise is on time
figures-board-lead = { $n ->
    [one] 1 for the team lead
   *[other] { $n } for the team lead
}
figures-board-talks = Conversations
figures-board-calls = { $n ->
    [one] in 1 call
   *[other] in { $n } calls
}
figures-board-here = At work
figures-board-who = Who is here
figures-board-help = asks for help
figures-board-others = { $n ->
    [one] and 1 more colleague
   *[other] and { $n } more colleagues
}
figures-board-news = Just now
figures-board-no-news = The first good news of today is still to come.
figures-news-joined = We have a new member
figures-news-retained = Somebody stayed a member
figures-news-kept = A promise kept on time
figures-team-none = You are not in a team yet
figures-team-none-hint = An administrator puts you in a team; then you see here what you do together.
figures-name-members = Members
figures-formula-members = Who is a member on the last day of the month (now: today).
figures-name-growth = Net growth in per cent
figures-formula-growth = (members now − members before) ÷ members before.
figures-name-net-growth = Net growth
figures-formula-net-growth = New, returned, transferred and resumed members − who left. Members before + in − out = members now.
figures-name-joined = New members
figures-formula-joined = Member for the first time + back after more than { $gap } days + come over from another association.
figures-name-left = Left
figures-formula-left = Cancelled + deceased + struck off for arrears + expelled or refused + gone over to another association, on the first day without membership.
figures-name-inflow = Inflow
figures-formula-inflow = New members ÷ the average of members before and members now.
figures-name-outflow = Outflow
figures-formula-outflow = Left ÷ the average of members before and members now.
figures-name-retention = Retention (strict)
figures-formula-retention = Who was a member twelve months ago and is now, without a gap of more than { $gap } days ÷ members twelve months ago.
figures-name-renewal = Renewal
figures-formula-renewal = (members now − members of less than twelve months) ÷ members twelve months ago. Who renews late counts as new.
figures-name-contact-coverage = Members spoken to in a year
figures-formula-contact-coverage = Members with at least one conversation or visit in this month or the eleven before ÷ members. Mail alone is no contact.
figures-name-contact-coverage-24 = Members spoken to in two years
figures-formula-contact-coverage-24 = Members with at least one conversation or visit in this month or the 23 before ÷ members.
figures-name-visit-coverage = Members visited in two years
figures-formula-visit-coverage = Members visited in this month or the 23 before ÷ members.
figures-name-contacts = Contacts with members
figures-formula-contacts = Conversations in which somebody was spoken to + visits.
figures-name-visits = Visits
figures-formula-visits = Visits with a report, on the day of the visit.
figures-name-conversations = Conversations
figures-formula-conversations = Calls in which somebody was spoken to.
figures-name-retained = Retained at the call
figures-formula-retained = Conversations that ended with: retained. Whether somebody is a member a year later is another figure.
figures-name-wishes = Questions and wishes
figures-formula-wishes = What members asked or wished.
figures-name-wishes-solved = Questions solved
figures-formula-wishes-solved = Questions of which the member said: solved ÷ questions on which the member heard the answer, in the same month.
figures-name-agreements-kept = Agreements kept
figures-formula-agreements-kept = Agreements done on the promised day or before ÷ agreements whose day has come. Moving counts only if the member asked.
figures-name-reach-email = E-mail address known
figures-formula-reach-email = Members with an e-mail address ÷ members. Can be counted for now only: each month stands as it was.
figures-name-reach-mobile = Number known
figures-formula-reach-mobile = Members with a usable number (persons: mobile) ÷ members.
figures-name-reach-address = Address complete
figures-formula-reach-address = Members with postcode and house number (organisations: street) ÷ members. Whether the address is still right is not counted.
figures-measure-members = member
figures-measure-joined-new = new
figures-measure-joined-again = came back
figures-measure-joined-transfer = came over
figures-measure-resumed = resumed
figures-measure-left-cancelled = cancelled
figures-measure-left-deceased = deceased
figures-measure-left-arrears = arrears
figures-measure-left-expelled = expelled
figures-measure-left-transfer = went over
figures-measure-kept-12 = stayed
figures-measure-new-12 = member for less than a year
figures-measure-covered-12 = spoken to in a year
figures-measure-covered-24 = spoken to in two years
figures-measure-visited-24 = visited in two years
figures-measure-with-email = with e-mail
figures-measure-with-mobile = with number
figures-measure-with-address = with address
figures-measure-cohort-joined = joined
figures-measure-cohort-left = left
figures-measure-agreements-due = promised for that month
figures-measure-agreements-in-time = in time
figures-measure-conversations = conversation
figures-measure-attempts = attempt
figures-measure-new-members = joined on the phone
figures-measure-retained-members = retained
figures-measure-cancellations = cancellation
figures-measure-callbacks-made = callback promised
figures-measure-callbacks-kept = called back
figures-measure-callbacks-kept-on-time = called back in time
figures-measure-visits = visit
figures-measure-wishes = question or wish
figures-measure-wishes-told = answer told
figures-measure-wishes-solved = solved
figures-nav = Figures
figures-all = All figures
figures-all-hint = What adds up: this year so far. Everything else: now.
figures-figure = Figure
figures-value = Value
figures-before = Year before
figures-this-year = this year so far
figures-now = now
figures-a-year-ago = year before { $value }
figures-a-year-ago-through = to the end of { $month } { $value }
figures-chart-said = { $name } per month; now { $value }. The numbers are in the table below.
figures-of-per = { $of } of { $per }
figures-of-so-many = of { $n }
figures-course-months = By month
figures-legend-value = value
figures-legend-before = year before
figures-as-table = Show as a table
figures-month = Month
figures-made-of = Made of
figures-state = State
figures-corrected = With correction
figures-state-now = under way
figures-state-open = provisional
figures-state-closed = closed
figures-what = What is this?
figures-id = Id
figures-version = version { $nr }
figures-reference = Reference date
figures-reference-day = the last day of each month; of this month today
figures-open-hint = Click on a month in the table to see who is behind it.
figures-apart = Told apart
figures-line-sector = By sector
figures-line-class = By kind of member
figures-line-team = By team
figures-nothing-apart = Nothing to tell apart yet.
figures-corrections = Corrections
figures-corrections-hint = A closed month is not rewritten. What became known later is here.
figures-measure = What
figures-change = Change
figures-booked = Booked
figures-why-late = reported later
figures-why-member = membership or file changed
figures-why-import = file taken in
figures-why-agreement = agreement changed
figures-print = Print or save as PDF
figures-no-rows = Nobody is here.
figures-rows-cut = There are more; only the first 200 are here.
figures-survival = How long do members stay?
figures-survival-hint = Of who joined since the first month that is counted. Who is still a member counts as long as watched (Kaplan-Meier); the bounds hold nineteen times in twenty (Greenwood).
figures-survival-none = Nobody was watched long enough yet.
figures-survival-chart = Still a member after so many months
figures-between = between { $low } and { $high }
figures-months = Months
figures-still = Still a member
figures-interval = Bounds
figures-of-watched = of { $n } who were followed
figures-watched = Watched
figures-after-months = { $n ->
    [one] After 1 month
   *[other] After { $n } months
}
figures-rows = { $n ->
    [one] 1 row.
   *[other] { $n } rows.
}
figures-comments = Comments
figures-no-comments = Nobody said anything about it yet.
figures-comment = What do you notice?
figures-comment-do = Say it
figures-withdrawn = { $n ->
    [one] 1 withdrew the sign-up
   *[other] { $n } withdrew the sign-up
}
figures-lapsed = { $n ->
    [one] 1 did not confirm
   *[other] { $n } did not confirm
}
figures-behind-own = Who is behind your figures
figures-behind-team = Who is behind the team's figures
figures-behind-which = Which figure
figures-behind-back = Back to the figures
figures-behind-new = New: { $n }
figures-behind-retained = Retained: { $n }
figures-behind-withdrawn = Withdrawn: { $n }
figures-behind-lapsed = Not confirmed: { $n }
figures-behind-times = { $n } times
figures-behind-hidden = { $n ->
    [one] 1 stands here without a name: that file is gone, or you may not open it.
   *[other] { $n } stand here without a name: those files are gone, or you may not open them.
}
figures-team-members = Who joined or stayed
