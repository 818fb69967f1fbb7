"""A folder of an SFTP server as a shelf. The server's host key is pinned; nothing of ``~/.ssh`` is read."""

from __future__ import annotations

import asyncio
import os
import stat
from collections.abc import Coroutine, Iterator
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TypeVar
from urllib.parse import unquote, urlsplit

import asyncssh

from jobs.contracts import Access
from jobs.errors import SourceError, SourceUnavailable
from jobs.extract.blobs import Sink
from jobs.extract.files import Entry, changed_while_read, require_length
from jobs.extract.source import Fetched

_CHUNK = 1 << 20
_CONNECT_SECONDS = 20
_IDLE_SECONDS = 60
_SETTLED_SECONDS = 60
"""A time of modification counts in whole seconds; one older than this cannot be that of a later change."""
Result = TypeVar("Result")
_GONE = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)


class SftpFolder:
    """Files of ``path`` below the folder that the address names, while the connection is open."""

    def __init__(self, access: Access, user: str, password: str, private_key: str) -> None:
        parts = urlsplit(access.url or "")
        self._host, self._port = parts.hostname or "", parts.port or 22
        self._top = (unquote(parts.path).rstrip("/") or ".").encode()
        self._path = access.path or ""
        self._folder = b""
        self._user, self._password, self._host_keys = user, password, access.host_keys
        self._keys = [_private_key(private_key, password)] if private_key else []
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()

    def __enter__(self) -> SftpFolder:
        try:
            self._run(self._connect())
        except SourceError:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            self._run(self._stack.aclose())
        finally:
            self._runner.close()

    def entries(self) -> Iterator[Entry]:
        """All but folders, as the folder lists them."""
        yield from self._run(self._list())

    def small(self, entry: Entry, limit: int) -> bytes:
        """The first ``limit`` bytes."""
        return self._run(self._first(entry, limit))

    def copy(self, entry: Entry, sink: Sink) -> Fetched:
        """The whole file, if it is the listed one and stays so."""
        sink.require_room(entry.size)
        return self._run(self._copy(entry, sink))

    def _run(self, work: Coroutine[None, None, Result]) -> Result:
        try:
            return self._runner.run(work)
        except (TimeoutError, asyncssh.Error, OSError) as error:
            raise _told(error) from None

    async def _connect(self) -> None:
        pinned = [asyncssh.import_public_key(key) for key in self._host_keys]
        try:
            connection = await self._connection(pinned)
        except asyncssh.ConnectionLost:
            if await self._shows_another_kind(pinned):
                raise asyncssh.KeyExchangeFailed("no host key of the pinned kind") from None
            raise
        await self._stack.enter_async_context(connection)
        self._client = await self._stack.enter_async_context(connection.start_sftp_client())
        top = await self._client.realpath(self._top)
        self._folder = await self._client.realpath(top + b"/" + self._path.encode() if self._path else top)
        if not (self._folder + b"/").startswith(top.rstrip(b"/") + b"/"):
            problem = "the path of a delivery leads out of the folder that the address names"
            raise SourceError(problem, remedy="Correct `path`, or ask what the link there is for")

    async def _connection(self, pinned: list[asyncssh.SSHKey]) -> asyncssh.SSHClientConnection:
        return await asyncssh.connect(
            self._host,
            self._port,
            username=self._user,
            password=None if self._keys else self._password or None,
            client_keys=self._keys or None,
            known_hosts=(pinned, [], []),
            config=None,
            agent_path=None,
            gss_host=None,
            connect_timeout=_CONNECT_SECONDS,
            login_timeout=_CONNECT_SECONDS,
            keepalive_interval=_IDLE_SECONDS / 2,
        )

    async def _shows_another_kind(self, pinned: list[asyncssh.SSHKey]) -> bool:
        """Whether the server, asked for any host key, shows one of a kind that is not pinned. It hangs up on who offers
        only other kinds, and its reason may be lost with the connection. Nothing secret is said to it."""
        try:
            async with asyncio.timeout(_CONNECT_SECONDS):
                key = await asyncssh.get_server_host_key(self._host, self._port, config=None)
        except (TimeoutError, asyncssh.Error, OSError):
            return False
        return key is not None and key.get_algorithm() not in {one.get_algorithm() for one in pinned}

    async def _list(self) -> list[Entry]:
        found = []
        async for item in self._client.scandir(self._folder):
            mode = item.attrs.permissions or 0
            if isinstance(item.filename, bytes) and not stat.S_ISDIR(mode):
                name, stamp = os.fsdecode(item.filename), _stamp(item.attrs)
                found.append(Entry(name, item.attrs.size or 0, stamp, stat.S_ISREG(mode)))
        return found

    async def _first(self, entry: Entry, limit: int) -> bytes:
        async with asyncio.timeout(_IDLE_SECONDS), self._client.open(self._place(entry), "rb", encoding=None) as file:
            return _raw(await file.read(limit))

    async def _copy(self, entry: Entry, sink: Sink) -> Fetched:
        place = self._place(entry)
        if await self._client.realpath(place) != place:
            raise changed_while_read()
        async with self._client.open(place, "rb", encoding=None) as file:
            while True:
                async with asyncio.timeout(min(_IDLE_SECONDS, sink.seconds_left)):
                    chunk = await file.read(_CHUNK)
                if not chunk:
                    break
                sink.write(_raw(chunk))
                require_length(sink, entry)
        after = await self._client.lstat(place)
        if _stamp(after) != entry.stamp or sink.size != entry.size:
            raise changed_while_read()
        return Fetched(settled=sink.modified_ns / 1e9 - (after.mtime or 0) > _SETTLED_SECONDS)

    def _place(self, entry: Entry) -> bytes:
        return self._folder.rstrip(b"/") + b"/" + os.fsencode(entry.name)


def _raw(data: str | bytes) -> bytes:
    """What a file that was opened without an encoding gives."""
    return data if isinstance(data, bytes) else data.encode()


def _stamp(found: asyncssh.SFTPAttrs) -> str:
    return f"{found.size}-{found.mtime}-{found.mtime_ns or 0}"


def _private_key(pem: str, passphrase: str) -> asyncssh.SSHKey:
    try:
        return asyncssh.import_private_key(pem + "\n", passphrase or None)
    except (asyncssh.KeyImportError, asyncssh.KeyEncryptionError):
        problem = "the private key cannot be read"
        raise SourceError(problem, remedy="Check the secret that `private_key` names, and `password`") from None


def _told(error: Exception) -> SourceError:
    """An error of the library in our words: its own may hold names, addresses and what the server chose to say."""
    kind = type(error).__name__
    if isinstance(error, asyncssh.HostKeyNotVerifiable):
        problem = "the server's host key is not the pinned one"
        remedy = "Ask the department whether it changed its key; correct `host_key` only when it says so"
        return SourceError(problem, remedy=remedy)
    if isinstance(error, asyncssh.KeyExchangeFailed):
        problem = "the server has no host key of the pinned kind, or none of the methods that are still safe"
        remedy = "Ask the department for all its host keys (`ssh-keyscan HOST` lists them); pin one of them"
        return SourceError(problem, remedy=remedy)
    if isinstance(error, asyncssh.PermissionDenied):
        problem = "the server refused our credentials"
        return SourceError(problem, remedy="Check `user` and the secret that `password` or `private_key` names")
    if isinstance(error, _GONE):
        problem = "the server has no such folder or file any more"
        return SourceError(problem, remedy="Correct `url` and `path`, or ask the department where it went")
    if isinstance(error, asyncssh.SFTPPermissionDenied):
        return SourceError("the server does not let us read there", remedy="Ask the department for the right to read")
    if isinstance(error, asyncssh.KeyImportError):
        return SourceError("a pinned host key cannot be read", remedy="Write `host_key: ssh-ed25519 AAAA…`")
    problem = f"the server did not answer, or broke off ({kind})"
    return SourceUnavailable(problem, remedy="Check that it runs; the next run takes what is missing")
