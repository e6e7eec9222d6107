"""Reads a page as a browser's parser would: which elements it has, with which attributes, and whether they close."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "input", "br", "col", "link", "img", "hr", "base", "source", "embed", "area", "wbr", "param", "track"}


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []  # element, attribute, value
        self.data: list[tuple[str, str]] = []  # element, text directly in it
        self.faults: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        names = [name for name, _ in attrs]
        self.faults += [f"<{tag}> has {name} twice" for name in set(names) if names.count(name) > 1]
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> closes {self.open[-1:]}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open:
            self.data.append((self.open[-1], data))

    def values(self, attribute: str) -> list[str]:
        return [value for _, name, value in self.attributes if name == attribute]

    def within(self, tag: str) -> list[str]:
        return [text for name, text in self.data if name == tag]

    @property
    def text(self) -> str:
        """What a reader sees, scripts and styles left out."""
        shown = (text for tag, text in self.data if tag not in ("script", "style", "nav"))
        return "\n".join(shown).replace("\N{NO-BREAK SPACE}", " ")
