"""What an HTTP address gives, as one delivery a day: a file as it is, or the records of an API, one JSON text a line.

An answer that may pass (429, 500, 502, 503, 504, a broken connection) is asked for again, as late as the server wants,
a bounded number of times. Certificates are verified, against the named authority alone where one is named.
"""

from __future__ import annotations

import contextlib
import email.utils
import logging
import re
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from jobs.contracts import Access
from jobs.errors import SourceError, SourceUnavailable
from jobs.extract.blobs import Sink
from jobs.extract.files import shown
from jobs.extract.pages import Reading, read_page
from jobs.extract.source import Asked, Fetched, Offer

_PASSING = {429, 500, 502, 503, 504}
_TRIES = 5
_MAX_WAIT = 60.0
_FIRST_WAIT = 0.5
_TIMEOUT = httpx.Timeout(60, connect=20)
_MAX_PAGE = 64 << 20
_CHUNK = 1 << 20
_DAY = re.compile(r"\{date\}|\{since\}")
_LOGGERS = ("httpx", "httpcore")
"""They write whole addresses, with whatever secret stands in a parameter."""


Result = TypeVar("Result")


@dataclass(frozen=True)
class _Not:
    """No answer that can be used: why, and when the server wants to be asked again."""

    why: SourceError
    wait: str = ""


class Api:
    """The API of one resource. ``fill`` puts secrets in the place of their names."""

    def __init__(self, access: Access, asked: Asked, has_all: bool, fill: Callable[[str | None], str]) -> None:
        self._access, self._asked, self._has_all = access, asked, has_all
        days = {"{date}": asked.as_of, "{since}": asked.since}
        self._params: dict[str, str | int] = {
            name: fill(_DAY.sub(lambda match: days[match[0]], value)) for name, value in access.params.items()
        }
        user, password = fill(access.user), fill(access.password)
        for name in _LOGGERS:
            logging.getLogger(name).setLevel(logging.WARNING)
        try:
            self._client = httpx.Client(
                headers={name: fill(value) for name, value in access.headers.items()},
                auth=(user, password) if user else None,
                verify=_trusted(fill(access.ca)),
                timeout=_TIMEOUT,
                trust_env=False,
            )
        except UnicodeError:
            problem = "a header holds characters that HTTP cannot carry"
            raise SourceError(problem, remedy="Correct `headers`, or the secrets that they name") from None

    def __enter__(self) -> Api:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._client.close()

    def offers(self) -> Iterator[Offer]:
        """The day's records, unless the day was taken before."""
        if not self._asked.is_taken:
            day = self._asked.as_of
            yield Offer(shown(urlsplit(self._access.url or "").path or "/"), day, 1, f"{day}T23:59:59", self._fetch)

    def _fetch(self, sink: Sink) -> Fetched:
        """The file at the address, or all pages of its records."""
        return self._records(sink) if self._access.records is not None else self._file(sink)

    def _file(self, sink: Sink) -> Fetched:
        """What the address gives, byte for byte; SourceError where nobody could tell whether all of it came."""

        def take(answer: httpx.Response) -> None:
            if not {"content-length", "transfer-encoding"} & set(answer.headers):
                problem = "the server does not say how long the file is: one that broke off would look whole"
                raise SourceError(problem, remedy="Ask for `Content-Length`, or for the file on another way")
            for chunk in answer.iter_bytes(_CHUNK):
                sink.write(chunk)

        self._insist(self._params, sink, take)
        if not sink.size:
            raise SourceError("the file is empty", remedy="Ask the department")
        return Fetched()

    def _records(self, sink: Sink) -> Fetched:
        """All pages, once; a second time where the API tells no total or two pages share a record: two readings that
        differ are no delivery."""
        reading = self._read(sink, sink.write)
        if self._access.paging is not None and (reading.total is None or reading.is_doubtful):
            again = self._read(sink, lambda _: 0)
            if again.content.digest() != reading.content.digest():
                problem = "the source changed while it was read: two readings differ"
                remedy = "Run again, at an hour when nobody writes, or name `paging: {total: …}`"
                raise SourceError(problem, remedy=remedy)
        if not reading.rows and self._has_all:
            problem = "the answer holds no record, where all records of the resource are expected"
            raise SourceError(
                problem, remedy="Ask the department; withdraw a resource by an empty file, not by silence"
            )
        return Fetched({"rows": reading.rows, "pages": reading.pages}, is_delivery=reading.rows > 0)

    def _read(self, sink: Sink, write: Callable[[bytes], int]) -> Reading:
        reading, is_more = Reading(self._access.paging), True
        while is_more:
            text = self._insist(self._params | reading.question(), sink, lambda answer: _text(answer, sink))
            page = read_page(text, self._access.records or "")
            is_more = reading.add(page)
            write("".join(f"{record}\n" for record in page.records).encode("utf-8", "surrogatepass"))
        return reading

    def _insist(self, params: dict[str, str | int], sink: Sink, take: Callable[[httpx.Response], Result]) -> Result:
        """What ``take`` makes of the answer; asked for again while that may help and nothing of it was kept."""
        before = sink.size
        attempt = 1
        while isinstance(found := self._ask(params, take), _Not):
            if attempt == _TRIES or sink.size > before or not found.why.transient:
                raise found.why if attempt == 1 else _after(found.why, attempt)
            time.sleep(min(_pause(found.wait, attempt), sink.seconds_left))
            attempt += 1
        return found

    def _ask(self, params: dict[str, str | int], take: Callable[[httpx.Response], Result]) -> Result | _Not:
        url = self._access.url or ""
        asked = {"json": params} if self._access.method == "post" else {"params": params}
        request = self._client.build_request(self._access.method.upper(), url, **asked)  # type: ignore[arg-type]
        try:
            answer = self._client.send(request, stream=True)
            with contextlib.closing(answer):
                if answer.status_code != 200:
                    return _Not(_refused(answer.status_code), answer.headers.get("Retry-After", ""))
                return take(answer)
        except httpx.HTTPError as error:
            return _Not(_told(error))


def _text(answer: httpx.Response, sink: Sink) -> str:
    """The text of one page, of bounded size and time."""
    body = bytearray()
    for chunk in answer.iter_bytes():
        body += chunk
        _ = sink.seconds_left
        if len(body) > _MAX_PAGE:
            raise SourceError("a page is larger than 64 MB", remedy="Ask for fewer records a page: `paging: {size: …}`")
    try:
        return body.decode(answer.charset_encoding or "utf-8-sig")
    except (LookupError, UnicodeDecodeError):
        raise SourceError("the answer is not the text that it says it is", remedy="Ask for JSON in UTF-8") from None


def _after(error: SourceError, attempts: int) -> SourceError:
    return type(error)(f"{error.problem}, also after {attempts} attempts", remedy=error.remedy)


def _trusted(ca: str) -> ssl.SSLContext:
    """Whom to believe: the named authority alone, else those of this system."""
    try:
        return ssl.create_default_context(cadata=ca or None)
    except (ssl.SSLError, ValueError):
        problem = "the authority's certificate cannot be read"
        raise SourceError(problem, remedy="Put it into the secret that `ca` names, as PEM") from None


def _pause(told: str, attempt: int) -> float:
    """Seconds until the next attempt: what the server says (RFC 9110: seconds, or a date), else twice the last."""
    if not told:
        return _FIRST_WAIT * 2.0 ** (attempt - 1)
    try:
        seconds = float(told) if told.isdecimal() else _until(email.utils.parsedate_to_datetime(told))
    except (ValueError, OverflowError):
        return _FIRST_WAIT * 2.0 ** (attempt - 1)
    if seconds > _MAX_WAIT:
        problem = f"the server wants to be left alone for {seconds:,.0f} seconds"
        raise SourceUnavailable(problem, remedy="Run again after that, or ask the department for a higher limit")
    return max(seconds, 0.0)


def _until(moment: datetime) -> float:
    return (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds()


def _refused(status: int) -> SourceError:
    """What an answer means that is not 200."""
    if status in _PASSING:
        problem = f"the server answered {status}"
        return SourceUnavailable(problem, remedy="Check that it runs; the next run asks again")
    if status in (401, 403):
        remedy = "Check `user` and `headers`, and the secrets that they name"
        return SourceError(f"the server refused our credentials ({status})", remedy=remedy)
    if 300 <= status < 400:
        problem = f"the server sends us to another address ({status}), where our credentials do not go"
        return SourceError(problem, remedy="Put the final address into `url`")
    return SourceError(f"the server answered {status} where 200 was expected", remedy="Check `url`, `method`, `params`")


def _told(error: httpx.HTTPError) -> SourceError:
    """An error of the library in our words: its own may hold the address with its parameters."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            problem = "the server's certificate is not one that we trust"
            remedy = "Ask the department whether it changed; name its authority with `ca: {secret:…}`"
            return SourceError(f"{problem} ({cause.verify_message})", remedy=remedy)
        cause = cause.__cause__ or cause.__context__
    problem = f"the server did not answer, or broke off ({type(error).__name__})"
    return SourceUnavailable(problem, remedy="Check that it runs; the next run asks again")
