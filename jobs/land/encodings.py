"""Which encoding bytes are in, beside the one that was declared: proposals, and contradictions that decode.

UTF-8 and Big5 read as GB18030 mostly decode without an error, to characters that hardly anybody writes. So a text of
unusual characters that reads as a usual one in another encoding contradicts its declaration.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from jobs.errors import SourceError

SAMPLE = 1 << 16
_CHINESE = ("utf-8", "gb18030", "big5")
_USUAL, _UNUSUAL = 0.85, 0.6
_TWO_CHARACTERS = 6
"""Bytes of two Chinese characters of UTF-8."""
_ALIEN_CHARACTERS = 4
"""Three-byte characters in one line that make it UTF-8: two of GB18030's would have to fit by chance twice over."""


def found_encoding(raw: bytes) -> str | None:
    """The encoding that a sample of bytes reads as; None where nothing is plain. The sample may end in a character."""
    for mark, name in ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if raw.startswith(mark):
            return name
    sample = raw[:SAMPLE]
    nulls = sample[0::2].count(0), sample[1::2].count(0)
    if max(nulls) * 8 > len(sample):
        return "utf-16-be" if nulls[0] > nulls[1] else "utf-16-le"
    readings = {name: text for name in _CHINESE if (text := _read(sample, name)) is not None}
    scores = {name: _usual_share(text) for name, text in readings.items()}
    best = max(scores, key=lambda name: scores[name], default=None)
    return best if best and scores[best] >= _USUAL else None


def require_declared(raw: bytes, encoding: str) -> None:
    """SourceError where the beginning of a file decodes as declared and yet reads as another encoding."""
    sample = raw[:SAMPLE]
    if sample.isascii() or encoding.startswith("utf-16"):
        return
    text = _read(sample, encoding)
    if text is None or _usual_share(text) > _UNUSUAL:
        return
    found = None if encoding.startswith("utf-8") else _other_reading(sample, encoding)
    if found:
        raise SourceError(
            f"the text reads as {found}, not as {encoding}",
            remedy=f"Declare `encoding: {found}`, or ask for the file in {encoding}",
        )
    if encoding in ("utf-8", "utf-8-sig") and _was_misread(text):
        problem = "the text was once decoded wrongly and saved: it reads as UTF-8 taken for another encoding"
        raise SourceError(problem, remedy="Ask for the file as its system writes it")


def require_one(raw: bytes, encoding: str, before: int) -> None:
    """SourceError where UTF-8 stands in a block of a Chinese encoding: files of two offices were put together."""
    if raw.isascii():
        return
    codes = np.frombuffer(raw, np.uint8)
    if len(codes) < _TWO_CHARACTERS:
        return
    lead, tail = (codes - np.uint8(0xE3)) < 7, (codes & 0xC0) == 0x80
    character = lead[:-2] & tail[1:-1] & tail[2:]
    places = np.flatnonzero(character[:-3] & character[3:])
    seen = -1
    for place in places.tolist():
        if place <= seen:
            continue
        start = raw.rfind(b"\n", 0, place) + 1
        seen = raw.find(b"\n", place)
        seen = seen if seen >= 0 else len(raw)
        if _is_alien(raw[start:seen]):
            problem = f"the line at byte {before + start + 1} is UTF-8 in a file of {encoding}"
            raise SourceError(problem, remedy="Ask for the file in one encoding")


def _is_alien(line: bytes) -> bool:
    try:
        text = line.decode()
    except UnicodeDecodeError:
        return False
    return sum("\u3000" <= character <= "\u9fff" for character in text) >= _ALIEN_CHARACTERS


def _other_reading(sample: bytes, encoding: str) -> str | None:
    for name in _CHINESE:
        if name == encoding or encoding.startswith(name) or {name, encoding} == {"gb18030", "gbk"}:
            continue
        text = _read(sample, name)
        if text is not None and _usual_share(text) >= _USUAL:
            return name
    return None


def _was_misread(text: str) -> bool:
    for wrong in ("gb18030", "latin-1", "cp1252"):
        try:
            twice = text.removeprefix("\ufeff").encode(wrong)
        except UnicodeEncodeError:
            continue
        again = _read(twice, "utf-8")
        if again and _usual_share(again) >= _USUAL and sum(character > "\u2fff" for character in again) > 2:
            return True
    return False


def _read(sample: bytes, encoding: str) -> str | None:
    """The sample in an encoding, without a character that its end may have cut; None where it does not decode."""
    for cut in range(4):
        try:
            return sample[: len(sample) - cut].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start < len(sample) - 4:
                return None
    return None


def _usual_share(text: str) -> float:
    """Share of usual characters among those beyond ASCII; 0 where there is none."""
    beyond = [character for character in text if character > "\x7f" and character != "\ufeff"]
    usual = usual_characters()
    return sum(character in usual for character in beyond) / len(beyond) if beyond else 0.0


@lru_cache
def usual_characters() -> frozenset[str]:
    """Level 1 of GB 2312 and of Big5, their punctuation, and what is written full-width."""
    trails = [*range(0x40, 0x7F), *range(0xA1, 0xFF)]
    simplified = bytes(b for lead in range(0xB0, 0xD8) for trail in range(0xA1, 0xFF) for b in (lead, trail))
    traditional = bytes(b for lead in range(0xA4, 0xC7) for trail in trails for b in (lead, trail))
    marks = "，。、；：？！“”‘’（）《》〈〉【】—…·￥％／－＋＝　" + "".join(map(chr, range(0xFF10, 0xFF5B)))
    return frozenset(simplified.decode("gb2312", "ignore") + traditional.decode("big5", "ignore") + marks)
