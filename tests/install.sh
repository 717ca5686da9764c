#!/bin/sh
# Installs the programs that the tests run beside ours, where they are missing and we may; else names them.
set -eu
missing=""
command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null || missing="$missing chromium"
command -v redis-server >/dev/null || missing="$missing redis-server"
command -v openssl >/dev/null || missing="$missing openssl"
command -v espeak-ng >/dev/null || missing="$missing espeak-ng"
command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$missing postgresql"
[ -n "$missing" ] || exit 0
sudo=""
[ "$(id -u)" = 0 ] || sudo="sudo -n"
if command -v apt-get >/dev/null && { [ -z "$sudo" ] || sudo -n true 2>/dev/null; }; then
    echo "Installing for the tests:$missing"
    log=$(mktemp)
    { $sudo apt-get update && DEBIAN_FRONTEND=noninteractive $sudo apt-get install --yes --no-install-recommends $missing; } >"$log" 2>&1 ||
        { tail -n 20 "$log"; echo "Could not install:$missing"; exit 1; }
else
    echo "The tests need these programs, please install them:$missing"
    exit 1
fi
