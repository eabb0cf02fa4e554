"""A real timestamp authority: `openssl ts` behind a small HTTP server on this machine."""

import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
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
    """A timestamp authority with its own root. It may be down, or send something else than its answer."""

    def __init__(self, folder: Path, *key: str) -> None:
        self.folder, self.is_down = folder, False
        self.spoil: Callable[[bytes], bytes] = bytes
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

    def answer(self, query: bytes) -> bytes:
        asked, answer = self.folder / "query", self.folder / "answer"
        asked.write_bytes(query)
        openssl("ts", "-reply", "-config", self.configuration, "-queryfile", asked, "-out", answer)
        return self.spoil(answer.read_bytes())


@contextmanager
def served(authority: Authority) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            answer = b"" if authority.is_down else authority.answer(query)
            self.send_response(503 if authority.is_down else 200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
