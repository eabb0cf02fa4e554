"""gunicorn's worker for requests that come slowly: it begins with one only when all of it is here.

A worker of gunicorn's own reads while it works, so that as many half-sent requests as there are workers silence the
site. This one collects each request and hands out each answer beside its work, in files that begin in memory; the work
itself is gunicorn's, one request after another. Behind a proxy that buffers it costs nothing; without one it is needed.

What nobody may send is refused by its header (`yiyang/bodies.py`), before a byte of its body is kept.
"""

from __future__ import annotations

import os
import re
import selectors
import socket
import tempfile
import time
from contextlib import suppress
from typing import IO, Any

from gunicorn import util
from gunicorn.workers.sync import SyncWorker

from yiyang.bodies import CROWDED, FULL, Refusal, length_of, refusal_of

HEAD_SECONDS = 15.0  # from the connection to the end of the header
SILENT_SECONDS = 30.0  # without a byte in either direction
LONGEST_SECONDS = 900.0  # for the whole of a request: 50 MB on a line of half a megabit
MOST_OPEN = 400  # connections of one worker, two files each; beyond, the one that is silent longest is closed
MOST_HEAD = 64 * 1024
SHORTEST = 0.1  # seconds; what has only begun is not yet to be called slow
LATELY = 5.0  # seconds over which it is seen how fast one sends
MOST_KEPT = 320 * 1024 * 1024  # of all requests of a worker that are not whole; beyond, the slowest goes
IN_MEMORY = 64 * 1024
PIECE = 256 * 1024
HEAD_ENDS = b"\r\n\r\n"
EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue", re.IGNORECASE)
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
READS_ON_SECONDS = 10.0  # what is still sent after a refusal, so that it is read and not lost with the connection


def _kept() -> IO[bytes]:
    """Return a file in memory, which moves to the disk when it grows."""
    return tempfile.SpooledTemporaryFile(IN_MEMORY)


class Connection:
    """One connection: what has come of its request, and then what is to go of its answer."""

    def __init__(self, sock: socket.socket, address: Any, listener: Any) -> None:
        self.sock, self.address, self.listener = sock, address, listener
        self.began = self.heard = time.monotonic()
        self.came, self.goes = _kept(), _kept()
        self.head, self.size, self.needed = b"", 0, -1
        self.since, self.before, self.lately = self.began, 0, 0
        self.refusal: Refusal | None = None
        self.is_answered = self.is_read_on = False
        self.unsent = b""

    def take(self) -> bool:
        """Read what is there; True when the request is whole, or is to be answered anyway. Raises OSError."""
        piece = self.sock.recv(PIECE)
        if not piece:
            raise ConnectionResetError
        self.heard = time.monotonic()
        self.came.write(piece)
        self.size += len(piece)
        if self.heard - self.since > LATELY:
            self.since, self.before, self.lately = self.heard, self.lately, 0
        self.lately += len(piece)
        return self._read_head(piece) if self.needed < 0 else self.size >= self.needed

    def read_on(self) -> bool:
        """Read and forget what is still sent; True when the other side has ended. Raises OSError."""
        return not self.sock.recv(PIECE)

    def speed(self, now: float) -> float:
        """Return how many bytes a second have come lately: who has filled much and then hardly sends is slow."""
        passed = now - self.since
        if passed > LATELY:
            return self.lately / passed if passed < 2 * LATELY else 0.0
        return (self.before + self.lately) / max(min(passed + LATELY, now - self.began), SHORTEST)

    def is_late(self, now: float) -> bool:
        """Whether nobody waits for this one any longer."""
        longest = READS_ON_SECONDS if self.is_read_on else LONGEST_SECONDS
        if now - self.heard > SILENT_SECONDS or now - self.began > longest:
            return True
        return self.needed < 0 and not self.is_answered and now - self.began > HEAD_SECONDS

    def send_some(self) -> bool:
        """Send what the other side takes; True when all is gone. Raises OSError."""
        while True:
            if not self.unsent:
                self.unsent = self.goes.read(PIECE)
            if not self.unsent:
                return True
            try:
                sent = self.sock.send(self.unsent)
            except BlockingIOError:
                return False
            self.heard = time.monotonic()
            self.unsent = self.unsent[sent:]

    def close(self) -> None:
        for each in (self.sock, self.came, self.goes):
            with suppress(OSError):
                each.close()

    def _read_head(self, piece: bytes) -> bool:
        self.head += piece
        ends = self.head.find(HEAD_ENDS)
        if ends < 0:
            return len(self.head) > MOST_HEAD  # gunicorn says what is wrong with it
        head = self.head[: ends + 2]
        self.needed = ends + len(HEAD_ENDS) + length_of(head)
        self.refusal = refusal_of(head)
        self.head = b""
        if self.refusal or self.size >= self.needed:
            return True
        if EXPECTS.search(head):
            self.sock.send(GO_ON)
        return False


class Recorded:
    """What gunicorn takes for the socket: it reads the request that has come, and writes the answer that will go."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        connection.came.seek(0)

    def recv(self, size: int) -> bytes:
        return self._connection.came.read(size)

    def sendall(self, data: bytes) -> None:
        self._connection.goes.write(data)

    def send(self, data: bytes) -> int:
        """gunicorn sends nothing in this way but leave to go on, which has been given."""
        return len(data)

    def shutdown(self, how: int) -> None:
        pass

    def settimeout(self, seconds: float) -> None:
        pass

    def gettimeout(self) -> float:
        """Asked before an answer to what is no request (400, 414, 431), which is written like any other."""
        return 0.0

    def setblocking(self, flag: bool) -> None:  # noqa: FBT001 -- as sockets have it
        pass

    def close(self) -> None:
        pass


class PatientWorker(SyncWorker):  # type: ignore[misc]  # gunicorn has no types
    """Waits for whole requests on all connections at once, and does one after another."""

    def run(self) -> None:
        self._open: dict[int, Connection] = {}
        with selectors.DefaultSelector() as self._selector:
            for listener in self.sockets:
                listener.setblocking(False)  # noqa: FBT003 -- sockets know no keyword
                self._selector.register(listener, selectors.EVENT_READ, listener)
            self._selector.register(self.PIPE[0], selectors.EVENT_READ, None)
            while self.alive and self.is_parent_alive():
                self.notify()
                self._turn(1.0)
            self._let_go()

    def _turn(self, seconds: float) -> None:
        for key, _ in self._selector.select(seconds):
            if key.data is None:
                with suppress(BlockingIOError):
                    os.read(self.PIPE[0], 1)
            elif isinstance(key.data, Connection):
                if key.fd in self._open:
                    self._go_on(key.data)
            elif self.alive:
                self._accept_one(key.data)
        self._drop_late()

    def _accept_one(self, listener: Any) -> None:
        try:
            sock, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        sock.setblocking(False)  # noqa: FBT003 -- sockets know no keyword
        util.close_on_exec(sock)
        if len(self._open) >= MOST_OPEN:
            self._close(min(self._open.values(), key=lambda each: each.heard))
        connection = Connection(sock, address, listener)
        self._open[sock.fileno()] = connection
        self._selector.register(sock, selectors.EVENT_READ, connection)
        self._go_on(connection)  # a browser's request is mostly here at once

    def _go_on(self, connection: Connection) -> None:
        try:
            if connection.is_read_on:
                if connection.read_on():
                    self._close(connection)
            elif not connection.is_answered:
                if connection.take():
                    self._answer(connection)
                else:
                    self._make_room()
            elif connection.send_some():
                self._end(connection)
        except BlockingIOError:
            return
        except ConnectionError:
            self._close(connection)
        except OSError as error:  # no room for what comes, mostly
            self.log.warning("a request is not kept: %s", error)
            self._refuse(connection, FULL)

    def _make_room(self) -> None:
        """Refuse the slowest of those that are not whole, when together they are too much."""
        unfinished = [each for each in self._open.values() if not each.is_answered]
        if sum(each.size for each in unfinished) > MOST_KEPT:
            now = time.monotonic()
            large = [each for each in unfinished if each.size > IN_MEMORY]
            self._refuse(min(large, key=lambda each: each.speed(now)), CROWDED)

    def _answer(self, connection: Connection) -> None:
        if connection.refusal:
            self._refuse(connection, connection.refusal)
            return
        self._selector.unregister(connection.sock)
        self.handle(connection.listener, Recorded(connection), connection.address)
        self.notify()
        self._hand_out(connection)

    def _refuse(self, connection: Connection, refusal: Refusal) -> None:
        with suppress(KeyError, ValueError):
            self._selector.unregister(connection.sock)
        said = refusal.page
        connection.refusal = refusal
        connection.goes = _kept()
        connection.goes.write(
            b"HTTP/1.1 %d -\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n"
            b"Retry-After: 60\r\nConnection: close\r\n\r\n%s" % (refusal.status, len(said), said)
        )
        self._hand_out(connection)

    def _hand_out(self, connection: Connection) -> None:
        connection.came.close()
        connection.is_answered, connection.heard = True, time.monotonic()
        connection.began = connection.heard
        connection.goes.seek(0)
        self._selector.register(connection.sock, selectors.EVENT_WRITE, connection)
        try:
            if connection.send_some():
                self._end(connection)
        except OSError:
            self._close(connection)

    def _end(self, connection: Connection) -> None:
        """Close when the answer is gone; after a refusal read on for a while, or the other side loses the answer."""
        if connection.refusal is None:
            self._close(connection)
            return
        connection.is_read_on = True
        connection.began = connection.heard = time.monotonic()
        connection.goes.close()
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_WR)
        self._selector.modify(connection.sock, selectors.EVENT_READ, connection)

    def _drop_late(self) -> None:
        now = time.monotonic()
        for connection in [each for each in self._open.values() if each.is_late(now)]:
            self._close(connection)

    def _close(self, connection: Connection) -> None:
        self._open.pop(connection.sock.fileno(), None)
        with suppress(KeyError, ValueError):
            self._selector.unregister(connection.sock)
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_WR)
        connection.close()

    def _let_go(self) -> None:
        """Hand out the answers that are made, for a few seconds; requests that are not whole are dropped."""
        for connection in [each for each in self._open.values() if not each.is_answered or each.is_read_on]:
            self._close(connection)
        for listener in self.sockets:
            self._selector.unregister(listener)
        ends = time.monotonic() + 5
        while self._open and time.monotonic() < ends:
            self.notify()
            self._turn(0.5)
