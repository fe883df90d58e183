"""One exchange with the outside that is over in time, whoever is slow."""

import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from threading import Lock, Thread
from typing import TypeVar

T = TypeVar("T")


class GivenUp(ConnectionAbortedError):
    """Nobody waits for this exchange any more, so nothing of it may leave."""


class Exchange:
    """A talk with a provider that ends after some seconds, name look-up and all.

    Time-outs of sockets count from byte to byte: a provider that sends one each second, or a
    name server that says nothing, would hold the sender far longer. So the talk runs in a thread of
    its own, and is hung up on when its time is over.
    """

    def __init__(self, seconds: float) -> None:
        self.has_left = False
        self._seconds = seconds
        self._ends_at = time.monotonic() + seconds
        self._is_over = False
        self._line: socket.socket | None = None
        self._lock = Lock()

    @property
    def left_seconds(self) -> float:
        """Tell how long is left, never nothing: a socket would take that for "do not wait"."""
        return max(self._ends_at - time.monotonic(), 0.01)

    def run(self, talk: Callable[[], T]) -> T:
        """Give what the talk gives, or raise what it raises; TimeoutError when time is over."""
        outcome: Future[T] = Future()
        Thread(target=_settle, args=(outcome, talk), name="page", daemon=True).start()
        try:
            return outcome.result(self._seconds)
        finally:
            self._end()

    def hold(self, line: socket.socket) -> None:
        """Know the socket to hang up on. Raises GivenUp when time is over already."""
        with self._lock:
            self._check()
            self._line = socket.socket(fileno=os.dup(line.fileno()))

    def leave(self) -> None:
        """Note that from here on the page may arrive. Raises GivenUp when time is over already."""
        with self._lock:
            self._check()
            self.has_left = True

    def _check(self) -> None:
        if self._is_over:
            raise GivenUp

    def _end(self) -> None:
        with self._lock:
            self._is_over = True
            if self._line is not None:
                with suppress(OSError):
                    self._line.shutdown(socket.SHUT_RDWR)
                self._line.close()


def _settle(outcome: Future[T], talk: Callable[[], T]) -> None:
    try:
        outcome.set_result(talk())
    except Exception as error:
        outcome.set_exception(error)
