"""Put an ETA task for each timer on Redis: python -m tests.bench.peers.enqueue FILE."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.bench.peers.celery_eta import app, fire

if __name__ == "__main__":
    dues, url = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    with app.producer_pool.acquire(block=True) as producer:
        for key, due in dues.items():
            eta = datetime.fromtimestamp(due, UTC)
            fire.apply_async((int(key), url), eta=eta, producer=producer)
