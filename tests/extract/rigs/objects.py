"""A local S3 over TLS, with moto's own identities; its answers pass through a hand that can spoil them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ClassVar

import boto3
import moto.settings
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.extract.certificates import Authority
from tests.extract.rigs.base import Rig, csv_of

_CHUNK = 1 << 16
_ALLOWED = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'


class _Quiet(WSGIRequestHandler):
    def log(self, type: str, message: str, *arguments: Any) -> None:
        """The test's output is not the place."""


class S3Bucket(Rig):
    """A bucket that only one key pair may read; whoever signs with another secret is refused by moto itself."""

    name = "objects"
    faults: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "error": ("broke off (", "next run"),
        "cut": ("broke off (", "next run"),
        "changed": ("changed while it was read", "renamed when whole"),
        "replaced": ("changed while it was read", "renamed when whole"),
        "password": ("refused our credentials", "`password`"),
        "identity": ("certificate is not one that we trust", "`ca:"),
    }
    _sequence = 0

    def __init__(self, home: Path, authority: Authority) -> None:
        super().__init__(home, authority)
        self._moto = DomainDispatcherApplication(create_backend_app)
        self.tokens: list[str | None] = []
        """What came as token of a session, with each question."""

    def __enter__(self) -> Rig:
        rig = self

        class Server(ThreadedMotoServer):
            def _server_entry(self) -> None:
                context = rig.authority.context(rig.home / "tls")
                self._server = make_server(
                    "127.0.0.1", 0, rig.answer, threaded=True, request_handler=_Quiet, ssl_context=context
                )
                self._server_ready_event.set()
                self._server.serve_forever()

        self._server = Server("127.0.0.1", 0, verbose=False)
        self._server.start()
        self.port = self._server.get_host_and_port()[1]
        self._admit()
        return self

    def __exit__(self, *_: object) -> None:
        self.fault = ""
        moto.settings.INITIAL_NO_AUTH_ACTION_COUNT = float("inf")
        self._server.stop()

    def _admit(self) -> None:
        """Make the bucket and the one who may read it; from then on moto asks everybody who they are."""
        moto.settings.INITIAL_NO_AUTH_ACTION_COUNT = float("inf")
        iam = self._client("iam", "setup", "setup")
        user = f"u{self.port}"
        iam.create_user(UserName=user)
        iam.put_user_policy(UserName=user, PolicyName="all", PolicyDocument=_ALLOWED)
        made = iam.create_access_key(UserName=user)["AccessKey"]
        self._user, self._secret = made["AccessKeyId"], made["SecretAccessKey"]
        self.bucket = f"bucket-{self.port}"
        self._s3 = self._client("s3", self._user, self._secret)
        self._s3.create_bucket(Bucket=self.bucket)
        moto.settings.INITIAL_NO_AUTH_ACTION_COUNT = 0

    def _client(self, service: str, user: str, secret: str) -> Any:
        bundle = self.home / "ca.pem"
        bundle.write_text(self.authority.pem)
        return boto3.client(
            service,
            endpoint_url=f"https://127.0.0.1:{self.port}",
            aws_access_key_id=user,
            aws_secret_access_key=secret,
            region_name="us-east-1",
            verify=str(bundle),
        )

    def answer(self, environ: Mapping[str, Any], start_response: Any) -> Iterable[bytes]:
        """moto's answer; that to a reader of our object, as the fault makes it."""
        self.tokens.append(environ.get("HTTP_X_AMZ_SECURITY_TOKEN"))
        is_read = environ["REQUEST_METHOD"] == "GET" and environ["PATH_INFO"].endswith(f".{self.ending}")
        if is_read and self.fault == "error":
            start_response("500 Internal Server Error", [("Content-Type", "text/plain"), ("Content-Length", "2")])
            return [b"no"]
        if is_read and self.fault == "replaced":
            self.fault = "was replaced"
            self._put(b"another")
        answered: Iterable[bytes] = self._moto(environ, start_response)
        if not is_read or self.fault not in ("cut", "stall", "changed"):
            return answered
        return self._halfway(b"".join(answered))

    def _halfway(self, body: bytes) -> Iterator[bytes]:
        half = len(body) // 2
        yield from (body[place : place + _CHUNK] for place in range(0, half, _CHUNK))
        while self.fault == "stall":
            time.sleep(0.05)
        if self.fault == "cut":
            raise ConnectionAbortedError
        if self.fault == "changed":
            self.fault = "was changed"
            threading.Thread(target=self._put, args=(b"another",)).start()
            time.sleep(0.5)
        yield body[half // _CHUNK * _CHUNK + (_CHUNK if half % _CHUNK else 0) :]

    def secrets(self) -> dict[str, str]:
        return super().secrets() | {"dep_password": self._secret}

    def access(self) -> dict[str, object]:
        return {
            "kind": "objects",
            "url": f"https://127.0.0.1:{self.port}/{self.bucket}",
            "path": "out/dep",
            "pattern": "thing_{period}_{sequence}." + self.ending,
            "user": self._user,
            "password": "{secret:dep_password}",
        } | ({} if self.fault == "identity" else {"ca": "{secret:dep_ca}"})

    def put(self, text: str = "甲", content: bytes = b"") -> None:
        self._sequence += 1
        self._content = content or csv_of(text)
        self._put(self._content)

    def _put(self, content: bytes) -> None:
        self._s3.put_object(
            Bucket=self.bucket, Key=f"out/dep/thing_20260301_{self._sequence}.{self.ending}", Body=content
        )

    def heal(self) -> None:
        if self.fault in ("was replaced", "was changed"):
            self._put(self._content)
        super().heal()

    def is_whole(self, blob: Path) -> bool:
        return blob.read_bytes() == self._content
