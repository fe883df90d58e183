"""The contract, put to the test: every operation by every role, and no answer outside it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from drf_spectacular.validation import validate_schema
from hypothesis import HealthCheck, Phase, settings
from rest_framework.utils.encoders import JSONEncoder
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.pytest._test_builder import build_operation_test
from schemathesis.specs.openapi.schemas import OpenApiSchema

from config.wsgi import application
from crisis.api.catalogue import CATALOGUE
from crisis.api.contract import contract
from crisis.api.incoming import OF_AMENDED_WORDS
from crisis.models import Answer, Fact
from crisis.operations.fact import Learned, add_fact
from crisis.operations.sign_off import approve
from escalation.clock import leave_beat
from tests.programs import Program, clock_at
from tests.story import House, act, ask_more, at, fast_forward, make_person

NOW = 120.0
ROLES = ("officer", "manager", "admin")
SETTINGS = settings(
    deadline=None,
    derandomize=True,
    max_examples=5,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
CONTRACT = json.loads(json.dumps(contract(), cls=JSONEncoder))
OPERATIONS = [
    f"{method.upper()} {path}" for path, methods in CONTRACT["paths"].items() for method in methods
]


@pytest.fixture(scope="module")
def the_contract() -> OpenApiSchema:
    """The contract as a program reads it, with few examples of each kind of request."""
    config = SchemathesisConfig()
    checks = config.projects.default.checks
    # What points to nothing, or is refused by an operation, is well formed all the same.
    checks.positive_data_acceptance.expected_statuses = ["2xx", "403", "404", "409", "422"]
    loaded = schemathesis.openapi.from_dict(CONTRACT, config=config)
    loaded.app = application
    return loaded


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """A request closes connections, as a server must; here it is the test's own."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@dataclass(frozen=True)
class Target:
    """What the requests are aimed at, so that many of them succeed."""

    number: int
    answers: dict[str, Answer]
    fact: Fact
    channel: int
    person: int
    keys: dict[str, Program]


@pytest.fixture
def target(house: House) -> Target:
    """Three storms, an answer in every state, and something that is known."""
    incident = house.alarm()
    ask_more(incident, 3, house.x)
    learned = Learned("He left in 2021.", "Joy Mensah")
    fact = add_fact(incident=incident, learned=learned, by=house.olga, now=at(20))
    waiting, draft = house.submitted(incident), house.draft(incident)
    approved = house.submitted(house.alarm())
    approve(answer=approved, act=act(house.anna, 80))
    with clock_at(NOW):
        fast_forward(70)
    leave_beat("clock", at(NOW))
    return Target(
        number=incident.number,
        answers={"decisions": waiting, "releases": approved, "": draft},
        fact=fact,
        channel=house.x.pk,
        person=house.ben.pk,
        keys={
            "officer": Program(house.olga),
            "manager": Program(house.anna),
            "admin": Program(make_person("Cara Voss", "admin")),
        },
    )


def is_well_formed(case: Any, part: ParameterLocation | None = None) -> bool:
    """Say whether a request, or one part of it, was made to be right."""
    if case.meta is None:
        return True
    if part is None or part not in case.meta.components:
        return case.meta.generation.mode.is_positive
    return case.meta.components[part].mode.is_positive


def aim(case: Any, target: Target) -> None:
    """Point what is right in a request at something that is there, so that the rest is read."""
    answer = target.answers.get(case.path.rpartition("/")[2]) or target.answers[""]
    pk = target.fact.pk if "/facts/" in case.path else answer.pk
    paths = {"number": target.number, "id": pk, "code": "VOL-01"}
    if is_well_formed(case, ParameterLocation.PATH):
        for name in paths.keys() & (case.path_parameters or {}).keys():
            case.path_parameters[name] = paths[name]
    if is_well_formed(case, ParameterLocation.QUERY) and "incident" in (case.query or {}):
        case.query["incident"] = target.number
    if is_well_formed(case, ParameterLocation.BODY) and isinstance(case.body, dict):
        aim_body(case.body, target, answer)


def aim_body(body: dict[str, Any], target: Target, answer: Answer) -> None:
    known = {
        "channel": target.channel,
        "to": target.person,
        "version": 1,
        "sha256": answer.versions.get(number=1).sha256,
        "playbook": "VOL-01",
        "statement": "HOLD",
        "values": {"time": "12:30"},
    }
    body |= {name: known[name] for name in known.keys() & body.keys()}
    if isinstance(body.get("question"), int):
        body["question"] = None
    if body.get("kind") == "approve":
        for name in {"to", *OF_AMENDED_WORDS} & body.keys():
            del body[name]


@contextmanager
def forgotten() -> Iterator[None]:
    """Undo what a request did, so that the next one meets the same house."""
    atomic = transaction.atomic()
    # As in a TestCase: operations insist on the outermost transaction, tests' own excepted.
    atomic._from_testcase = True  # type: ignore[attr-defined]
    with atomic:
        yield
        transaction.set_rollback(True)
    cache.clear()


@pytest.mark.postgres
@pytest.mark.parametrize("label", OPERATIONS)
def test_every_answer_is_in_the_contract(
    label: str, the_contract: OpenApiSchema, target: Target
) -> None:
    """A program that was written by the contract must never meet anything else."""
    method, _, path = label.partition(" ")
    answered: Counter[int] = Counter()

    def call(case: Any) -> None:
        aim(case, target)
        for role in ROLES if is_well_formed(case) else ROLES[:1]:
            with forgotten(), clock_at(NOW):
                response = case.call_and_validate(headers=target.keys[role].headers)
            answered[response.status_code] += 1

    # Not by the library's own decorator: it makes up all requests while tests are collected.
    build_operation_test(
        config=the_contract.config,
        operation=the_contract[path][method],
        test_func=call,
        given_kwargs={},
        feedback=NO_FEEDBACK,
        explicit_settings=SETTINGS,
    )()

    assert any(status < 300 for status in answered), answered


def test_contract_is_valid_and_names_no_host() -> None:
    """Whoever makes a client from it must not end up calling somebody else's site."""
    told = [each for methods in CONTRACT["paths"].values() for each in methods.values()]
    names = [each["operationId"] for each in told]
    bodies = {each["operationId"]: each.get("requestBody", {}) for each in told}

    validate_schema(CONTRACT)
    assert CONTRACT["servers"] == [{"url": "/"}]
    assert len(set(names)) == len(names)
    assert set(CONTRACT["components"]["securitySchemes"]) == {"apiKey", "session"}
    for name in ("raise_incident", "decide"):
        assert bodies[name]["content"]["application/json"]["examples"], name


def test_every_problem_in_the_contract_is_in_the_catalogue_and_back() -> None:
    """A code that is told nowhere cannot be handled by anybody."""
    told = {
        code
        for methods in CONTRACT["paths"].values()
        for each in methods.values()
        for code in each["x-problems"]
    }

    assert told | {"method_not_allowed", "forbidden"} == set(CATALOGUE)
