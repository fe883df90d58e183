"""The evidence of one incident as a file that proves itself, on any machine with Python."""

from __future__ import annotations

import json
from datetime import UTC
from importlib.resources import files
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from crisis.models import Incident
from crisis.queries.evidence import evidence_of

UNIX = 3
READABLE_BY_ALL = 0o100644


def bundle_of(incident: Incident, organisation: str) -> bytes:
    """Zip the evidence with what checks it. The same evidence gives the same bytes."""
    moment = incident.stood_down_at or incident.raised_at
    stamp = moment.astimezone(UTC)
    zipped = BytesIO()
    with ZipFile(zipped, "w") as archive:
        for name, body in _contents(incident, organisation).items():
            info = ZipInfo(name, (*stamp.timetuple()[:5], stamp.second))
            info.compress_type = ZIP_DEFLATED
            # As on the machine that we run on, if it were left to itself.
            info.create_system, info.external_attr = UNIX, READABLE_BY_ALL << 16
            archive.writestr(info, body)
    return zipped.getvalue()


def _contents(incident: Incident, organisation: str) -> dict[str, bytes]:
    told = json.dumps(evidence_of(incident, organisation), indent=2, ensure_ascii=False)
    return {
        "evidence.json": f"{told}\n".encode(),
        "evidence.py": files("escalation.rules").joinpath("evidence.py").read_bytes(),
        "check.py": files("crisis.evidence").joinpath("check.py").read_bytes(),
    }
