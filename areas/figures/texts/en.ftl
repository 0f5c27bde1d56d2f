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
