"""Run a command with a scratch PostgreSQL: python -m tests.with_postgres pytest -m postgres."""

import sys

from tests.servers import Postgres, run_with

if __name__ == "__main__":
    with Postgres() as server:
        code = run_with(sys.argv[1:], DATABASE_URL=server.url)
    sys.exit(code)
