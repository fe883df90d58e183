"""Page by webhook, signed as standard-webhooks says, for whatever a team has of its own."""

import asyncio
import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from aiohttp import ClientConnectorCertificateError, ClientError
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from escalation.transports.base import Line, Message, Receipt, TransportError
from escalation.transports.web import BadUrl, NotReached, Reply, Web, provider_of

ASKS_FOR_PATIENCE = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
PASSES = (*ASKS_FOR_PATIENCE, HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY)
"""Refusals that may be over at the next try; so may all of the server's own failures (5xx)."""


class WebhookTransport:
    """Posts one page to one URL; the page's key is the webhook's id."""

    kind = "webhook"
    most_at_once = 50

    def provider(self, address: str) -> str:
        return provider_of(address)

    def connect(self) -> Line:
        return WebhookLine(self.most_at_once)


class WebhookLine:
    """The connections to one host."""

    def __init__(self, most_at_once: int) -> None:
        self._web = Web(most_at_once)

    async def send(self, message: Message) -> Receipt:
        body = _body(message)
        headers = _headers(message, body)
        # Let whoever else is ready come as far as this, so that many are put into words in a row
        # and then many are posted in a row: kept apart, both find their code in the processor's
        # cache, and a page costs a quarter less.
        await asyncio.sleep(0)
        try:
            reply = await self._web.post(message.address, body.encode(), headers)
        except BadUrl as error:
            raise TransportError(str(error), permanent=True, is_local=True) from None
        except ClientConnectorCertificateError:
            raise TransportError("Its certificate cannot be trusted.", permanent=True) from None
        except NotReached:
            sentence = "The webhook could not be reached in time."
            raise TransportError(sentence, is_silent=True) from None
        except (ClientError, OSError):
            sentence = "The webhook did not say if it took it."
            raise TransportError(sentence, is_unknown=True) from None
        if not HTTPStatus.OK <= reply.status < HTTPStatus.MULTIPLE_CHOICES:
            raise _refusal(reply, message.sent_at)
        return Receipt()

    async def close(self) -> None:
        await self._web.close()


def _body(message: Message) -> str:
    data = {
        "key": message.key,
        "person": message.person_name,
        "title": message.title,
        "text": message.text,
        "url": message.url,
        "is_repeat": message.is_repeat,
        "is_restricted": message.is_restricted,
    }
    sent_at = message.sent_at.astimezone(UTC).isoformat()
    return json.dumps({"type": "page", "timestamp": sent_at, "data": data})


def _headers(message: Message, body: str) -> dict[str, str]:
    sent_at = message.sent_at.astimezone(UTC)
    try:
        signature = Webhook(message.secret).sign(message.key, sent_at, body)
    except (EmptyWebhookSecretError, ValueError):
        sentence = "This webhook has no working secret."
        raise TransportError(sentence, permanent=True, is_local=True) from None
    return {
        "Content-Type": "application/json",
        "User-Agent": "CodeRed",
        "webhook-id": message.key,
        "webhook-timestamp": str(int(sent_at.timestamp())),
        "webhook-signature": signature,
    }


def _refusal(reply: Reply, now: datetime) -> TransportError:
    is_passing = reply.status in PASSES or reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    asked = _seconds(reply.retry_after, now) if reply.status in ASKS_FOR_PATIENCE else None
    sentence = f"The webhook answered {reply.status}."
    return TransportError(sentence, permanent=not is_passing, retry_after_seconds=asked)


def _seconds(retry_after: str, now: datetime) -> float | None:
    """Read Retry-After, seconds or a date; None when it says neither."""
    if retry_after.isdecimal():
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
