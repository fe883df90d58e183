"""The page provider of the harness: takes, refuses, dawdles or goes silent, and logs what it read.

A process of its own that no fault touches. Each port is one provider; its mode comes by a line on
standard input, "a refuses". What was read is on disk before it is answered.
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WELL = "ok"
REFUSALS = {"500": 500, "429": 429}
SLOW_SECONDS = 2.0
RETRY_AFTER_SECONDS = 2
MODES = (WELL, *REFUSALS, "slow", "black_hole", "reset")
NEVER_ANSWERS = ("black_hole", "reset")
"""Modes in which the page was read, and whoever sent it cannot know that."""


@dataclass(frozen=True)
class Request:
    """A page as it came in."""

    headers: Mapping[str, str]
    body: bytes

    @property
    def is_kept_alive(self) -> bool:
        return self.headers.get("connection", "").lower() != "close"


class Log:
    """What was read, one line each, on disk before anything is answered."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")

    def write(self, **row: Any) -> None:
        self._file.write(json.dumps(row) + "\n")
        self._file.flush()
        os.fsync(self._file.fileno())


class Provider:
    """One provider at one port."""

    def __init__(self, name: str, log: Log) -> None:
        self.name = name
        self.mode = WELL
        self._log = log

    def turn(self, mode: str) -> None:
        """Behave differently from now on."""
        if mode not in MODES:
            raise ValueError(mode)
        self.mode = mode
        self._log.write(at=time.time(), provider=self.name, turned=mode)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk to one client until either side has had enough."""
        try:
            while (request := await read_request(reader)) and await self._take(request, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            # A client that was killed in the middle of a sentence: what was logged stays logged.
            return
        finally:
            writer.close()

    async def _take(self, request: Request, writer: asyncio.StreamWriter) -> bool:
        mode = self.mode
        self._log.write(
            at=time.time(),
            provider=self.name,
            key=request.headers.get("webhook-id", ""),
            mode=mode,
            body=request.body.decode(errors="replace"),
        )
        if mode == "reset":
            hang_up(writer)
            return False
        if mode == "black_hole":
            await self._say_nothing()
            return False
        if mode == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        writer.write(answer(REFUSALS.get(mode, 200)))
        await writer.drain()
        return request.is_kept_alive

    async def _say_nothing(self) -> None:
        while self.mode == "black_hole":
            await asyncio.sleep(0.1)


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """Read one request; None when the client has left between two of them."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise
        return None
    lines = head.decode("latin-1").split("\r\n")[1:]
    pairs = (line.partition(":") for line in lines if line)
    headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
    return Request(headers, await reader.readexactly(int(headers.get("content-length", 0))))


def answer(status: int) -> bytes:
    """Give an answer without a body."""
    patience = f"Retry-After: {RETRY_AFTER_SECONDS}\r\n" if status == 429 else ""
    return f"HTTP/1.1 {status} So\r\nContent-Length: 0\r\n{patience}\r\n".encode()


def hang_up(writer: asyncio.StreamWriter) -> None:
    """Reset the connection, so that whoever sent hears a crash and no goodbye."""
    line = writer.get_extra_info("socket")
    line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def obey(providers: Mapping[str, Provider]) -> None:
    """Turn providers as standard input says, until it ends."""
    loop = asyncio.get_running_loop()
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin)
    while line := await commands.readline():
        name, mode = line.decode().split()
        providers[name].turn(mode)


async def run(log: Log, ports: Mapping[str, int]) -> None:
    """Serve each provider at its port until standard input ends."""
    providers = {name: Provider(name, log) for name in ports}
    for name, port in ports.items():
        await asyncio.start_server(providers[name].serve, "127.0.0.1", port, backlog=1000)
    await obey(providers)


if __name__ == "__main__":
    named = dict(each.split("=") for each in sys.argv[2:])
    asyncio.run(run(Log(Path(sys.argv[1])), {name: int(port) for name, port in named.items()}))
