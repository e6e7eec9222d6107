"""Receivers of notices on loopback: a webhook that answers as told, and a mail server that speaks just enough SMTP."""

from __future__ import annotations

import base64
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import Message
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple


class Post(NamedTuple):
    headers: dict[str, str]
    body: bytes


class Hook:
    """answers: what to do with each post in turn, the last one for all that follow: a status, or a function of the
    handler."""

    def __init__(self, *answers: int | Callable[[Any], None]) -> None:
        self.answers, self.posts = list(answers or (200,)), list[Post]()
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                hook.posts.append(Post({name.lower(): value for name, value in self.headers.items()}, body))
                answer = hook.answers.pop(0) if len(hook.answers) > 1 else hook.answers[0]
                if callable(answer):
                    answer(self)
                    return
                self.send_response(answer)
                if 300 <= answer < 400:
                    self.send_header("location", f"{hook.url}/elsewhere")
                self.send_header("content-length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, *_: Any) -> None:
                pass  # a caller that gave up

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Hook:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Mailbox:
    """refuse: the command that is answered with 550; certificate: offers STARTTLS with it; password: of user 'me'."""

    def __init__(self, refuse: str = "", certificate: Path | None = None, password: str = "") -> None:
        self.refuse, self.certificate, self.password = refuse, certificate, password
        self.mails: list[Message] = []
        self.secured: list[bool] = []
        self._server = _MailServer(("127.0.0.1", 0), _Conversation)
        self._server.box = self
        self.port = self._server.server_address[1]

    def __enter__(self) -> Mailbox:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _MailServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    box: Mailbox

    def handle_error(self, *_: Any) -> None:
        pass  # a caller that hung up


class _Conversation(socketserver.StreamRequestHandler):
    server: _MailServer
    encrypted = False

    def handle(self) -> None:
        self.say("220 test")
        while line := self.rfile.readline():
            verb, _, rest = line.decode().strip().partition(" ")
            if verb.upper() == self.server.box.refuse:
                self.say("550 refused")
            else:
                getattr(self, verb.lower(), self.other)(rest)
            if verb.upper() == "QUIT":
                return

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def other(self, rest: str) -> None:
        self.say("250 OK")

    def quit(self, rest: str) -> None:
        self.say("221 bye")

    def ehlo(self, rest: str) -> None:
        box = self.server.box
        offers = ["STARTTLS"] if box.certificate and not self.encrypted else []
        for offer in ["test", *offers]:
            self.say(f"250-{offer}")
        self.say("250 AUTH PLAIN" if box.password else "250 OK")

    def starttls(self, rest: str) -> None:
        self.say("220 go on")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        assert self.server.box.certificate
        context.load_cert_chain(self.server.box.certificate)
        self.connection = context.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.encrypted = True

    def auth(self, rest: str) -> None:
        given = base64.b64decode(rest.split(" ")[1]).decode().split("\0")[1:]
        self.say("235 welcome" if given == ["me", self.server.box.password] else "535 wrong password")

    def data(self, rest: str) -> None:
        self.say("354 go on")
        lines = list(iter(self.rfile.readline, b".\r\n"))
        self.server.box.mails.append(message_from_bytes(b"".join(lines), policy=default))
        self.server.box.secured.append(self.encrypted)
        self.say("250 OK")

    def finish(self) -> None:
        super().finish()
        self.connection.close()


@contextmanager
def certificate(folder: Path) -> Iterator[Path]:
    """A self-signed certificate of 'localhost' with its key."""
    file, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(file)]
    subprocess.run(command, check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + key.read_bytes())
    yield file
