web-sections = Administration
web-feature-call-centre = The call centre
web-feature-visits = Visits
web-unused = { $what }: out of sight, because this association does not use it. Whoever keeps the settings turns it on there.
web-first-title = Welcome, { $name }. Where do we begin?
web-first-says = Wijland is running. You can change everything later.
web-first-steps = So that you can call today
web-first-done = done
web-skip = To the content
web-main-menu = Main menu
web-home = Wijland, to the beginning
web-search-label = Search member, phone number, postcode, e-mail address or organisation
web-search-hint = Search member, number, organisation
web-search-found = People found
web-theme = Light or dark
web-signed-in-as = Signed in as { $name }
web-account = My account
web-sign-out = Sign out
web-side = Telephone and colleagues
web-close = Close

web-shortcuts = Keyboard shortcuts
web-shortcuts-hint = Typing in a text field? Press Esc first, then they work again.
web-keys-call = Call
web-keys-outcome = Outcome
web-keys-move = Moving
web-keys-status = Status
web-keys-single = Single-letter shortcuts
web-key-call = Call, next step, or get the next
web-key-hang-up = Hung up
web-key-note = To the note
web-key-skip = Skip
web-key-outcome = The letter on an outcome
web-key-answer = An answer in the guide, or the reason
web-key-objection = You said that an objection is possible
web-key-commit = Save it
web-key-search = Search
web-key-next = Next in the list
web-key-previous = Previous in the list
web-key-escape = Back, or out of a text field
web-key-help = This overview
web-key-status = Open your status
web-key-status-choose = Choose a status

web-offline = No connection. What you typed is still there; try again in a moment.
web-broken = That failed because of an error on our side. What you typed is still there.
web-cannot-now = Not possible now

web-motto = No island, but common ground.
web-sign-in = Sign in
web-sign-in-morning = Good morning
web-sign-in-afternoon = Good afternoon
web-sign-in-evening = Good evening
web-sign-in-at = Sign in at { $association }.
web-sign-in-name = User name or e-mail address
web-sign-in-password = Password
web-sign-in-paste = You may paste.
web-sign-in-here = This server stands at { $association }. Membership data goes nowhere else.
web-sign-in-wrong = The name or the password is not right.
web-sign-in-wait = { $minutes ->
    [one] Too many tries. Wait one minute and try again.
   *[other] Too many tries. Wait { $minutes } minutes and try again.
}
web-sign-in-code = The code of your app
web-sign-in-code-hint = Open your authenticator app and copy the six digits.
web-sign-in-code-label = Code
web-sign-in-code-lost = Lost your phone? Type one of your recovery codes. It works once.
web-sign-in-code-wrong = This code is not right or was used already. Wait for the next one.
web-sign-in-code-wait = Too many tries. Wait a moment and try again.
web-sign-in-again = Begin again

web-error-title = That did not work
web-error-not-found = This page does not exist, or not for you.
web-error-forbidden = You may not open or change this.
web-error-unreadable = This request cannot be read.
web-error-already-done = This was done already.
web-error-raced = Somebody else changed this in the meantime. Look again.
web-error-broken = Something went wrong on our side.
web-error-operation = Give this number to your administrator: { $operation }
web-error-home = To the beginning

web-demo-accounts = Look around as
web-demo-password = The password of all accounts:
web-demo-clock-on = The demo goes on in time
web-demo-clock-soon = Ten minutes on
web-demo-clock-to = To { $time }
web-demo-clock-tomorrow = To tomorrow morning
web-demo-post = Captured post
