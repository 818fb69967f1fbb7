"""A real counterpart for every connector, started by the test, that can be told to fail."""

from tests.extract.rigs.apis import CursorApi, FileApi, OffsetApi, PagedApi
from tests.extract.rigs.base import Rig
from tests.extract.rigs.databases import Postgres, Sqlite
from tests.extract.rigs.folder import InboxFolder
from tests.extract.rigs.objects import S3Bucket
from tests.extract.rigs.sftp import SftpServer

RIGS: tuple[type[Rig], ...] = (
    InboxFolder, SftpServer, S3Bucket, PagedApi, OffsetApi, CursorApi, FileApi, Sqlite, Postgres
)  # fmt: skip

__all__ = ["RIGS", "Rig"]
