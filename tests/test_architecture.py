"""The shape of the house: what a reader may rely on without reading everything."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from config.celery import app as celery

ROOT = Path(__file__).resolve().parents[1]
APPS = ("config", "crisis", "playbooks", "escalation")
DOORS = re.compile(
    r"(^|/)(views|api|tasks|admin|management|context|visitor|clock|heartbeat|report)(/|\.py)"
)
PUBLIC = {
    "/sign-in/",
    "/sign-out/",
    "/p/",
    "/sign/",
    "/tray/",
    "/app.webmanifest",
    "/worker.js",
    "/offline/",
    "/counting.json",
    "/api/v1/health/live",
    "/api/v1/health/ready",
    "/api/v1/schema",
    "/api/v1/docs",
    "/api/v1/problems",
    "/api/",
}
"""What may be opened without a session: sign-in, links, the manifest, health, schema. `/tray/` is
open in a demonstration only, and says so itself; unknown addresses under `/api/` are a 404."""


def sources() -> Iterator[tuple[Path, ast.Module]]:
    for name in APPS:
        for path in sorted((ROOT / name).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT), ast.parse(path.read_text(encoding="utf-8"))


def test_imports_go_one_way() -> None:
    """Once paging knows incidents, neither can be read, or trusted, alone."""
    command = [str(Path(sys.executable).parent / "lint-imports"), "--no-cache"]

    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert told.returncode == 0, told.stdout


def reads_the_clock(tree: ast.Module) -> list[int]:
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("now", "utcnow", "today", "localtime", "localdate")
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in ("timezone", "datetime", "date", "clock", "time")
    ]


def test_only_doors_read_the_clock() -> None:
    """A rule with a clock of its own cannot be rehearsed, simulated or tested exactly."""
    readers = [
        f"{path}:{line}"
        for path, tree in sources()
        if not DOORS.search(str(path))
        for line in reads_the_clock(tree)
    ]

    assert readers == []


def test_the_hosts_clock_is_read_in_one_place() -> None:
    """With two clocks, a host an hour off would page an hour early."""
    readers = [
        str(path)
        for path, tree in sources()
        if "timezone.now(" in ast.unparse(tree) or "datetime.now(" in ast.unparse(tree)
    ]

    assert readers == ["escalation/clock.py"]


def patterns(resolver: URLResolver, before: str = "/") -> Iterator[tuple[str, URLPattern]]:
    for each in resolver.url_patterns:
        route = before + str(each.pattern).lstrip("^").rstrip("$")
        if isinstance(each, URLResolver):
            yield from patterns(each, route)
        else:
            yield route, each


def example(route: str) -> str:
    """Give an address that a route matches."""
    route = re.sub(r"<(int:)?(number|pk|answer|incident_number|[a-z_]*id)>", "1", route)
    return re.sub(r"<[^>]+>", "x", route)


def routes() -> list[str]:
    found = {example(route) for route, _ in patterns(get_resolver())}
    return sorted(route for route in found if "(" not in route and not route.startswith("/admin/"))


@pytest.mark.django_db
@pytest.mark.parametrize("route", routes())
def test_every_address_is_guarded(route: str, client: Client) -> None:
    """One view without its decorator is one storm that everybody can read."""
    if route in PUBLIC or any(len(p) > 1 and p != "/api/" and route.startswith(p) for p in PUBLIC):
        return

    answer = client.get(route)

    # A stream that is not for somebody says nothing at all; tests/browser/test_live.py.
    guarded = {204} if route.endswith("/live/") else {302, 401, 403, 404, 405}
    assert answer.status_code in guarded, (route, answer.status_code)
    if answer.status_code == 302:
        assert answer["Location"].startswith("/sign-in/"), route


EVENT_FREE = {
    "_take": "a lease is no change of an incident; the page's own row tells it",
    "begin_again": "as above",
    "renew": "as above",
    "mark_seen": "a look changes nothing; the page's own row tells when it was",
    "_stamp_sent": "the page's own row tells it, and standing down seals the rows",
    "request_code": "a code belongs to a device, not to an incident; its page is a row",
    "confirm_code": "as above",
    "forget_what_is_over": "it touches no incident",
    "make_sign_in_link": "as above",
    "forget_sign_in_link": "as above",
    "use_sign_in_link": "as above",
    "note_audited": "as above: it says how far the evidence was verified",
    "end_audit": "as above",
    "take_look": "as above: it says who looks whether all is well",
    "note_ping": "as above",
}


def test_every_operation_on_an_incident_leaves_an_event() -> None:
    """A change without an event is a hole in the evidence."""
    silent = []
    for path, tree in sources():
        if path.parts[0] == "playbooks" or "operations" not in path.parts:
            continue
        if path.name in ("keys.py", "people.py"):
            continue
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and any(
                "atomic" in ast.unparse(each) for each in node.decorator_list
            ):
                body = ast.unparse(node)
                if not re.search(r"\b(record|_decide|_sign|hold|pass_on|start)\(", body):
                    silent.append(node.name)

    assert sorted(set(silent) - set(EVENT_FREE)) == []


def test_every_queue_that_is_written_is_consumed() -> None:
    """A task in a queue that no worker reads is a page that never leaves."""
    queues = {queue.name for queue in settings.CELERY_TASK_QUEUES}
    routed = {
        celery.amqp.router.route({}, name)["queue"].name
        for name in celery.tasks
        if not name.startswith("celery.")
    }
    beaten = {entry["options"]["queue"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    commands = (ROOT / "config" / "supervisor.py").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert routed | beaten <= queues
    for text in (commands, readme):
        assert re.search(r"-Q[\s\",]+" + ",".join(sorted(queues)), text)


def test_no_task_waits_in_a_message() -> None:
    """A deadline in a broker's message is lost at the first kill: rows are the clock."""
    forbidden = re.compile(r"\b(countdown|eta|acks_late)\s*=\s*(?!False)")

    found = [path for path, tree in sources() if forbidden.search(ast.unparse(tree))]

    assert found == []


@pytest.mark.django_db
def test_no_migration_is_missing() -> None:
    """A model that the tables do not know fails at the first write, at night."""
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_no_function_is_longer_than_a_screen_and_no_file_than_four_hundred_lines() -> None:
    """What does not fit on a screen is not read at 3 am."""
    long = []
    for path, tree in sources():
        if len((ROOT / path).read_text(encoding="utf-8").splitlines()) > 400:
            long.append(str(path))
        long += [
            f"{path}:{node.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 45
        ]

    assert long == []


def test_every_model_lives_in_one_of_the_three_apps() -> None:
    """A table that nobody owns is a table that nobody migrates."""
    models = [each for each in apps.get_models() if each.__module__.startswith(APPS)]

    assert {each._meta.app_label for each in models} == {"crisis", "playbooks", "escalation"}
