"""Bad input by API: refused with a code that names it, never taken, never a fault of ours."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from crisis.models import Answer, Incident
from tests.programs import API, Program, fields, problem
from tests.story import House


@dataclass(frozen=True)
class Probe:
    """Bytes that some program will send one day, and what they must be answered."""

    name: str
    raw: bytes
    status: int
    code: str
    wrong: dict[str, str] | None = None
    content_type: str = "application/json"


def raising(name: str, wrong: str = "", **changes: Any) -> Probe:
    """A raise with one field gone wrong: `wrong` is the code that names it."""
    field = next(iter(changes))
    body = {"question": "Is he one of yours?"} | changes
    return Probe(name, json.dumps(body).encode(), 400, "invalid", {field: wrong})


def odd(name: str, raw: bytes, code: str = "malformed", status: int = 400) -> Probe:
    return Probe(name, raw, status, code)


QUESTION = b'{"question": "%s"}'
PROBES = [
    odd("not JSON", b"question=Is he"),
    odd("cut off", b'{"question": "Is'),
    odd("two documents", b'{"question": "a"} {"question": "b"}'),
    odd("bad UTF-8", b'{"question": "\xff\xfe"}'),
    odd("Latin-1", '{"question": "café"}'.encode("latin-1")),
    odd("UTF-16", '{"question": "a"}'.encode("utf-16")),
    odd("BOM", b"\xef\xbb\xbf" + QUESTION % b"a"),
    odd("NaN", b'{"question": "a", "limit_seconds": NaN}'),
    odd("Infinity", b'{"question": "a", "limit_seconds": -Infinity}'),
    odd("number of 4301 digits", b'{"question": "a", "channel": ' + b"9" * 4301 + b"}"),
    odd("nested 21 deep", b'{"question": ' + b"[" * 20 + b"]" * 20 + b"}"),
    odd("nested 30 000 deep", b"[" * 30_000),
    odd("nested objects", b'{"a":' * 2000 + b"1" + b"}" * 2000),
    odd("101 keys", json.dumps({f"k{n}": 1 for n in range(101)}).encode()),
    odd("101 keys in parts", json.dumps([{f"k{n}": 1} for n in range(101)]).encode()),
    odd("key twice", b'{"question": "a", "question": "b"}'),
    odd("key twice within", b'{"question": "a", "values": {"t": "1", "t": "2"}}'),
    odd("too large", QUESTION % (b"a" * 65_536), "too_large", 413),
    odd("far too large", QUESTION % (b"a" * 3_000_000), "too_large", 413),
    odd("NUL", QUESTION % rb"a\u0000b", "bad_character"),
    odd("raw NUL", QUESTION % b"a\x00b"),
    odd("escape", QUESTION % rb"a\u001bb", "bad_character"),
    odd("half surrogate", QUESTION % rb"a\ud800b", "bad_character"),
    odd("other half", QUESTION % rb"a\udc00b", "bad_character"),
    odd("NUL in a field unknown", b'{"question": "a", "x": {"y": ["\\u0000"]}}', "bad_character"),
    odd("NUL in a key", b'{"question": "a", "\\u0000": 1}', "bad_character"),
    Probe("a list", b'[{"question": "a"}]', 400, "invalid", {"": "invalid"}),
    Probe("a word", b'"question"', 400, "invalid", {"": "invalid"}),
    Probe("null", b"null", 400, "invalid", {"": "null"}),
    Probe("nothing", b"", 400, "invalid", {"question": "required"}),
    raising("no such field", "unknown_field", severity=1),
    raising("read-only field", "unknown_field", status="stood_down"),
    raising("number for text", "invalid", question=5),
    raising("true for text", "invalid", question=True),
    raising("list for text", "invalid", question=["Is he?"]),
    raising("null for text", "null", question=None),
    raising("empty", "blank", question=""),
    raising("spaces", "blank", question="   "),
    raising("zero-width only", "blank", question="\u200b\u200d\ufeff"),
    raising("direction marks only", "blank", question="\u202e\u2066"),
    raising("too long", "too_long", question="a" * 141),
    raising("two lines", "bad_character", question="a\nb"),
    raising("tab in a line", "bad_character", title="a\tb"),
    raising("turned name", "turned", author="@\u202egpj.nna"),
    raising("turned title", "turned", title="a\u2066b"),
    raising("true for a number", "invalid", channel=True),
    raising("text for a number", "invalid", channel="1"),
    raising("fraction for a number", "invalid", channel=1.0),
    raising("zero", "min_value", channel=0),
    raising("2 to the 31", "max_value", channel=2**31),
    raising("negative", "min_value", channel=-1),
    raising("1 for true", "invalid", is_drill=1),
    raising("text for true", "invalid", is_drill="false"),
    raising("null for a flag", "null", is_drill=None),
    raising("clock of an hour", "invalid_choice", limit_seconds=3600),
    raising("clock as text", "invalid_choice", limit_seconds="300"),
    raising("true as a clock", "invalid_choice", limit_seconds=True),
    raising("list as a clock", "invalid_choice", limit_seconds=[300]),
    raising("script for a link", "not_an_address", post_url="javascript:alert(1)"),
    raising("name in a link", "not_an_address", post_url="https://x.com@evil.example/a"),
    raising("link to a number", "not_an_address", post_url="http://2130706433/"),
    raising("line end behind a line", "bad_character", title="Video\n"),
    raising("no scheme", "not_an_address", post_url="x.com/a"),
    raising("data link", "not_an_address", post_url="data:text/html,x"),
    raising("link of 600 characters", "too_long", post_url="https://x.com/" + "a" * 600),
    raising("link with a line end", "bad_character", post_url="https://x.com/a\r\nX: y"),
    Probe(
        "form",
        b"question=a",
        415,
        "unsupported_media_type",
        None,
        "application/x-www-form-urlencoded",
    ),
    Probe(
        "multipart",
        b"--x\r\n",
        415,
        "unsupported_media_type",
        None,
        "multipart/form-data; boundary=x",
    ),
    Probe("plain text", b'{"question": "a"}', 415, "unsupported_media_type", None, "text/plain"),
    Probe("XML", b"<a/>", 415, "unsupported_media_type", None, "application/xml"),
    Probe("nonsense type", b"{}", 415, "unsupported_media_type", None, "///;;;"),
]


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_bad_body_is_refused_by_name_and_raises_nothing(
    house: House, olgas: Program, probe: Probe
) -> None:
    """A storm must not be lost in a 500, nor raised with words that nobody sent."""
    response = olgas.send("POST", "/incidents", probe.raw, probe.content_type)

    assert problem(response) == (probe.status, probe.code)
    if probe.wrong is not None:
        assert fields(response) == probe.wrong
    assert not Incident.objects.exists()


def test_body_in_chunks_is_not_taken_for_an_empty_one(house: House, olgas: Program) -> None:
    """A storm whose words were dropped on the way must not read as one without words."""
    response = olgas.client.generic(
        "POST",
        f"{API}/incidents",
        content_type="application/json",
        headers=olgas.headers | {"Transfer-Encoding": "chunked"},
    )

    assert problem(response) == (411, "length_required")


def test_most_that_is_allowed_is_taken(house: House, olgas: Program) -> None:
    """A limit that bites below its own number refuses honest storms."""
    body = {
        "question": "é" * 140,
        "post_text": "a" * 5000,
        "post_url": "https://x.com/" + "a" * 486,
    }

    response = olgas.post("/incidents", body)

    assert response.status_code == 201


@pytest.mark.parametrize(
    ("query", "status", "wrong"),
    [
        ("status=lost", 400, {"status": "invalid_choice"}),
        ("status=", 400, {"status": "invalid_choice"}),
        ("state=open", 400, {"state": "unknown_field"}),
        ("status=open&status=stood_down", 400, {"status": "repeated"}),
        ("after=-1", 400, {"after": "invalid"}),
        ("after=1.5", 400, {"after": "invalid"}),
        ("after=abc", 400, {"after": "invalid"}),
        ("after=%D9%A1", 400, {"after": "invalid"}),
        ("after=99999999999", 400, {"after": "invalid"}),
        ("after=4294967296", 400, {"after": "max_value"}),
        ("limit=0", 400, {"limit": "min_value"}),
        ("limit=100000", 400, {"limit": "max_value"}),
        ("format=html", 400, {"format": "unknown_field"}),
        ("raised_since=2026-11-14T12:00:00", 400, {"raised_since": "no_moment"}),
        ("raised_since=2026-11-14", 400, {"raised_since": "no_moment"}),
        ("raised_since=9999-12-31T23:59:59Z", 400, {"raised_since": "no_moment"}),
        ("raised_since=0001-01-01T00:00:00%2B14:00", 400, {"raised_since": "no_moment"}),
        ("raised_since=2026-02-30T12:00:00Z", 400, {"raised_since": "no_moment"}),
        ("raised_since=2026-11-14T12:00:00%2B99:00", 400, {"raised_since": "no_moment"}),
        ("raised_since=now", 400, {"raised_since": "no_moment"}),
    ],
)
def test_bad_query_is_refused_by_name(
    house: House, olgas: Program, query: str, status: int, wrong: dict[str, str]
) -> None:
    """A filter that is not understood and passed over shows the wrong storms."""
    response = olgas.get(f"/incidents?{query}")

    assert problem(response) == (status, "invalid")
    assert fields(response) == wrong


@pytest.mark.parametrize(
    "address",
    [
        "/incidents?status=a%00b",
        "/incidents?a%00b=1",
        "/incidents?status=%0a",
        "/incidents?status=%ff",
        "/incidents?status=%ed%a0%80",
        "/incidents?status=%1b",
        "/incidents/%00",
        "/playbooks/a%00b",
        "/playbooks/a%0ab",
        "/playbooks/%ed%a0%80",
        "/playbooks/%ff",
        "/playbooks/a%ef%bf%bdb",
    ],
)
def test_bad_character_in_an_address_is_named(house: House, olgas: Program, address: str) -> None:
    """What one database refuses and the other keeps must stop at the door."""
    assert problem(olgas.get(address)) == (400, "bad_character")


@pytest.mark.parametrize(
    "address",
    [
        "/incidents/",
        "/incidents/0",
        "/incidents/-1",
        "/incidents/1.0",
        "/incidents/99999999999999999999999999",
        "/answers/9223372036854775808",
        "/playbooks/none",
        "/nothing",
        "/",
        "",
        "/%D9%A1",
        "/incidents/1/../1",
    ],
)
def test_address_of_nothing_is_a_problem_and_no_page(
    house: House, olgas: Program, address: str
) -> None:
    """A program cannot read a page of HTML, whatever it mistyped."""
    assert problem(olgas.get(address)) == (404, "not_found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("DELETE", "/incidents"),
        ("PATCH", "/answers/1"),
        ("OPTIONS", "/incidents"),
        ("TRACE", "/me"),
        ("GET", "/incidents/1/acknowledge"),
        ("POST", "/me"),
        ("PUT", "/incidents/1"),
    ],
)
def test_other_methods_are_told_which_there_are(
    house: House, olgas: Program, method: str, path: str
) -> None:
    """A DELETE that seems to work would be believed."""
    response = olgas.send(method, path, b"{}")

    assert problem(response) == (405, "method_not_allowed")
    assert method not in response.headers["Allow"]


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/png", "nonsense"])
def test_what_we_do_not_write_is_refused_as_a_problem(
    house: House, olgas: Program, accept: str
) -> None:
    """A browser that strays here must not be given a page that another might trust."""
    assert problem(olgas.get("/me", Accept=accept)) == (406, "not_acceptable")


def test_head_answers_like_get_without_a_body(house: House, olgas: Program) -> None:
    """Probes that ask for the head alone must hear the truth."""
    response = olgas.send("HEAD", "/me", b"")

    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize(
    ("body", "wrong"),
    [
        ({"values": ["12:30"]}, {"values": "not_a_dict"}),
        ({"values": {"time": 1230}}, {"values.time": "invalid"}),
        ({"values": {"time": None}}, {"values.time": "null"}),
        ({"values": {"time": "a\nb"}}, {"values.time": "bad_character"}),
        ({"text": "a" * 5001}, {"text": "too_long"}),
        ({"text": None}, {"text": "null"}),
        ({"text": "Yes.", "answers_question": "yes"}, {"answers_question": "invalid"}),
        ({"text": "Yes.", "channel": None}, {"channel": "null"}),
        ({"text": "Yes.", "status": "approved"}, {"status": "unknown_field"}),
        ({"text": "Yes.", "created_by": 2}, {"created_by": "unknown_field"}),
        ({"text": "Yes.", "version": 1}, {"version": "unknown_field"}),
    ],
)
def test_bad_draft_is_refused_by_name(
    house: House, olgas: Program, body: dict[str, Any], wrong: dict[str, str]
) -> None:
    """Nobody writes themselves an approval by sending a field more."""
    house.alarm()

    response = olgas.post(
        "/incidents/1/answers", {"channel": house.x.pk, "statement": "HOLD"} | body
    )

    assert (problem(response), fields(response)) == ((400, "invalid"), wrong)
    assert not Answer.objects.exists()


def test_bidi_characters_in_a_draft_are_kept_and_shown(house: House, olgas: Program) -> None:
    """A text that runs backwards is not lost: whoever signs is told that it does."""
    house.alarm()

    shown = olgas.post(
        "/incidents/1/answers", {"channel": house.x.pk, "text": "Yes \u202ehe is."}
    ).json()

    assert "turned_text" in {check["code"] for check in shown["checks"]}


def test_address_outside_the_version_is_a_problem_too(house: House, olgas: Program) -> None:
    """/api/ without /v1 is a program's slip, and it reads no HTML either."""
    response = olgas.client.get(API.removesuffix("/v1") + "/incidents")

    assert problem(response) == (404, "not_found")


def test_wrong_host_is_a_problem_too(house: House, olgas: Program) -> None:
    """A request for another site is refused before any view, and still in JSON."""
    response = olgas.client.get(f"{API}/me", headers={"Host": "evil.example"})

    assert problem(response) == (400, "invalid")
