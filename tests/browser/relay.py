"""The way between a device and the site, which can be cut, or lose what comes back."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from urllib.parse import urlsplit


class Relay:
    """Passes on what comes, as long as there is a network."""

    def __init__(self, site: str) -> None:
        parts = urlsplit(site)
        self._site = parts.hostname or "", parts.port or 80
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: set[socket.socket] = set()
        self._is_there = self._brings_back = True
        Thread(target=self._accept, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def cut(self) -> None:
        """Let nothing through any more; what is under way is lost."""
        self._is_there = False
        for each in list(self._open):
            self._end(each)

    def lose_answers(self) -> None:
        """Let everything through to the site, and nothing back."""
        self._brings_back = False

    def mend(self) -> None:
        self._is_there = self._brings_back = True

    def close(self) -> None:
        self.cut()
        self._end(self._listening)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                device, _ = self._listening.accept()
                if not self._is_there:
                    device.close()
                    continue
                site = socket.create_connection(self._site)
                self._open |= {device, site}
                Thread(target=self._pass_on, args=(device, site, False), daemon=True).start()
                Thread(target=self._pass_on, args=(site, device, True), daemon=True).start()

    def _pass_on(self, come: socket.socket, go: socket.socket, is_answer: bool) -> None:
        with suppress(OSError):
            while (piece := come.recv(65536)) and (self._brings_back or not is_answer):
                go.sendall(piece)
        self._end(come)
        self._end(go)

    def _end(self, one: socket.socket) -> None:
        self._open.discard(one)
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


@contextmanager
def relaying(site: str) -> Iterator[Relay]:
    """Stand between a device and the site for as long as the test lasts."""
    relay = Relay(site)
    try:
        yield relay
    finally:
        relay.close()
