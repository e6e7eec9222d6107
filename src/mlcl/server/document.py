"""`python -m mlcl.server.document` prints the OpenAPI document, from which the page's client is generated."""

from __future__ import annotations

import sys

import orjson

from mlcl.server.app import create, document


def text() -> bytes:
    """The document as JSON with a stable order."""
    return orjson.dumps(document(create()), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


if __name__ == "__main__":
    sys.stdout.buffer.write(text())
