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
