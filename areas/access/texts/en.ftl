access-account = My account
access-language = Language
access-language-choose = Choose language
access-language-done = Your language was changed.
access-password = Password
access-password-old = Current password
access-password-new = New password
access-password-again = The new one once more
access-password-hint = At least 12 characters. A sentence that only you know works well.
access-password-change = Change password
access-password-done = Your password was changed.
access-password-old-wrong = Your current password is not right.
access-password-too-short = Take at least 12 characters.
access-password-not-the-same = The two new passwords differ.

access-account-force = Break-glass: open one file, with a reason
access-account-no-place = Wijland has no page of its own for your role yet. What you find here is your own account.
access-two-step = Sign in in two steps
access-two-step-why = With a code from your phone, somebody who knows your password still does not get in.
access-two-step-off = Is off.
access-two-step-on = Is on.
access-two-step-open = Set up
access-two-step-app = Put Wijland into your authenticator app
access-two-step-scan = Open the app and scan this code.
access-two-step-qr = QR code for your authenticator app
access-two-step-type = Does scanning not work? Type this instead:
access-two-step-link = Is the app on this device? Open it here
access-two-step-code = The six digits that the app gives now
access-two-step-code-wrong = This code is not right. Take the one that the app gives now; if it is wrong again, see whether the clock of your phone is right.
access-two-step-switch-on = Switch on
access-two-step-is-on = When you sign in, Wijland also asks for a code of your app.
access-two-step-switch-off = Switch off
access-two-step-codes-left = { $codes ->
    [0] You have no recovery codes left. Switch it off and on again for new ones.
    [one] You have one recovery code left. Switch it off and on again for new ones.
   *[other] You have { $codes } recovery codes left.
}
access-two-step-done = Two steps are on
access-two-step-codes = Your recovery codes
access-two-step-codes-hint = Keep these codes in a safe place, not on your phone. If you lose it, you sign in with one of these. Each works once, and you only see them now.
access-two-step-codes-kept = I have kept them
access-two-step-off-done = Signing in in two steps is off.

access-role-agent = recruitment & retention agent
access-role-coach = knowledge coach
access-role-team-lead = team leader
access-role-field = field colleague
access-role-communications = communications
access-role-finance = finance
access-role-director = director
access-role-adviser = adviser
access-role-privacy = data protection officer
access-role-administrator = administrator

access-status-yours = Your status: 
access-status-in-call = In a call
access-status-after-call = After-call work
access-status-pending = then { $intent }
access-intent-signed-out = Not at work
access-intent-available = Available
access-intent-outbound-only = Only calling myself
access-intent-lunch = Lunch
access-intent-break = Break
access-intent-coaching = Coaching
access-intent-meeting = Meeting
access-intent-admin = Other work
access-place-office = At the office
access-place-home = At home
access-place-at-office = office
access-place-at-home = home
access-mates = Colleagues
access-mates-none = You are not in a team yet.
access-mate-in-call = in a call
access-mate-after-call = after-call work
access-mate-signed-out = not at work
access-mate-available = available
access-mate-outbound-only = calling
access-mate-lunch = lunch
access-mate-break = break
access-mate-coaching = coaching
access-mate-meeting = meeting
access-mate-admin = other work

access-back = Administration
access-back-users = Colleagues
access-cancel = Cancel
access-yes = yes
access-no = no
access-two-step-short = Two steps

access-choose-password = Choose your own password
access-choose-password-why = You signed in with a password that your administrator knows. After this only you know it.
access-choose-password-same = This is the password that your administrator knows. Take another.
access-choose-password-go = Choose and go on

access-users = Colleagues
access-users-says = Who works here, in which role and team; new, gone, or a password lost.
access-users-filter = Find colleagues
access-users-search = Name, user name or e-mail address
access-users-ended = Only who no longer works here
access-users-go = Search
access-users-next = Next
access-users-nobody = Nobody found.
access-user-new = New colleague
access-user-make = Make account
access-user-save = Save
access-user-changed = The changes are saved.
access-user-name = Name
access-user-name-wrong = Give a name, at most 100 characters.
access-user-first-name = First name, for colleagues
access-user-first-name-wrong = Give a first name, at most 100 characters.
access-user-login = User name
access-user-login-wrong = Take 2 to 40 letters, digits, dots or hyphens, without spaces.
access-user-login-taken = This user name is or was somebody else’s.
access-user-email = E-mail address (may be empty)
access-user-email-wrong = This is no e-mail address.
access-user-email-taken = This e-mail address is another colleague’s.
access-user-roles = Roles
access-user-roles-wrong = Choose at least one role: without one nothing opens.
access-user-team = Team
access-user-no-team = No team
access-user-team-gone = This team is no longer there. Choose another.
access-user-own = Your own password and signing in in two steps are at your own account.
access-user-regions = Region, for field colleagues
access-user-regions-hint = Postcodes, for example 7300-7399, 8011. Without a region a field colleague sees nobody.
access-user-regions-wrong = Write postcodes of four digits, with a hyphen between them for a range.
access-user-access = Access
access-user-temporary = Has a temporary password and chooses an own one when signing in.
access-user-give-password = Give a new temporary password
access-user-end-two-steps = Switch off signing in in two steps
access-user-two-steps-off = Signing in in two steps is off for this colleague.
access-user-end = No longer works here
access-user-end-title = { $name } no longer works here
access-user-end-what = The account closes at once, on every device, and API tokens no longer work. What was recorded stays.
access-user-end-promises = { $promises ->
    [0] No callbacks are open.
    [one] One callback is open. It goes to the team.
   *[other] { $promises } callbacks are open. They go to the team.
}
access-user-end-team = To which team?
access-user-end-choose = Choose a team
access-user-ended = The account is closed.
access-user-has-ended = No longer works here
access-user-reopen = Works here again: open the account
access-user-last-administrator = This is the last administrator. Make somebody else administrator first, or nobody gets in any more.
access-user-oneself = This is about yourself. Let another administrator do it.
access-user-in-call = This colleague is in a call. Try again after it.
access-user-needs-team = Choose the team that takes the callbacks over.
access-password-for = Password for { $name }
access-password-for-hint = Pass this on. You only see it now; signing in asks for an own one.
access-password-told = Passed on

access-first-team = Make a team
access-first-team-says = who call together
access-first-users = Invite colleagues
access-first-users-says = and choose their roles
access-teams = Teams
access-teams-says = Who shares lists and callbacks.
access-team-new = New team
access-team-make = Make team
access-team-name = Name of the team
access-team-name-wrong = Give a name, at most 60 characters.
access-team-name-taken = A team has this name, or had it.
access-team-rename = Change name
access-team-end = This team ends
access-team-people = { $people ->
    [one] 1 colleague
   *[other] { $people } colleagues
}
access-team-has-people = Colleagues are still in it: { $names }. Move them to another team first.
access-team-has-promises = { $promises ->
    [one] This team still owes a callback. Keep or move it first.
   *[other] This team still owes { $promises } callbacks. Keep or move them first.
}
access-team-added = The team is there.
access-team-renamed = The name was changed.
access-team-ended = The team has ended.

access-role = Role
access-roles = Roles
access-roles-says = What each role may do, and how far that reaches.
access-roles-hint = What is not listed is refused. Whoever has two roles may do what either may.
access-roles-link = See what each role may do
access-action-open-files = Open files
access-action-unmask = See whole birth dates
access-action-work-calls = Calls and callbacks
access-action-manage-campaigns = Campaigns
access-action-see-figures = Figures
access-action-guard-privacy = Read log and requests
access-action-administer = Administration and import
access-action-read-rules = Read rules
access-scope-aggregates = totals only
access-scope-own = own
access-scope-team = team
access-scope-region = region
access-scope-all = all
access-does-agent = Calls members and prospects, keeps promises, signs up.
access-does-coach = Sees the figures of the team. Opens no files.
access-does-team-lead = Calls along, makes campaigns and sees the team.
access-does-field = Opens files in the own region.
access-does-communications = Sees totals. Opens no files.
access-does-finance = Opens files, with whole birth dates.
access-does-director = Sees totals. Opens no files.
access-does-adviser = Sees totals. Opens no files.
access-does-privacy = Watches who read what, and reads the rules.
access-does-administrator = Looks after colleagues, rules and import. Opens no files.

access-tokens = API tokens
access-tokens-says = Programs that work with the API, each in the name of a colleague.
access-tokens-none = There are no API tokens.
access-token-new = New API token
access-token-make = Make token
access-token-name = What for
access-token-name-wrong = Write what the token is for, at most 100 characters.
access-token-user = In the name of
access-token-login = User name of the colleague
access-token-login-wrong = No colleague who works here has this name.
access-token-days = Valid, in days
access-token-days-wrong = Give a number of days, from 1 to 3660.
access-token-may = May
access-token-may-read = read
access-token-may-write = write
access-token-may-admin = administer
access-token-may-both = read and write
access-token-since = Made
access-token-until = Until
access-token-no-end = without end
access-token-revoke = Revoke
access-token-revoked = The token no longer works.
access-token-made = The token is made
access-token-once = Copy it now: you see it this once.
