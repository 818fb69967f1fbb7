"""A prefix of a bucket as a shelf: any object storage that speaks S3. An object is held to the ETag of its listing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import obstore
from obstore import exceptions
from obstore.store import S3Store

from jobs.contracts import Access
from jobs.errors import SourceError, SourceUnavailable
from jobs.extract.blobs import Sink
from jobs.extract.files import Entry, changed_while_read, require_length
from jobs.extract.source import Fetched

if TYPE_CHECKING:
    from obstore import ObjectMeta
    from obstore.store import ClientConfig, S3Credential

_CHUNK = 1 << 20
_CONNECT = timedelta(seconds=20)
_IDLE = timedelta(seconds=60)
_TRIES = 4
_PATIENCE = timedelta(seconds=60)
_STATUS = re.compile(r"status code: ([1-5][0-9]{2})")
"""How the library tells the status of an answer where it has no error of its own for it."""
_CERTIFICATE = "certificate"
"""The word that every message of the TLS library about a peer's certificate holds."""


class Bucket:
    """Objects directly below ``path`` in the bucket that the address names; without a user it is asked anonymously."""

    def __init__(self, access: Access, user: str, password: str, ca: str) -> None:
        parts = urlsplit(access.url or "")
        path = (access.path or "").strip("/")
        self._prefix = f"{path}/" if path else ""
        options: ClientConfig = {
            "allow_http": access.unencrypted,
            "connect_timeout": _CONNECT,
            "read_timeout": _IDLE,
            "timeout": timedelta(minutes=access.max_minutes),
        }
        if ca:
            options["root_certificate"] = ca
        try:
            self._store = S3Store(
                unquote(parts.path).strip("/"),
                endpoint=f"{parts.scheme}://{parts.netloc}",
                region=access.region or "us-east-1",
                virtual_hosted_style_request=False,
                client_options=options,
                retry_config={"max_retries": _TRIES - 1, "retry_timeout": _PATIENCE},
                skip_signature=not user,
                credential_provider=_credentials(user, password) if user else None,
            )
        except (exceptions.BaseError, ValueError):
            remedy = "Check `url`, and that the secret which `ca` names is a certificate as PEM"
            raise SourceError("the store cannot be set up as declared", remedy=remedy) from None

    def entries(self) -> Iterator[Entry]:
        """Objects, not what lies deeper."""
        with _told():
            found = obstore.list_with_delimiter(self._store, self._prefix)["objects"]
        for item in found:
            name = item["path"].removeprefix(self._prefix)
            yield Entry(name, item["size"], _stamp(item))

    def small(self, entry: Entry, limit: int) -> bytes:
        """The first ``limit`` bytes."""
        if not entry.size:
            return b""
        with _told():
            return bytes(obstore.get_range(self._store, self._prefix + entry.name, start=0, length=limit))

    def copy(self, entry: Entry, sink: Sink) -> Fetched:
        """The whole object, if it is the listed one: the store is asked for that ETag and no other."""
        sink.require_room(entry.size)
        place, tag = self._prefix + entry.name, entry.stamp.rpartition("-")[0]
        with _told():
            found = obstore.get(self._store, place, options={"if_match": tag} if tag else {})
            if _stamp(found.meta) != entry.stamp:
                raise changed_while_read()
            for chunk in found.stream(min_chunk_size=_CHUNK):
                sink.write(bytes(chunk))
                require_length(sink, entry)
            after = obstore.head(self._store, place)
        if _stamp(after) != entry.stamp or sink.size != entry.size:
            raise changed_while_read()
        return Fetched(settled=bool(tag))


def _credentials(user: str, password: str) -> Callable[[], S3Credential]:
    """Ours alone: left to itself the library adds what the environment holds for other stores (a session's token)."""
    return lambda: {"access_key_id": user, "secret_access_key": password, "expires_at": None}


def _stamp(found: ObjectMeta) -> str:
    return f"{found['e_tag'] or ''}-{found['size']}"


@contextmanager
def _told() -> Iterator[None]:
    """Errors of the library in our words: its own hold addresses, key ids and what the store chose to say."""
    try:
        yield
    except exceptions.PreconditionError:
        raise changed_while_read() from None
    except exceptions.InvalidPathError:
        problem = "the store lists a key that is no plain path"
        raise SourceError(problem, remedy="Ask for keys without //, . and .. between slashes") from None
    except (exceptions.BaseError, OSError, ValueError) as error:
        raise _in_words(error) from None


def _in_words(error: Exception) -> SourceError:
    status = _STATUS.search(str(error))
    if isinstance(error, FileNotFoundError) or (status and status[1] == "404"):
        problem = "the store has no such bucket or object any more"
        return SourceError(problem, remedy="Correct `url` and `path`, or ask the department where it went")
    is_refused = isinstance(error, exceptions.PermissionDeniedError | exceptions.UnauthenticatedError)
    if is_refused or (status and status[1] in ("401", "403")):
        remedy = "Check `user`, the secret that `password` names, and that we may list and read there"
        return SourceError("the store refused our credentials", remedy=remedy)
    if not status and _CERTIFICATE in str(error).lower():
        problem = "the server's certificate is not one that we trust"
        remedy = "Ask the department whether it changed; name its authority with `ca: {secret:…}`"
        return SourceError(problem, remedy=remedy)
    told = f"status {status[1]}" if status else type(error).__name__
    problem = f"the store did not answer, or broke off ({told})"
    return SourceUnavailable(problem, remedy="Check that it runs; the next run takes what is missing")
