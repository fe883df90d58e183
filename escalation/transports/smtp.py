"""Django's way to send mail, told apart: what cannot have arrived, and what may have."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

from escalation.transports.exchange import Exchange


class _Watched(smtplib.SMTP):
    exchange: Exchange

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.exchange.leave()
        return super().data(msg)

    def quit(self) -> tuple[int, bytes]:
        # A mail that was taken stays taken: a slow goodbye must not put that in doubt.
        self.putcmd("quit")
        self.close()
        return 221, b""


class _WatchedTls(_Watched, smtplib.SMTP_SSL):
    pass


class WatchedBackend(EmailBackend):
    """Sends within one exchange; the settings are Django's own."""

    def __init__(self, exchange: Exchange) -> None:
        super().__init__(timeout=exchange.left_seconds)
        self._exchange = exchange

    @property
    def connection_class(self) -> type[_Watched]:
        return _WatchedTls if self.use_ssl else _Watched

    def open(self) -> bool | None:
        is_new = super().open()
        if isinstance(self.connection, _Watched) and self.connection.sock:
            self.connection.exchange = self._exchange
            self._exchange.hold(self.connection.sock)
        return is_new
