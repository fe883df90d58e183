"""The page provider that everybody posts to: it takes all, at once, and remembers when.

    python -m tests.bench.sink PORT

It speaks as much HTTP as that needs, over bare sockets and a fast loop: it must never be what is
measured, and it shares the machine with those who are.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import cast

import uvloop

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
HEAD_ENDS = b"\r\n\r\n"

arrived: list[tuple[str, float]] = []


class Taker(asyncio.Protocol):
    """POST is a page; GET gives what has arrived, GET /count how much, DELETE forgets it."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.read = b""

    def data_received(self, data: bytes) -> None:
        self.read += data
        while (end := self.read.find(HEAD_ENDS)) >= 0:
            head = self.read[:end]
            size = int(_header(head, b"content-length") or 0)
            if len(self.read) < end + len(HEAD_ENDS) + size:
                return
            self.read = self.read[end + len(HEAD_ENDS) + size :]
            self._answer(head)

    def _answer(self, head: bytes) -> None:
        if head.startswith(b"POST"):
            arrived.append((_header(head, b"webhook-id").decode(), time.time()))
            self.transport.write(OK)
        elif head.startswith(b"DELETE"):
            arrived.clear()
            self.transport.write(OK)
        else:
            # Whoever waits asks for the number: to tell ten thousand pages takes long enough to
            # keep the next ones waiting.
            body = json.dumps(len(arrived) if b"/count " in head else arrived).encode()
            self.transport.write(
                b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
            )


def _header(head: bytes, name: bytes) -> bytes:
    at = head.lower().find(b"\r\n" + name + b":")
    return head[at:].split(b":", 1)[1].split(b"\r\n", 1)[0].strip() if at >= 0 else b""


async def serve(port: int) -> None:
    """Take pages until the process is ended."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Taker, "127.0.0.1", port, backlog=1024)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
