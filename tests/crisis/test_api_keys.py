"""Who comes in by API, and how far: keys cut to scopes, sessions with their token, nobody else."""

import re
from typing import Any

import pytest
from django.test import Client

from crisis.models import Incident
from crisis.rules.text import sha256_of
from escalation.clock import leave_beat
from escalation.models import ApiKey, Person
from escalation.operations.keys import create_key, revoke_key
from tests.programs import API, EVERYTHING, Program, clock_at, problem
from tests.story import NOON, TEXT, House, at

URL = "https://x.com/h/status/2"
DECISION = {"kind": "approve", "version": 1, "sha256": sha256_of(TEXT)}

CALLS: list[tuple[str, str, str, dict[str, Any] | None]] = [
    ("read", "GET", "/incidents", None),
    ("read", "GET", "/incidents/1", None),
    ("read", "GET", "/incidents/1/timeline", None),
    ("read", "GET", "/incidents/1/report", None),
    ("read", "GET", "/incidents/1/questions", None),
    ("read", "GET", "/incidents/1/facts", None),
    ("read", "GET", "/incidents/1/answers", None),
    ("read", "GET", "/answers/1", None),
    ("read", "GET", "/queue", None),
    ("read", "GET", "/playbooks", None),
    ("read", "GET", "/playbooks/VOL-01", None),
    ("read", "GET", "/chains", None),
    ("read", "GET", "/channels", None),
    ("read", "GET", "/pages?incident=1", None),
    ("read", "GET", "/me", None),
    ("raise", "POST", "/incidents", {"question": "Is he?"}),
    ("raise", "POST", "/incidents/1/questions", {"text": "And me?"}),
    ("raise", "POST", "/incidents/1/facts", {"text": "He left.", "source": "Joy Mensah"}),
    ("raise", "POST", "/facts/1/drop", {}),
    ("raise", "POST", "/incidents/1/stand-down", {"end": "over"}),
    ("answer", "POST", "/incidents/1/answers", {"channel": 1, "text": "Yes."}),
    ("answer", "PUT", "/answers/1", {"version": 1, "text": "Yes."}),
    ("answer", "POST", "/answers/1/submit", {"version": 1}),
    ("answer", "POST", "/answers/1/releases", {"version": 1, "url": URL}),
    ("answer", "POST", "/answers/1/withdraw", {}),
    ("decide", "POST", "/incidents/1/acknowledge", {}),
    ("decide", "POST", "/incidents/1/hand-over", {}),
    ("decide", "POST", "/answers/1/decisions", DECISION),
]
OPEN = ["/health/live", "/health/ready", "/problems", "/schema"]


def ids(call: Any) -> str:
    return f"{call[1]} {call[2]}"


def call_it(program: Program, call: tuple[str, str, str, dict[str, Any] | None]) -> Any:
    _, method, path, body = call
    return getattr(program, method.lower())(path, *([] if body is None else [body]))


@pytest.mark.parametrize("call", CALLS, ids=ids)
def test_key_reaches_no_further_than_its_scopes(house: House, call: Any) -> None:
    """A key that leaked from a wall screen must not be able to raise, write or sign."""
    house.draft(house.alarm())
    others = [scope for scope in EVERYTHING if scope != call[0]]

    refused = call_it(Program(house.olga, others), call)
    let_in = call_it(Program(house.olga, [call[0]]), call)

    assert problem(refused) == (403, "scope")
    assert refused.json()["needed"] == call[0]
    assert let_in.status_code != 403 or let_in.json()["code"] != "scope"


@pytest.mark.parametrize("call", CALLS, ids=ids)
def test_nobody_comes_in_without_key_or_session(house: House, call: Any) -> None:
    """Every road is shut unless somebody opened it on purpose."""
    house.draft(house.alarm())

    response = call_it(Program(None), call)

    assert problem(response) == (401, "not_authenticated")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_every_address_is_in_the_matrix(house: House) -> None:
    """A new address that nobody thought of would be a hole, or a road that nobody tests."""
    paths = Program(None).get("/schema").json()["paths"]
    offered = {
        (method.upper(), re.sub(r"\{\w+\}", "*", path).removeprefix(API))
        for path, methods in paths.items()
        for method in methods
    }

    tried = {
        (method, re.sub(r"/(?:1|VOL-01)(?=/|$)", "/*", path.partition("?")[0]))
        for _, method, path, _ in CALLS
    }

    assert offered == tried | {("GET", path) for path in OPEN}


@pytest.mark.parametrize("path", OPEN)
def test_probes_and_contract_need_no_key(house: House, path: str) -> None:
    """A load balancer has no key, and must not be given one."""
    leave_beat("clock", at(60))

    assert Program(None).get(path).status_code == 200


@pytest.mark.parametrize(
    "header",
    [
        "Bearer",
        "Bearer ",
        "Bearer crk_",
        "Basic b2xnYTp4",
        "Token {text}",
        "{text}",
        "Bearer  {text}",
    ],
)
def test_anything_else_in_the_header_is_refused(house: House, header: str) -> None:
    """Half a key must not fall back to whatever cookie is there."""
    program = Program(house.olga)
    program.client.force_login(house.olga)
    program.headers["Authorization"] = header.format(text=program.text)

    assert problem(program.get("/me")) == (401, "bad_key")


def test_revoked_and_expired_keys_open_nothing(house: House) -> None:
    """A key that was shut must be shut in the same second."""
    revoked = Program(house.olga)
    revoke_key(key=revoked.key, now=at(10))
    key, text = create_key(
        person=house.olga, name="weekend", scopes=["read"], expires_at=at(30), now=NOON
    )
    expired = Program(None)
    expired.headers["Authorization"] = f"Bearer {text}"

    assert problem(revoked.get("/me")) == (401, "bad_key")
    assert problem(expired.get("/me")) == (401, "bad_key")
    expired.seconds = 29
    assert expired.get("/me").json()["scopes"] == key.scopes


def test_key_of_somebody_who_left_is_refused_like_a_wrong_one(house: House) -> None:
    """Leaving ends keys and sessions together."""
    program = Program(house.olga)
    browser = Client()
    browser.force_login(house.olga)
    Person.objects.filter(pk=house.olga.pk).update(is_active=False)

    assert problem(program.get("/me")) == (401, "bad_key")
    assert problem(browser.get(f"{API}/me")) == (401, "not_authenticated")


def test_request_with_a_key_ignores_cookies(house: House) -> None:
    """A program in a browser must act as its key, not as whoever is signed in beside it."""
    program = Program(house.anna, ["read"])
    program.client.force_login(house.olga)

    me = program.get("/me").json()

    assert (me["person"]["name"], me["scopes"], me["is_key"]) == ("Anna Hale", ["read"], True)
    assert problem(program.post("/incidents", {"question": "Is he?"})) == (403, "scope")


def test_session_changes_something_only_with_its_token(house: House) -> None:
    """A page on another site must not raise a code red through a signed-in officer's browser."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(house.olga)
    token = "a" * 32
    browser.cookies["csrftoken"] = token
    storm = {"question": "Is he?"}

    def send(**headers: str) -> Any:
        return browser.post(
            f"{API}/incidents", storm, content_type="application/json", headers=headers
        )

    assert problem(send()) == (403, "csrf")
    assert not Incident.objects.exists()
    assert send(**{"X-CSRFToken": token}).status_code == 201
    assert browser.get(f"{API}/me").json()["is_key"] is False


def test_decision_in_a_session_is_recorded_as_such(house: House) -> None:
    """The record tells by which door the decision came."""
    answer = house.submitted(house.alarm())
    browser = Client()
    browser.force_login(house.anna)

    with clock_at(90):
        shown = browser.post(
            f"{API}/answers/{answer.pk}/decisions", DECISION, content_type="application/json"
        ).json()

    assert shown["sign_off"]["decisions"][0]["via"] == "session"


def test_reading_leaves_no_trace_and_changing_does(house: House) -> None:
    """GET never changes a row; a key that changed something shows when."""
    house.alarm()
    program = Program(house.olga)

    program.get("/incidents/1")
    unused = ApiKey.objects.get(pk=program.key.pk).last_used_at
    program.post("/incidents/1/questions", {"text": "And me?"})

    assert unused is None
    assert ApiKey.objects.get(pk=program.key.pk).last_used_at == at(60)


def test_roles_still_count_beneath_the_scopes(house: House) -> None:
    """A manager's key with every scope is still a manager's."""
    program = Program(house.anna)

    assert program.get("/me").json()["roles"] == ["manager"]
    assert problem(program.post("/incidents", {"question": "Is he?"})) == (403, "not_an_officer")


def test_page_about_the_api_holds_nothing_inline(house: House) -> None:
    """The one page under /api/ must not be the one that needs a weaker policy."""
    response = Program(None).get("/docs")

    page = response.content.decode()
    assert response.status_code == 200
    assert "<style" not in page
    assert re.findall(r"<script(?![^>]* src=)", page) == []
    assert problem(Program(None).post("/docs")) == (405, "method_not_allowed")
