# CodeRed. Nothing but Python 3.11 or later, git and make has to be there for `make run`.

PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes
SPREAD := -n auto --dist worksteal
TEMPLATES := $(wildcard */templates)

.PHONY: run check test fmt words pictures bench bench-views bench-live writers chaos chaos-controls chaos-narrow machine races

## Run CodeRed on this machine, with a sample organisation. Ctrl-C stops it.
run: .venv/runtime.stamp
	@exec $(BIN)/python manage.py run --demo

## Look at the code without running it: style, types, imports, templates, migrations, settings.
check: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint $(TEMPLATES)
	find $(TEMPLATES) -name '*.html' | xargs $(BIN)/djade --check --target-version 5.2
	CODERED_DEMO=1 $(BIN)/python manage.py makemigrations --check --dry-run
	CODERED_SECRET_KEY="$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))')" \
	CODERED_ALLOWED_HOSTS=codered.example CODERED_BASE_URL=https://codered.example \
	$(BIN)/python manage.py check --deploy --fail-level WARNING

## Test on SQLite, then all again on PostgreSQL, then real processes, then a real browser.
test:
	@sh tests/setup.sh
	@$(MAKE) --no-print-directory .venv/dev.stamp
	$(BIN)/pytest $(SPREAD) -m "not postgres and not processes and not browser"
	$(BIN)/python -m tests.with_postgres $(BIN)/pytest $(SPREAD) -m "not sqlite and not processes and not browser"
	$(BIN)/python -m tests.with_postgres $(BIN)/python -m tests.with_redis $(BIN)/pytest -m processes
	$(BIN)/python -m tests.with_postgres $(BIN)/pytest $(SPREAD) -m browser

## Hammer SQLite for a minute: eight writers, two clocks, and never "database is locked".
writers: .venv/dev.stamp
	$(BIN)/python -m tests.processes.writers --seconds 60

## Play 2,000 nights of a hundred steps each, in any order, against what was promised. Hours.
machine: .venv/dev.stamp
	CODERED_MACHINE=long $(BIN)/pytest $(SPREAD) -o faulthandler_timeout=0 tests/machine/test_machine.py

## Let two approvals, an edit and a deadline race 10,000 times. Ten minutes on two cores.
races: .venv/dev.stamp
	CODERED_RACES=10000 $(BIN)/python -m tests.with_postgres $(BIN)/pytest -q $(SPREAD) \
		-o faulthandler_timeout=0 tests/crisis/test_races.py -k races_of

## Play a storm of faults on the whole installation: make chaos ARGS="--minutes 1 --seed 3".
chaos: .venv/dev.stamp
	$(BIN)/python -m tests.chaos $(ARGS)

## Plant two faults, one after the other, and see that the harness finds them.
chaos-controls: .venv/dev.stamp
	$(BIN)/python -m tests.chaos.controls

## Measure one fault at a time: how late pages are because of it alone. About ten minutes.
chaos-narrow: .venv/dev.stamp
	$(BIN)/python -m tests.chaos.narrow $(ARGS)

## Measure CodeRed beside what people would use instead: make bench ARGS="burst --runs 1".
bench: .venv/dev.stamp
	$(BIN)/python -m tests.bench $(ARGS)

## Open every screen on a past of 10,000 and of 1,000,000 code reds. About 20 minutes, 15 GB.
bench-views: .venv/dev.stamp
	$(BIN)/python -m tests.bench.views $(ARGS)

## Measure how long what one person does takes to stand on another's screen, in two browsers.
bench-live: .venv/dev.stamp
	$(BIN)/python -m tests.with_postgres $(BIN)/python -m tests.bench.live $(ARGS)

## Bring the translations in step with what the screens say; names what has no words yet.
words: .venv/dev.stamp
	$(BIN)/python -m tests.words

## Make the icons of the app out of its mark, and the pictures in the documents out of the screens.
pictures: .venv/dev.stamp
	$(BIN)/python -m tests.with_postgres $(BIN)/python -m tests.pictures

## Put code and templates into their usual form.
fmt: .venv/dev.stamp
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	find $(TEMPLATES) -name '*.html' | xargs $(BIN)/djade --target-version 5.2

.venv/runtime.stamp: requirements.txt | .venv/made.stamp
	@echo "Installing what CodeRed runs on, once: about half a minute."
	@$(PIP) -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt | .venv/made.stamp
	@echo "Installing what tests and checks need, once: about a minute."
	@$(PIP) -r requirements-dev.txt
	@touch $@

.venv/made.stamp:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "CodeRed needs Python 3.11 or later: make PYTHON=/path/to/python3.11 run"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python lacks venv here. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@$(PYTHON) -m venv .venv
	@touch $@
