"""The hash chain over events. Pure, so that an outsider can check it with these thirty lines."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True)
class Entry:
    """An event before it has a place: what, when, by whom, with ids, numbers and hashes."""

    kind: str
    at: datetime
    by: int | None
    detail: dict[str, Any]


def entry_hash(previous: str, timeline: int, sequence: int, entry: Entry) -> str:
    """Hash an event together with the hash before it: SHA-256 of canonical JSON, in hex."""
    body = [
        previous,
        timeline,
        sequence,
        entry.kind,
        entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        entry.by,
        entry.detail,
    ]
    canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
