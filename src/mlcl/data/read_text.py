"""From bytes to text: unpacking, encoding, NUL bytes; the result is a UTF-8 file."""

from __future__ import annotations

import codecs
import gzip
import zlib
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from mlcl.errors import DataError, ProblemError, did_you_mean, listing

_CHUNK = 1 << 22
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_USUAL = ("utf-8", "utf-16", "cp1252", "latin-1", "iso-8859-15", "cp1250", "cp1251", "shift_jis", "gb18030", "big5")


class Text(NamedTuple):
    """A UTF-8 file (perhaps with a BOM). quoted: whether it has double quotes."""

    path: Path
    quoted: bool
    notes: tuple[str, ...] = ()


def unpacked(path: Path, label: str, scratch: Path) -> Path:
    """The file itself, or what a gzip file holds."""
    if not is_gzip(path):
        return path
    target = scratch / (path.stem or "unpacked")
    try:
        with gzip.open(path) as packed, target.open("wb") as out:
            while chunk := packed.read(_CHUNK):
                out.write(chunk)
    except EOFError as error:
        raise DataError(
            "The gzip file ends too early: it was cut off.", where=label, fix="Fetch or write the file anew."
        ) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise DataError(
            "The gzip file is damaged.", where=label, found=str(error), fix="Fetch or write the file anew."
        ) from error
    return target


def is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def utf8(path: Path, label: str, scratch: Path, encoding: str | None = None) -> Text:
    """The file as UTF-8: the file itself where it is, else a copy below `scratch`. label: its name in messages."""
    wanted = _codec(encoding) if encoding else _announced(path)
    if wanted in (None, "utf-8", "utf-8-sig"):
        facts = _facts(path, label)
        if facts.fault is None:
            return Text(_lines(path, scratch) if facts.returns else path, facts.quoted)
        if wanted:
            raise _undecodable("UTF-8", path, label, facts.fault)
        wanted = _western(path, label, facts.fault)
    copy = scratch / "utf-8.txt"
    _transcode(path, label, str(wanted), copy)
    facts = _facts(copy, label)
    notes = () if encoding else (f"The file is not UTF-8; it was read as {wanted} (data.encoding can say otherwise).",)
    return Text(_lines(copy, scratch) if facts.returns else copy, facts.quoted, notes)


def line_at(path: Path, offset: int) -> int:
    """Number (from 1) of the line that holds the byte at `offset`."""
    line = 1
    for chunk in _chunks(path):
        line += chunk.count(b"\n", 0, min(offset, len(chunk)))
        offset -= len(chunk)
        if offset <= 0:
            break
    return line


class _Facts(NamedTuple):
    """fault: offset of the first byte that is not UTF-8; returns: lines end with a carriage return alone."""

    fault: int | None
    quoted: bool
    returns: bool


def _facts(path: Path, label: str) -> _Facts:
    quoted = newlines = returns = False
    decoder = codecs.getincrementaldecoder("utf-8")()
    offset = 0
    for chunk in _chunks(path):
        if b"\0" in chunk:
            raise _binary(path, label, offset + chunk.index(b"\0"))
        quoted = quoted or b'"' in chunk
        newlines, returns = newlines or b"\n" in chunk, returns or b"\r" in chunk
        fault = _fault(decoder, chunk)
        if fault is not None:
            return _Facts(offset + fault, quoted, False)
        offset += len(chunk)
    if decoder.getstate()[0]:
        return _Facts(offset - 1, quoted, False)
    return _Facts(None, quoted, returns and not newlines)


def _lines(path: Path, scratch: Path) -> Path:
    """A copy whose lines end as polars wants them."""
    copy = scratch / "lines.txt"
    with copy.open("wb") as out:
        out.writelines(chunk.replace(b"\r", b"\n") for chunk in _chunks(path))
    return copy


def _fault(decoder: codecs.IncrementalDecoder, chunk: bytes) -> int | None:
    pending = len(decoder.getstate()[0])
    if not pending and chunk.isascii():
        return None
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError as error:
        return error.start - pending
    return None


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk


def _codec(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError as error:
        raise ProblemError(
            "There is no such text encoding.",
            where="data.encoding",
            found=repr(encoding),
            fix=did_you_mean(encoding.lower(), _USUAL) or f"Use one of {listing(_USUAL)}.",
        ) from error


def _announced(path: Path) -> str | None:
    """The encoding that a byte-order mark, or the zeros of UTF-16, give away."""
    with path.open("rb") as file:
        head = file.read(4096)
    for bom, name in _BOMS.items():
        if head.startswith(bom):
            return name
    for start, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        zeros, others = head[start::2].count(0), head[1 - start :: 2].count(0)
        if zeros * 4 > len(head) and not others:
            return name
    return None


def _western(path: Path, label: str, fault: int) -> str:
    """The one-byte encoding of a file that is not UTF-8: Windows' where it decodes, else Latin-1."""
    with path.open("rb") as file:
        file.seek(max(0, fault - _CHUNK // 4))
        window = file.read(_CHUNK // 2)
    text = window.decode("utf-8", errors="replace")
    broken = text.count("\ufffd")
    if sum(not mark.isascii() for mark in text) > 4 * broken:
        raise _undecodable("UTF-8", path, label, fault)
    return "latin-1" if any(byte in window for byte in b"\x81\x8d\x8f\x90\x9d") else "cp1252"


def _transcode(path: Path, label: str, encoding: str, copy: Path) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    offset = 0
    with copy.open("wb") as out:
        for chunk in chain(_chunks(path), [b""]):
            pending = len(decoder.getstate()[0])
            try:
                out.write(decoder.decode(chunk, final=not chunk).encode("utf-8"))
            except UnicodeError as error:
                start = getattr(error, "start", 0)
                raise _undecodable(encoding, path, label, offset + start - pending) from error
            offset += len(chunk)


def _undecodable(encoding: str, path: Path, label: str, offset: int) -> DataError:
    with path.open("rb") as file:
        file.seek(max(0, offset))
        byte = file.read(1)
    return DataError(
        f"The file is not valid {encoding}.",
        where=f"{label}, line {line_at(path, offset)}",
        found=f"byte 0x{byte.hex()}" if byte else "",
        fix="Mend that line, or say data.encoding, for instance 'cp1252' or 'latin-1'.",
    )


def _binary(path: Path, label: str, offset: int) -> DataError:
    return DataError(
        "The file has NUL bytes: it is damaged, or no text file.",
        where=f"{label}, line {line_at(path, offset)}",
        fix="Write the file anew, or say data.format (or data.encoding, when it is UTF-16).",
    )
