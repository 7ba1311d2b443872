"""A webhook to be told things."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

__all__ = ["Hook"]


class Hook:
    """A webhook that keeps what it gets and answers as it is told."""

    def __init__(self):
        self.got, self.answers, self.delay = [], [], 0.0
        hook = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                hook.got.append((dict(self.headers), body))
                time.sleep(hook.delay)
                self.send_response(hook.answers.pop(0) if hook.answers else 200)
                self.end_headers()

            def log_message(self, *_):
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads, self.server.block_on_close = True, False
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/T0KEN/in/the/path"

    @property
    def events(self):
        """What it was told, in order."""
        return [headers["X-Forebear-Event"] for headers, _ in self.got]

    def close(self):
        self.server.shutdown()
        self.server.server_close()
