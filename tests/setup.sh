#!/bin/sh
# See that everything the tests need is on this machine. As root on Debian or Ubuntu it is installed;
# elsewhere what is missing is named. Nothing is skipped for want of a part.
set -eu

missing=""
need() { missing="$missing $1"; }

has_one_of() {
    for name in "$@"; do
        if command -v "$name" >/dev/null; then return 0; fi
    done
    return 1
}

has_postgres() {
    has_one_of initdb || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}

has_faketime() {
    ls /usr/lib/*/faketime/libfaketimeMT.so.1 /usr/lib*/faketime/libfaketimeMT.so.1 2>/dev/null | grep -q .
}

look() {
    missing=""
    "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null || need python3-venv
    has_postgres || need postgresql
    has_one_of redis-server valkey-server || need redis-server
    has_one_of openssl || need openssl
    has_faketime || need libfaketime
    has_one_of chromium chromium-browser google-chrome || need chromium
    # A browser without a single font draws empty pages.
    if has_one_of fc-list && [ -n "$(fc-list)" ]; then :; else need fonts-dejavu-core; fi
}

look
if [ -n "$missing" ] && [ "$(id -u)" = 0 ] && has_one_of apt-get; then
    echo "Installing for the tests:$missing"
    apt-get update -qq
    # shellcheck disable=SC2086
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends fontconfig $missing \
        >/dev/null
    look
fi
if [ -n "$missing" ]; then
    echo "The tests need what is not on this machine:$missing" >&2
    echo "On Debian and Ubuntu: sudo apt-get install --no-install-recommends$missing" >&2
    exit 1
fi
