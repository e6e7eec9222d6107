#!/bin/sh
# The browser that the tests drive: Debian's Chromium, installed when it is missing and this user may.
set -eu
command -v chromium >/dev/null 2>&1 && exit 0
if command -v apt-get >/dev/null 2>&1 && [ "$(id -u)" = 0 ]; then
	apt-get update -qq
	DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null
else
	echo "No chromium found and it cannot be installed here; the browser tests will be skipped." >&2
fi
