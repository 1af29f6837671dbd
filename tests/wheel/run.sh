#!/usr/bin/env bash
# What an agency does: install the built wheel without extras, see the schemas, try a file, publish it. Outside the
# checkout.
set -euo pipefail
cd "$(dirname "$0")/../.."
checkout=$PWD
work=$(mktemp -d)

finish() {
    [ ! -x "$work/venv/bin/saingan" ] || "$work/venv/bin/saingan" down --purge
    rm -rf "$work"
}
trap finish EXIT

.venv/bin/python -m build --no-isolation --outdir "$work/dist" . >"$work/build.log" || { cat "$work/build.log"; exit 1; }
.venv/bin/uv venv --quiet --python .venv/bin/python "$work/venv"
.venv/bin/uv pip install --quiet --python "$work/venv/bin/python" --constraint requirements.lock "$work"/dist/*.whl

cp tests/wheel/sso.csv "$work"
cd "$work"
unset PYTHONPATH
export PATH="$work/venv/bin:$PATH" SAINGAN_HOME="$work/home"

saingan --help >/dev/null
python - "$checkout" <<'PYTHON'
import sys

import saingan
from saingan.local.parts import recipe
from saingan.standard import schemas
from saingan.topics import TOPICS

assert not saingan.__file__.startswith(sys.argv[1]), "the checkout was imported, not the wheel"
assert (recipe() / "pom.xml").exists(), "the local exchange's parts list is not in the wheel"
names = [topic.name for topic in TOPICS.values() if topic.record]
assert all(schemas.schema(name)["doc"] and schemas.examples(name) for name in names)
print(f"wheel: {len(names)} schemas with examples")

import saingan.publish
from saingan.extras import MODULES, installed

assert not any(map(installed, MODULES)), "an agency got the parts of a worker"
PYTHON

export SAINGAN_PSEUDONYM_KEY=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
publish=(saingan publish sso.insured-employment.v1 sso.csv --mapping sso-insured-employment)
"${publish[@]}" --dry-run

if [ -z "${SAINGAN_KAFKA:-}" ]; then
    read -r SAINGAN_KAFKA_PORT SAINGAN_REGISTRY_PORT < <(PYTHONPATH="$checkout/tests" "$checkout/.venv/bin/python" -c '
from support.servers import free_ports
first = free_ports(3)
print(first, first + 2)')
    export SAINGAN_KAFKA_PORT SAINGAN_REGISTRY_PORT
fi
saingan up
"${publish[@]}"
"${publish[@]}" # twice is harmless
saingan doctor
if said=$(saingan verify 2>&1) || [[ $said != *"pip install 'saingan[worker]'"* ]]; then
    echo "wheel: a command that needs a worker's parts does not say so: $said"
    exit 1
fi
echo "wheel: installed, tried and published"
