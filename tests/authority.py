"""A real timestamp authority: `openssl ts` behind a small HTTP server on this machine."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

CONFIGURATION = """
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
certs = {folder}/ca.pem
signer_digest = sha256
default_policy = 1.2.3.4
digests = sha256, sha384, sha512
ess_cert_id_alg = sha256
[extensions]
extendedKeyUsage = critical, timeStamping
"""


def openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)


class Authority:
    """A timestamp authority with its own root. It may be down, or send something else than its answer.

    `misread` is what it makes of a query, `spoil` of its answer. `is_silent`: after these bytes it says nothing more,
    until it is let go. `asked` counts.
    """

    def __init__(self, folder: Path, *key: str) -> None:
        self.folder = folder
        self.heal()
        folder.mkdir()
        self.configuration = folder / "openssl.cnf"
        self.configuration.write_text(CONFIGURATION.format(folder=folder), encoding="utf-8")
        (folder / "serial").write_text("01", encoding="utf-8")
        ca, ca_key, request = folder / "ca.pem", folder / "ca.key", folder / "tsa.csr"
        new = ("req", "-newkey", *key, "-nodes")
        openssl(*new, "-x509", "-keyout", ca_key, "-out", ca, "-days", "3650", "-subj", "/CN=Root")
        openssl(*new, "-keyout", folder / "tsa.key", "-out", request, "-subj", "/CN=TSA")
        extensions = ("-extfile", self.configuration, "-extensions", "extensions")
        signing = ("-CA", ca, "-CAkey", ca_key, "-CAcreateserial", "-days", "3650", *extensions)
        openssl("x509", "-req", "-in", request, *signing, "-out", folder / "tsa.pem")

    def heal(self) -> None:
        """Answer as an authority should, from now on."""
        self.is_down, self.status, self.asked = False, 200, 0
        self.spoil: Callable[[bytes], bytes] = bytes
        self.misread: Callable[[bytes], bytes] = bytes
        self.silent_after: bytes | None = None
        self.let_go = Event()

    def answer(self, query: bytes) -> bytes:
        asked, answer = self.folder / "query", self.folder / "answer"
        asked.write_bytes(self.misread(query))
        openssl("ts", "-reply", "-config", self.configuration, "-queryfile", asked, "-out", answer)
        return self.spoil(answer.read_bytes())


@contextmanager
def served(authority: Authority) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            authority.asked += 1
            answer = b"" if authority.is_down else authority.answer(query)
            self.send_response(503 if authority.is_down else authority.status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            with suppress(ConnectionError):  # whoever asked may have heard enough
                self.wfile.write(answer if authority.silent_after is None else authority.silent_after)
            if authority.silent_after is not None:
                authority.let_go.wait()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        authority.let_go.set()
        server.shutdown()
