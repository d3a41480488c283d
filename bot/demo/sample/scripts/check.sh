#!/bin/sh
# Runs all tests, from wherever it is called.
set -eu
cd "$(dirname "$0")/.."
exec python -m unittest discover -s tests -t . "$@"
