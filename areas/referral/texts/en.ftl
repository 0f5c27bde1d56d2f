referral-nav = Recruiting
referral-panel = Members recruit
referral-recruited-by = Recruited by
referral-somebody = a member
referral-nobody = nobody yet
referral-counts = { $given } handed out, { $joined } joined, { $earned } earned, { $paid } paid out
referral-invite = Invitations
referral-invite-hint = { $amount } for everybody who joins and stays. Send them to the member, who hands them out: we call nobody because a name was mentioned.

referral-how-many = How many?
referral-one-less = One less
referral-one-more = One more
referral-how = How does the member get the code?
referral-by-email = E-mail
referral-by-sms = Text message
referral-by-card = Card on paper
referral-send = Give the invitations
referral-send-n = Give # invitations
referral-send-one = Give # invitation
referral-each = { $amount } for everybody who joins.
referral-total = Together # if all of them join.
referral-done-email = { $n ->
    [one] The invitation goes to the member by e-mail.
   *[other] The code for { $n } invitations goes to the member by e-mail.
}
referral-done-sms = { $n ->
    [one] The invitation goes to the member by text message.
   *[other] The code for { $n } invitations goes to the member by text message.
}
referral-done-not-now = Planned. On that day the member is on your list under Recruiting.
referral-done-asked = Done: this member is off the list.
referral-done-board = Written down.

referral-wrong-number = Choose a number from 1 to 20.
referral-no-member = Only who is a member now gets a code.
referral-died = This member died.
referral-excluded = Staff and board take no part in the referral premium.
referral-no-email = No e-mail address of this member is known. Choose another way, or fill it in first.
referral-no-mobile = No mobile number of this member is known. Choose another way, or fill it in first.
referral-wrong-day = Choose a day after today.

referral-code = The code
referral-link = Link to forward
referral-to-copy = Words to copy into a text message
referral-cards = Cards to print
referral-cards-hint = Print this page. A card says nothing about the member.
referral-card-title = Join { $association } too
referral-card-says = Sign up at the address below, or say this code on the telephone.
referral-joined-h = Who joined with this code
referral-given = { $n ->
    [one] { $n } invitation handed out
   *[other] { $n } invitations handed out
}
referral-nobody-yet = Nobody yet.

referral-not-now = Not now
referral-not-now-hint = Ask this member on another day. Nothing is kept about who would get the invitation.
referral-reminder = To be asked again on { $day }, by: { $who }
referral-asked = Asked
referral-ask-on = Ask on
referral-plan = Plan
referral-board = Board
referral-board-hint = Whoever is on the board earns no premiums.
referral-board-on = This member is on the board
referral-board-off = This member is not on the board any more

referral-state-joined = Member since { $day }, premium not earned yet
referral-state-earned = Earned on { $day }
referral-state-paying = Is being paid out
referral-state-paid = Paid out on { $day }
referral-state-not-earned = No premium: { $why }
referral-state-taken-back = Premium lost: { $why }
referral-why-withdrawn = the sign-up was withdrawn
referral-why-lapsed = the sign-up was not confirmed
referral-why-left = the new member left too soon
referral-why-money-back = the payment went back
referral-why-over-limit = this year's maximum was reached
referral-why-referrer-gone = the referrer is no member any more

referral-not-unknown = We do not know this code. Check it, or go on without a code.
referral-not-oneself = This is one's own code. Go on without a code.
referral-not-account = With this account the code does not count. The sign-up simply goes on.
referral-not-excluded = The referral premium is not for staff and board. The sign-up simply goes on.
referral-not-new = Whoever was a member in the last { $months } months is not new. The sign-up simply goes on, without a code.
referral-not-twice = A code was named for this sign-up before.

referral-dear-f = Dear Ms { $name }
referral-dear-m = Dear Mr { $name }
referral-dear = Dear { $name }
referral-to-f = Ms { $name }
referral-to-m = Mr { $name }
referral-to = { $name }

referral-team-hint = What members did this month for new members.
referral-month = This month
referral-month-given = invitations handed out
referral-month-joined = joined with a code
referral-month-stayed = of those still member
referral-month-earned = premiums earned
referral-reminders = Ask again
referral-reminders-hint = Members who said "not now", until two weeks from now.
referral-no-reminders = Nobody to ask again
referral-no-reminders-hint = If a member says "not now", plan a day with the invitations of that member.

referral-premiums = Referral premiums
referral-premiums-hint = Earned and not paid out yet. Handing over makes pay-outs of them; a colleague releases the run.
referral-hand-over = Hand everything over to the pay-outs
referral-handed = { $n ->
    [one] { $n } member is ready among the pay-outs, { $amount }.
   *[other] { $n } members are ready among the pay-outs, together { $amount }.
}
referral-handed-none = There was nothing to hand over.
referral-to-runs = To the pay-outs
referral-nothing-owed = Nothing to pay out
referral-nothing-owed-hint = A premium comes here as soon as it is earned.
referral-member = Member
referral-earned = Premiums
referral-back = Lost
referral-to-come = To come
referral-settled-later = is settled with the next premium
referral-next-page = Next
