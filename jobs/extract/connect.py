"""Opening the source of a resource: the one place that knows which connector serves which kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from jobs.contracts import Access, Resource
from jobs.extract.files import Files, Shelf
from jobs.extract.folders import Folder
from jobs.extract.secrets import connection_url, fill
from jobs.extract.source import Asked, Source


@contextmanager
def open_source(
    resource: Resource,
    access: Access,
    member: str,
    inbox: Path,
    secrets: Path,
    asked: Asked,
    is_known: Callable[[str, str], bool],
) -> Iterator[Source]:
    """The resource's source, connected, for as long as the context lasts; SourceError where that cannot be."""
    named = partial(fill, secrets=secrets)
    if access.kind == "sql":
        from jobs.extract.databases import Table

        yield Table(resource, access, asked, connection_url(access, inbox, secrets), named(access.ca))
    elif access.kind == "http":
        from jobs.extract.http import Api

        with Api(access, asked, resource.load.mode == "full", named) as api:
            yield api
    else:
        with _shelf(access, inbox, named) as shelf:
            yield Files(resource.id, access, member, shelf, is_known)


@contextmanager
def _shelf(access: Access, inbox: Path, named: Callable[[str | None], str]) -> Iterator[Shelf]:
    if access.kind == "sftp":
        from jobs.extract.sftp import SftpFolder

        with SftpFolder(access, named(access.user), named(access.password), named(access.private_key)) as folder:
            yield folder
    elif access.kind == "objects":
        from jobs.extract.objects import Bucket

        yield Bucket(access, named(access.user), named(access.password), named(access.ca))
    else:
        yield Folder(inbox, access.path or "")
