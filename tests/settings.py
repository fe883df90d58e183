"""The settings of every test run: as in production, but on a throw-away database."""

import os
import tempfile
from pathlib import Path

os.environ |= {
    "CODERED_SECRET_KEY": "tests-only-" + "k" * 50,
    "CODERED_ALLOWED_HOSTS": "testserver,localhost,127.0.0.1",
    "CODERED_BASE_URL": "http://testserver",
    "CODERED_HTTPS": "0",
    "CODERED_VAR_DIR": os.environ.get("CODERED_VAR_DIR", tempfile.gettempdir()),
}

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASES, STORAGES, VAR_DIR  # noqa: E402

if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: the threads of a test must meet the locks that production's would.
    name = Path(VAR_DIR) / f"codered-test-{os.getpid()}.sqlite3"
    pragmas = "PRAGMA journal_mode=WAL;PRAGMA synchronous=OFF;"
    DATABASES["default"]["TEST"] = {"NAME": str(name)}
    DATABASES["default"]["OPTIONS"]["init_command"] = pragmas

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_USE_MANIFEST = False
CODERED_NEWS_URL = ""
