"""A page as its tags tell it: what is open, linked, named, headed. Strict about nesting."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

_VOID = {"meta", "link", "br", "input"}


class Page(HTMLParser):
    """One parsed page; ``faults`` lists everything that is not as it should be."""

    def __init__(self, path: Path) -> None:
        super().__init__(convert_charrefs=True)
        self.path, self.text, self.faults = path, path.read_text(encoding="utf-8"), []
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.headings: list[int] = []
        self.tables = self.captions = 0
        self.words: list[str] = []
        self.landmarks: list[str] = []
        self.feed(self.text)
        self.close()
        if self.open:
            self.faults.append(f"left open: {self.open}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._seen(tag, dict(attrs))
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._seen(tag, dict(attrs))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def said(self) -> str:
        return "".join(self.words)

    def _seen(self, tag: str, attrs: dict[str, str | None]) -> None:
        for name, value in attrs.items():
            if name == "style" or name.startswith("on"):
                self.faults.append(f"{name} on <{tag}>")
            if name in ("href", "src", "action") and value:
                self.links.append(value)
            if name == "id" and value:
                self.ids.append(value)
        if len(tag) == 2 and tag[0] == "h" and tag[1].isdigit():
            self.headings.append(int(tag[1]))
        if tag == "script" and not attrs.get("src"):
            self.faults.append("inline script")
        if tag == "th" and not attrs.get("scope"):
            self.faults.append(f"th without scope at {self.getpos()}")
        if tag == "svg" and not (attrs.get("aria-label") or attrs.get("aria-hidden")):
            self.faults.append(f"unnamed drawing at {self.getpos()}")
        if tag in ("header", "main", "footer", "nav") and "section" not in self.open:
            self.landmarks.append(tag)
        self.tables += tag == "table"
        self.captions += tag == "caption"
