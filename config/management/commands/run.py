"""Run CodeRed on this machine, with one command."""

import os
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from config.env import env, env_int
from config.supervisor import Place, Supervisor, choose_port, only_one_in
from escalation.models import Person


class Command(BaseCommand):
    help = "Run Redis (where REDIS_URL is empty), web, worker and beat until Ctrl-C."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo", action="store_true", help="with a sample organisation, on this machine only"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # What is written from here on holds names, addresses and keys.
        os.umask(0o077)
        try:
            with only_one_in(settings.VAR_DIR):
                code = self._run()
        except RuntimeError as error:
            raise CommandError(str(error)) from error
        raise SystemExit(code)

    def _run(self) -> int:
        port = choose_port(env_int("CODERED_PORT", 0), self._say)
        if not env("CODERED_BASE_URL") and settings.CODERED_DEMO:
            os.environ["CODERED_BASE_URL"] = f"http://127.0.0.1:{port}"
            settings.CODERED_BASE_URL = os.environ["CODERED_BASE_URL"]
        place = Place(
            code=settings.BASE_DIR,
            var=settings.VAR_DIR,
            port=port,
            host=urlsplit(settings.CODERED_BASE_URL).netloc,
        )
        self._say(f"Starting. The processes write to {place.logs}/*.log.")
        return Supervisor(place, self._say, env("REDIS_URL")).run(self._prepare, self._ready)

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        # Whoever reads through a pipe waits for the address, too.
        self.stdout.flush()

    def _prepare(self) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        if not settings.CODERED_DEMO:
            call_command("collectstatic", verbosity=0, interactive=False)
        elif not Person.objects.exists():
            call_command("load_sample", stdout=self.stdout)
        else:
            call_command("load_sample", "--show", stdout=self.stdout)
        connections.close_all()

    def _ready(self) -> None:
        self._say(f"CodeRed is ready: {settings.CODERED_BASE_URL}/  (Ctrl-C stops it)")
