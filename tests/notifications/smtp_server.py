"""A small real SMTP server (RFC 5321) that keeps what it is given, refuses or holds its breath when told to."""

from __future__ import annotations

import socketserver
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from threading import Condition, Event, Thread
from typing import cast

TOO_LATE = 60.0  # seconds; a test that waits longer has failed


class _Talk(socketserver.StreamRequestHandler):
    """One conversation with a client."""

    @property
    def house(self) -> SmtpServer:
        return cast(_Listener, self.server).house

    def handle(self) -> None:
        house = self.house
        house.connected.set()
        house.may_greet.wait(TOO_LATE)
        try:
            self.say("220 test.invalid")
            while line := self.rfile.readline().decode().strip():
                if not self.answer(line.upper()):
                    return
        except OSError:
            return  # the client is gone, as it is when a worker is killed

    def answer(self, line: str) -> bool:
        """Answer one command; False ends the conversation."""
        if line.startswith("RCPT") and self.house.refusal:
            self.house.refused.set()
            self.say(self.house.refusal)
        elif line.startswith("DATA"):
            self.say("354 go on")
            self.house.keep(self.letter())
            self.house.may_confirm.wait(TOO_LATE)
            self.say("250 taken")
        elif line.startswith("QUIT"):
            self.say("221 goodbye")
            return False
        else:
            self.say("250 test.invalid" if line.startswith(("EHLO", "HELO")) else "250 fine")
        return True

    def letter(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class _Listener(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, house: SmtpServer) -> None:
        self.house = house
        super().__init__(("127.0.0.1", 0), _Talk)


class SmtpServer:
    """`letters` are those the server took, whether or not it could still say so."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.refusal = ""  # e.g. "451 come back later"
        self.connected, self.refused = Event(), Event()
        self.may_greet, self.may_confirm = Event(), Event()
        self.may_greet.set()
        self.may_confirm.set()
        self._arrival = Condition()
        self._listener = _Listener(self)
        self.port = self._listener.server_address[1]

    def keep(self, letter: bytes) -> None:
        with self._arrival:
            self.letters.append(message_from_bytes(letter, policy=policy.default))
            self._arrival.notify_all()

    def wait_for(self, count: int) -> list[EmailMessage]:
        """Return the letters once there are `count`; fails when they do not come."""
        with self._arrival:
            assert self._arrival.wait_for(lambda: len(self.letters) >= count, TOO_LATE), f"{len(self.letters)} came"
            return list(self.letters)

    def wait_for_title(self, words: str) -> EmailMessage:
        """Return the first letter whose subject contains the words; fails when it does not come."""
        with self._arrival:
            self._arrival.wait_for(lambda: self._titled(words) is not None, TOO_LATE)
            found = self._titled(words)
            assert found is not None, [letter["Subject"] for letter in self.letters]
            return found

    def _titled(self, words: str) -> EmailMessage | None:
        return next((letter for letter in self.letters if words in letter["Subject"]), None)

    @contextmanager
    def running(self) -> Iterator[SmtpServer]:
        thread = Thread(target=self._listener.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield self
        finally:
            self.may_greet.set()
            self.may_confirm.set()
            self._listener.shutdown()
            thread.join()
            self._listener.server_close()
