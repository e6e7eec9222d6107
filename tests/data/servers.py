"""Servers on loopback that speak as OpenML, UCI, S3 and file servers do, their traps included."""

from __future__ import annotations

import gzip
import hashlib
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import parse_qs, unquote, urlsplit


class Reply(NamedTuple):
    """body_sent: how many bytes really go out before the connection drops (None: all)."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = MappingProxyType({})
    body_sent: int | None = None


class Asked(NamedTuple):
    path: str
    headers: dict[str, str]


Answer = Callable[[Asked], Reply]


class Server:
    """answers: by path (without the query). asked: every request, in order."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self.url = ""

    def file(self, path: str, body: bytes, **headers: str) -> None:
        """A file as a good server has it: ETag, conditional and partial requests."""
        self.answers[path] = lambda asked: _file(asked, body, headers)

    def once(self, path: str, *replies: Reply | Answer) -> None:
        """These replies first, one a request; then what the path answered so far."""
        waiting, usual = list(replies), self.answers.get(path)

        def answer(asked: Asked) -> Reply:
            reply = waiting.pop(0) if waiting else usual
            assert reply is not None
            return reply if isinstance(reply, Reply) else reply(asked)

        self.answers[path] = answer

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        found = self.answers.get(unquote(urlsplit(asked.path).path))
        return found(asked) if found else Reply(b"no such page", 404)


def _file(asked: Asked, body: bytes, extra: dict[str, str]) -> Reply:
    tag = f'"{hashlib.md5(body).hexdigest()}"'
    headers = {"ETag": tag, "Last-Modified": "Wed, 01 May 2024 10:00:00 GMT", "Accept-Ranges": "bytes", **extra}
    if asked.headers.get("if-none-match") == tag:
        return Reply(b"", 304, headers)
    wanted = asked.headers.get("range", "")
    if wanted.startswith("bytes=") and asked.headers.get("if-range", tag) == tag:
        start = int(wanted.removeprefix("bytes=").split("-")[0])
        if start >= len(body):
            return Reply(b"", 416, headers)
        return Reply(body[start:], 206, headers | {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"})
    return Reply(body, 200, headers)


def _json(value: Any, status: int = 200) -> Reply:
    return Reply(json.dumps(value).encode(), status, {"Content-Type": "application/json"})


@contextmanager
def serving() -> Iterator[Server]:
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()})
            reply = server.answer(asked)
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body[: reply.body_sent])
            if reply.body_sent is not None:
                self.close_connection = True

        do_HEAD = do_GET

        def log_message(self, *args: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            """Clients of these tests hang up; that is no fault."""

    listening = Quiet(("127.0.0.1", 0), Handler)
    listening.daemon_threads = True
    thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    server.url = f"http://127.0.0.1:{listening.server_port}"
    try:
        yield server
    finally:
        listening.shutdown()
        listening.server_close()
        thread.join()


# OpenML --------------------------------------------------------------------------------------------------------------

IRIS = b"""% Iris
@RELATION 'iris plants'
@ATTRIBUTE sepallength REAL
@attribute 'petal width' numeric
@attribute\tid integer
@attribute class {Iris-setosa, 'Iris, other', "it's"}
@DATA
5.1, 0.2, 1, Iris-setosa
% a comment
4.9,?,2,'Iris, other'
4.7,0.4,3,"it's"

"""


def collapsed(values: list[str]) -> list[str] | str:
    """OpenML's XML-to-JSON conversion: a list of one entry becomes that entry."""
    return values[0] if len(values) == 1 else values


def add_openml(server: Server, number: int = 61, body: bytes = IRIS, **changes: Any) -> dict[str, Any]:
    """A data set as the REST interface shows it: every scalar a text. changes: keys of the description."""
    about = {
        "id": str(number), "name": "iris", "version": "1", "description": "**Author**: R.A. Fisher", "format": "ARFF",
        "description_version": "1", "creator": collapsed(["R.A. Fisher"]), "upload_date": "2014-04-06T23:23:39",
        "licence": "Public", "url": f"{server.url}/data/v1/download/{number}/iris.arff", "file_id": str(number),
        "default_target_attribute": "class", "row_id_attribute": collapsed(["id"]), "version_label": "1",
        "tag": ["study_1", "uci"], "visibility": "public", "status": "active",
        "processing_date": "2018-10-03 21:37:04", "md5_checksum": hashlib.md5(body).hexdigest(), **changes,
    }  # fmt: skip
    about = {key: value for key, value in about.items() if value is not None}
    server.answers[f"/data/{number}"] = lambda _: _json({"data_set_description": about})
    server.file(f"/data/v1/download/{number}/iris.arff", body)
    return about


def add_openml_packed(server: Server, number: int, body: bytes) -> None:
    """The download packed, whatever the client accepts."""
    path = f"/data/v1/download/{number}/iris.arff"
    server.answers[path] = lambda _: Reply(gzip.compress(body), 200, {"Content-Encoding": "gzip"})


def add_openml_list(server: Server, name: str, numbers: list[int], choice: str = "status/active") -> None:
    """The list call: here ids and versions are numbers."""
    found = [
        {"did": number, "name": name, "version": 1, "status": "active", "format": "ARFF", "file_id": number,
         "quality": [{"name": "NumberOfInstances", "value": "150.0"}]}
        for number in numbers
    ]  # fmt: skip
    server.answers[f"/data/list/data_name/{name}/limit/2/{choice}/"] = lambda _: _json({"data": {"dataset": found}})


def openml_error(code: str, message: str, more: str | None = None) -> Answer:
    error = {"code": code, "message": message} | ({"additional_information": more} if more else {})
    return lambda _: _json({"error": error}, 412)


# UCI -----------------------------------------------------------------------------------------------------------------

BANK = b"age,job,day_of_week,y\n58,management,5,no\n44,,5,yes\n33,entrepreneur,5,no\n"


def add_uci(server: Server, number: int = 222, body: bytes = BANK, **changes: Any) -> None:
    """A data set as the API shows it; failures are HTTP 200 with another status in the body."""
    about = {
        "uci_id": number, "name": "Bank Marketing", "data_url": f"{server.url}/static/public/{number}/data.csv",
        "repository_url": "https://archive.ics.uci.edu/dataset/222/bank+marketing", "abstract": "...",
        "area": "Business", "tasks": ["Classification"], "characteristics": ["Multivariate"], "num_instances": 45211,
        "num_features": 16, "feature_types": ["Categorical", "Integer"], "demographics": ["Age"], "target_col": ["y"],
        "index_col": None, "has_missing_values": "yes", "missing_values_symbol": "NaN",
        "year_of_dataset_creation": 2014, "last_updated": "Fri Aug 18 2023", "dataset_doi": "10.24432/C5K306",
        "creators": ["S. Moro", "P. Rita", "P. Cortez"], "intro_paper": None, "additional_info": {"summary": "..."},
        "variables": [
            {"name": "age", "role": "Feature", "type": "Integer", "demographic": "Age", "description": None,
             "units": None, "missing_values": "no"},
            {"name": "y", "role": "Target", "type": "Binary", "demographic": None, "description": "subscribed?",
             "units": None, "missing_values": "no"},
        ], **changes,
    }  # fmt: skip

    def answer(asked: Asked) -> Reply:
        query = parse_qs(urlsplit(asked.path).query)
        if query.get("id") == [str(number)] or query.get("name") == [about["name"]]:
            return _json({"status": 200, "data": about})
        return _json({"status": 404, "message": "Dataset not found in repository"})

    server.answers["/api/dataset"] = answer
    server.file(f"/static/public/{number}/data.csv", body)
