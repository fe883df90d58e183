"""Run a command with a scratch Redis: python -m tests.with_redis pytest -m processes."""

import sys

from tests.servers import Redis, run_with

if __name__ == "__main__":
    with Redis() as server:
        code = run_with(sys.argv[1:], REDIS_URL=server.url)
    sys.exit(code)
