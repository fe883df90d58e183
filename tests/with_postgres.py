"""Run a command with a scratch PostgreSQL: python -m tests.with_postgres pytest -m postgres."""

import sys

from tests.servers import Postgres, run_with

# A test holds one transaction open for as long as it takes.
SESSION = "options=-c%20idle_in_transaction_session_timeout%3D0"

if __name__ == "__main__":
    with Postgres() as server:
        code = run_with(sys.argv[1:], DATABASE_URL=f"{server.url}?{SESSION}")
    sys.exit(code)
