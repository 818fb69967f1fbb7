"""HTTP APIs over TLS that page by number, by offset and by cursor."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

from tests.extract.certificates import Authority
from tests.extract.rigs.base import WIRE_PASSWORD, Rig, csv_of

RECORDS = 2_300
SIZE = 500
MIDDLE = 2


class Api(Rig):
    """Answers with pages of records, their total and a cursor; wants a user and a token."""

    faults: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "error": ("answered 500, also after 5 attempts", "next run"),
        "cut": ("broke off (RemoteProtocolError)", "next run"),
        "changed": ("the source changed while it was read: first 2300 records, on page 3 2301", "when nobody writes"),
        "repeated": ("page 3 repeats page 2", "how its pages are counted"),
        "missing": ("1800 records came in 5 pages where the source tells of 2300", "how its pages are counted"),
        "no list": ("not JSON with a list at 'data.list'", "Correct `records`"),
        "patience": ("wants to be left alone for 3,600 seconds", "Run again after that"),
        "password": ("refused our credentials (401)", "secrets"),
        "identity": ("certificate is not one that we trust", "`ca:"),
    }
    format: ClassVar[Mapping[str, object]] = {"kind": "jsonl"}
    asked_daily = True
    password = WIRE_PASSWORD
    paging: ClassVar[dict[str, object]]

    def __init__(self, home: Path, authority: Authority) -> None:
        super().__init__(home, authority)
        self.asked: list[dict[str, str]] = []
        self.status: list[tuple[int, dict[str, str]]] = []
        """Answers to give first, before any page."""
        self.with_total = True

    def __enter__(self) -> Rig:
        rig = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                rig.answer(self, dict(parse_qsl(urlsplit(self.path).query)))

            def do_POST(self) -> None:
                rig.answer(self, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def log_message(self, format: str, *arguments: Any) -> None:
                """The test's output is not the place."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        context = self.authority.context(self.home / "tls")
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.fault = ""
        self._server.shutdown()
        self._server.server_close()

    def secrets(self) -> dict[str, str]:
        return super().secrets() | {"dep_token": "token-of-the-department", "dep_app": "app-key-of-the-city"}

    def access(self) -> dict[str, object]:
        return {
            "kind": "http",
            "url": f"https://127.0.0.1:{self.port}/v1/things",
            "records": "data.list",
            "params": {"day": "{date}", "appKey": "{secret:dep_app}"},
            "headers": {"X-Token": "{secret:dep_token}"},
            "user": "brain",
            "password": "{secret:dep_password}",
            "paging": self.paging | ({"total": "data.total"} if self.with_total else {}),
        } | ({} if self.fault == "identity" else {"ca": "{secret:dep_ca}"})

    def put(self, text: str = "甲", content: bytes = b"") -> None:
        self.text = text

    def lines(self) -> list[str]:
        """Records as the API writes them: numbers that a float would spoil, and an odd layout."""
        line = '{"编号": %d,  "姓名": "%s%d", "地址": {"门牌": 12345678901234567890, "面积": 88.50}}'
        return [line % (number, self.text, number) for number in range(RECORDS)]

    def start_of(self, params: Mapping[str, str]) -> int:
        """Which record a question asks for."""
        raise NotImplementedError

    def answer(self, handler: BaseHTTPRequestHandler, params: Mapping[str, str]) -> None:
        """One page, or what the fault makes of it."""
        self.asked.append(dict(params))
        page = self.start_of(params) // SIZE
        status, headers = self.status.pop(0) if self.status else self._status(handler, params, page)
        if status != 200:
            _send(handler, status, b'{"error": "no"}', headers)
            return
        while self.fault == "stall" and page >= MIDDLE:
            time.sleep(0.05)
        if self.fault == "cut" and page == MIDDLE:
            _send(handler, 200, self._page(page)[:1000], {"Content-Length": "100000"})
            handler.close_connection = True
            return
        _send(handler, 200, b"<html>login</html>" if self.fault == "no list" else self._page(page), headers)

    def _status(
        self, handler: BaseHTTPRequestHandler, params: Mapping[str, str], page: int
    ) -> tuple[int, dict[str, str]]:
        known = base64.b64encode(f"brain:{self.password}".encode()).decode()
        given = (handler.headers["Authorization"], handler.headers["X-Token"], params.get("appKey"))
        if given != (f"Basic {known}", self.secrets()["dep_token"], self.secrets()["dep_app"]):
            return 401, {}
        if page == MIDDLE and self.fault in ("error", "patience"):
            return (500, {"Retry-After": "0"}) if self.fault == "error" else (429, {"Retry-After": "3600"})
        return 200, {}

    def _page(self, page: int) -> bytes:
        shown = {"repeated": page - (page == MIDDLE), "missing": page + (page >= MIDDLE)}.get(self.fault, page)
        lines = self.lines()[shown * SIZE : (shown + 1) * SIZE]
        following = (page + 1) * SIZE
        total = RECORDS + (self.fault == "changed" and page >= MIDDLE)
        said = {"total": total, "next": f"c{following}" if following < RECORDS else None}
        return ('{"code": 0, "data": {"list": [\r\n' + ",\n".join(lines) + f"], {json.dumps(said)[1:]}}}").encode()

    def is_whole(self, blob: Path) -> bool:
        return blob.read_text(encoding="utf-8").splitlines() == self.lines()


_OF_PAGES = ("error", "changed", "repeated", "missing", "password")
"""What a way of paging may do to a failure; the others are the same for all, and shown by the first."""


class PagedApi(Api):
    """By the number of the page."""

    name = "api by page"
    paging: ClassVar[dict[str, object]] = {"by": "page", "param": "pageNo", "size_param": "pageSize", "size": SIZE}

    def start_of(self, params: Mapping[str, str]) -> int:
        return (int(params["pageNo"]) - 1) * SIZE


class OffsetApi(Api):
    """By the offset of the first record, asked by POST."""

    name = "api by offset"
    paging: ClassVar[dict[str, object]] = {"by": "offset", "param": "start", "size_param": "limit", "size": SIZE}

    faults: ClassVar[Mapping[str, tuple[str, ...]]] = {fault: Api.faults[fault] for fault in _OF_PAGES} | {
        "missing": ("page 5 repeats page 4", "how its pages are counted")
    }

    def access(self) -> dict[str, object]:
        return super().access() | {"method": "post"}

    def start_of(self, params: Mapping[str, str]) -> int:
        return int(params["start"])


class CursorApi(Api):
    """By the cursor that each page names for the next."""

    name = "api by cursor"
    faults: ClassVar[Mapping[str, tuple[str, ...]]] = {fault: Api.faults[fault] for fault in _OF_PAGES}
    paging: ClassVar[dict[str, object]] = {"by": "cursor", "param": "after", "next": "data.next"}

    def start_of(self, params: Mapping[str, str]) -> int:
        return int(params.get("after", "c0")[1:])


class FileApi(Api):
    """An address that gives a file, once a day."""

    name = "file over http"
    paging: ClassVar[dict[str, object]] = {}
    format: ClassVar[Mapping[str, object]] = {"kind": "csv"}
    faults: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "error": ("answered 500, also after 5 attempts", "next run"),
        "cut": ("broke off (RemoteProtocolError)", "next run"),
        "no length": ("does not say how long the file is", "Content-Length"),
        "empty": ("the file is empty", "Ask the department"),
        "patience": Api.faults["patience"],
        "password": Api.faults["password"],
    }

    def access(self) -> dict[str, object]:
        declared = super().access()
        return {name: value for name, value in declared.items() if name not in ("records", "paging")}

    def put(self, text: str = "甲", content: bytes = b"") -> None:
        self.content = content or csv_of(text)

    def answer(self, handler: BaseHTTPRequestHandler, params: Mapping[str, str]) -> None:
        """The file, or what the fault makes of it."""
        self.asked.append(dict(params))
        status, headers = self._status(handler, params, MIDDLE)
        if status != 200 or self.fault == "empty":
            _send(handler, status, b"", headers)
            return
        handler.send_response(200)
        if self.fault != "no length":
            handler.send_header("Content-Length", str(len(self.content)))
        handler.end_headers()
        handler.close_connection = self.fault in ("cut", "no length")
        half = len(self.content) // 2
        handler.wfile.write(self.content[:half])
        while self.fault == "stall":
            time.sleep(0.05)
        if self.fault != "cut":
            handler.wfile.write(self.content[half:])

    def is_whole(self, blob: Path) -> bool:
        return blob.read_bytes() == self.content


def _send(handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: Mapping[str, str]) -> None:
    handler.send_response(status)
    for name, value in ({"Content-Length": str(len(body)), "Content-Type": "application/json"} | headers).items():
        handler.send_header(name, value)
    handler.end_headers()
    handler.wfile.write(body)
