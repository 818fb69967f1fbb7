"""An SFTP server in this process, in a thread of its own."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import asyncssh

from tests.extract.rigs.base import Rig, csv_of

_MIDDLE = 1 << 20


class SftpServer(Rig):
    """A server with one user, its host key pinned in the catalog."""

    name = "sftp"
    faults: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "error": ("broke off (SFTPFailure)", "next run"),
        "cut": ("broke off (", "next run"),
        "changed": ("changed while it was read", "renamed when whole"),
        "replaced": ("changed while it was read", "renamed when whole"),
        "password": ("refused our credentials", "`password`"),
        "identity": ("host key is not the pinned one", "`host_key`"),
    }
    _sequence = 0
    admits: Sequence[asyncssh.SSHKey] = ()
    """Keys that are let in, beside the password."""

    def __enter__(self) -> Rig:
        self.root = self.home / "sftp"
        (self.root / "out" / "dep").mkdir(parents=True)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._key = asyncssh.generate_private_key("ssh-ed25519")
        self._acceptor = self._do(self._listen())
        self.port = self._acceptor.get_port()
        return self

    def __exit__(self, *_: object) -> None:
        self._acceptor.close()
        self._do(asyncio.sleep(0.05))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _do(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def _listen(self) -> asyncssh.SSHAcceptor:
        rig = self

        class Faulty(asyncssh.SFTPServer):
            def __init__(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
                super().__init__(channel, chroot=os.fsencode(rig.root))

            async def read(self, file_obj: Any, offset: int, size: int) -> bytes:
                if offset >= _MIDDLE:
                    await rig.in_the_middle(self.channel)
                return bytes(super().read(file_obj, offset, size))

        return await asyncssh.listen(
            "127.0.0.1",
            0,
            server_host_keys=[self._key],
            server_factory=lambda: _OneUser(self),
            sftp_factory=Faulty,
        )

    async def in_the_middle(self, channel: asyncssh.SSHServerChannel[bytes]) -> None:
        """What happens when half of a file was read."""
        if self.fault == "error":
            raise asyncssh.SFTPFailure("disk of the department")
        if self.fault == "cut":
            channel.get_connection().abort()
        if self.fault == "changed" and len(self._content) == self._file.stat().st_size:
            with self._file.open("ab") as file:
                file.write(b"more")
        if self.fault == "replaced":
            self._file.unlink(missing_ok=True)
            self._file.symlink_to(self.root / "out" / "elsewhere")
        while self.fault == "stall":
            await asyncio.sleep(0.05)

    def access(self) -> dict[str, object]:
        key = asyncssh.generate_private_key("ssh-ed25519") if self.fault == "identity" else self._key
        return {
            "kind": "sftp",
            "url": f"sftp://127.0.0.1:{self.port}/out",
            "path": "dep",
            "pattern": "thing_{period}_{sequence}." + self.ending,
            "user": "brain",
            "password": "{secret:dep_password}",
            "host_key": " ".join(key.export_public_key().decode().split()[:2]),
        }

    @property
    def _file(self) -> Path:
        return self.root / "out" / "dep" / f"thing_20260301_{self._sequence}.{self.ending}"

    def put(self, text: str = "甲", content: bytes = b"") -> None:
        self._sequence += 1
        self._content = content or csv_of(text)
        self._file.write_bytes(self._content)

    def heal(self) -> None:
        super().heal()
        if self._file.is_symlink() or self._file.read_bytes() != self._content:
            self._file.unlink()
            self._file.write_bytes(self._content)

    def is_whole(self, blob: Path) -> bool:
        return blob.read_bytes() == self._content


class _OneUser(asyncssh.SSHServer):
    def __init__(self, rig: SftpServer) -> None:
        self._rig = rig

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return True

    def public_key_auth_supported(self) -> bool:
        return True

    def validate_password(self, username: str, password: str) -> bool:
        return (username, password) == ("brain", self._rig.password)

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        admitted = {known.export_public_key() for known in self._rig.admits}
        return username == "brain" and key.export_public_key() in admitted
