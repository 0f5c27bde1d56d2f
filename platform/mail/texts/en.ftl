mail-back = Administration
mail-overview = Post
mail-overview-says = What waits, what did not arrive and why, and whether mail and text messages leave the house.
mail-overview-hint = Everything that the program sends. Whose message it is and what it says is not shown here.
mail-demo = This is the demo: nothing leaves the house. Read every message under Captured post; its links work.
mail-not-set = No mail server is set up yet. Mail is kept and can go later; put mail.smtp and mail.from into the settings.
mail-sms-not-set = No gateway for text messages is set up. They are kept; put sms.url into the settings to send them.
mail-counts = Now, and the past week
mail-count-waiting = Waiting to be sent
mail-count-letters = Letters to print
mail-count-failed = Did not arrive
mail-count-kept = Kept, not sent
mail-count-sent = Sent
mail-failed = Did not arrive
mail-failed-none = Everything arrived.
mail-all-again = Send all again
mail-again = Send again
mail-again-done = { $messages ->
    [0] There was nothing to send again.
    [one] One message goes again.
   *[other] { $messages } messages go again.
 }
mail-wiped = content wiped
mail-waiting = Still waiting
mail-waiting-none = Nothing waits.
mail-made = Made
mail-what = What for
mail-channel = How
mail-next = When
mail-why = Why not
mail-to = To
mail-message = Message

mail-channel-email = mail
mail-channel-sms = text message
mail-channel-letter = letter

mail-state-waiting = about to go
mail-state-again = again { $when }
mail-state-to-print = to be printed
mail-state-sent = sent { $when }
mail-state-posted = posted { $when }
mail-state-kept = kept, not sent
mail-state-stopped = not sent any more, stopped { $when }
mail-state-failed = did not arrive { $when }

mail-reason-address = the address does not exist; ask for another
mail-reason-full = the mailbox is full
mail-reason-policy = the receiver refuses our mail; check SPF, DKIM and DMARC
mail-reason-refused = the receiver refuses the message
mail-reason-unreachable = our server cannot be reached
mail-reason-sign-in = our server does not let us in; check name and password
mail-reason-unfit = the address cannot be used

mail-panel = Post
mail-captured = Captured post
mail-captured-hint = The demo sends nothing. Here is what members would get, with links that work.
mail-captured-none = Nothing was sent yet.
mail-as-html = As the member sees it
mail-as-text = As plain text
mail-links = Links in this message

mail-link-unknown = We do not know this link. Was the address copied whole? Otherwise we gladly send a new one.
mail-link-expired = This link worked until { $day }. Call or mail us and we will send a new one.
mail-link-used = This link was used already, { $when }. Nothing more needs to be done.
mail-link-too-often = { $minutes ->
    [one] Too many links that do not exist were tried. Try again in a minute.
   *[other] Too many links that do not exist were tried. Try again in { $minutes } minutes.
 }

mail-letters = Letters to print
mail-letters-hint = For members without mail. Print a letter, post it and record that; until then it stays here.
mail-letters-none = All letters are in the post.
mail-letter-open = Open to print
mail-letter-posted = It is in the post
mail-letter-done = Recorded: the letter is in the post.
