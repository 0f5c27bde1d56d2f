# A mail server for the tests: takes mail by SMTP, reads it with Python's own parser, and writes what it got as a line of JSON.
# Ends when its input does.
import asyncio
import email
import email.policy
import json
import sys

from aiosmtpd.smtp import SMTP


class Mailbox:
    def __init__(self):
        self.greylisted = set()

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.split("@")[0]
        if name == "niemand":
            return "550 5.1.1 <" + address + "> does not live here"
        if name == "grijs" and address not in self.greylisted:
            self.greylisted.add(address)
            return "451 4.7.1 greylisted, come back"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        part = lambda kind: mail.get_body((kind,)).get_content()
        told = {
            "rcpt": envelope.rcpt_tos,
            "hello": session.host_name,
            "kind": mail.get_content_type(),
            "headers": {name.lower(): str(value) for name, value in mail.items()},
            "text": part("plain"),
            "html": part("html"),
            "defects": [str(defect) for piece in mail.walk() for defect in piece.defects],
        }
        print(json.dumps(told), flush=True)
        return "250 2.0.0 OK"


async def main():
    loop = asyncio.get_running_loop()
    mailbox = Mailbox()
    server = await loop.create_server(
        lambda: SMTP(mailbox, enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
