"""A site of which every answer can be chosen, and which counts who asks for what at once."""

from __future__ import annotations

import hashlib
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Answer:
    """What a path answers; ``cut`` sends that many bytes of the body and drops the connection."""

    body: str | bytes = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    seconds: float = 0.0

    @property
    def content(self) -> bytes:
        return self.body.encode() if isinstance(self.body, str) else self.body


Route = Answer | str | bytes | Callable[[], Answer | str | bytes]


class Site:
    """Routes by path with query; anything else is 404. ``asked`` lists every request in order.

    With ``validators`` its pages carry an ETag, of their own or of their content, and ``unchanged``
    lists what it answered 304.
    """

    def __init__(self, routes: dict[str, Route] | None = None) -> None:
        self.routes: dict[str, Route] = routes or {}
        self.asked: list[str] = []
        self.validators = False
        self.unchanged: list[str] = []
        self.agents: set[str] = set()
        self.controls: set[str] = set()
        self.posted: list[bytes] = []
        self.times: list[float] = []
        self.peak = 0
        self.url = ""
        self._now = 0
        self._lock = threading.Lock()

    def answer(self, path: str, agent: str) -> Answer:
        with self._lock:
            self.asked.append(path)
            self.agents.add(agent)
            self.times.append(time.monotonic())
        route = self.routes.get(path, Answer("not here", 404))
        if not isinstance(route, (Answer, str, bytes)):
            route = route()
        return route if isinstance(route, Answer) else Answer(route)

    def enter(self) -> None:
        with self._lock:
            self._now += 1
            self.peak = max(self.peak, self._now)

    def leave(self) -> None:
        with self._lock:
            self._now -= 1

    def pages(self) -> list[str]:
        """What was asked for, robots.txt left out; and the list begins anew."""
        asked = [path for path in self.asked if path != "/robots.txt"]
        self.asked.clear()
        return asked


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Serve on a free loopback port; ``site.url`` is set."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1

        def do_GET(self) -> None:
            site.enter()
            try:
                site.controls.add(self.headers.get("Cache-Control", ""))
                answer = site.answer(self.path, self.headers.get("User-Agent", ""))
                time.sleep(answer.seconds)
                headers = {"Content-Type": "text/html; charset=utf-8"} | answer.headers
                if site.validators and answer.status == 200:
                    headers.setdefault("ETag", f'"{hashlib.sha256(answer.content).hexdigest()[:16]}"')
                    if self.headers.get("If-None-Match") == headers["ETag"]:
                        site.unchanged.append(self.path)
                        self.send_response(304)
                        self.send_header("ETag", headers["ETag"])
                        self.end_headers()
                        return
                self.send_response(answer.status)
                for name, value in headers.items():
                    if value:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content[: answer.cut])
                if answer.cut is not None:
                    self.close_connection = True
            finally:
                site.leave()  # before the last byte is out: who has it may ask again at once

        def do_POST(self) -> None:
            site.posted.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.do_GET()

        def log_message(self, format: str, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            if not isinstance(sys.exception(), ConnectionError):  # a killed crawl says no goodbye
                super().handle_error(request, client_address)  # type: ignore[arg-type]

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
