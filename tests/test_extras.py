"""An agency's installation is small; what a command needs besides is named."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from saingan.extras import MODULES, advice, installed

ROOT = Path(__file__).parents[1]
DISTRIBUTIONS = {
    "cramjam": "aiokafka",  # by its extras
    "faust": "faust-streaming",
    "prometheus_client": "prometheus-client",
    "stdnum": "python-stdnum",
}


def test_each_requirement_of_an_extra_is_known_by_its_module() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for extra, given in project["optional-dependencies"].items():
        required = {Requirement(text).name for text in given} - {project["name"]}
        assert {DISTRIBUTIONS.get(module, module) for module in MODULES[extra]} == required


@pytest.mark.parametrize("module", ["saingan.publish", "saingan.local", "saingan.doctor"])
def test_what_an_agency_runs_loads_nothing_of_an_extra(module: str) -> None:
    program = f"import sys, {module}; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    loaded = {name.partition(".")[0] for name in shown.split()}
    # fastavro takes cramjam where it is there.
    assert not loaded & {name for modules in MODULES.values() for name in modules} - {"cramjam"}


def test_a_publisher_loads_nothing_of_the_local_exchange() -> None:
    program = "import sys, saingan.publish; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert not [name for name in shown.split() if name.startswith(("saingan.local", "saingan.engine"))]


def test_a_missing_module_of_an_extra_names_it_and_any_other_is_no_matter_of_extras() -> None:
    assert advice(ModuleNotFoundError("", name="sqlalchemy.orm")) == (
        "this needs the extra `worker`, which is not installed: pip install 'saingan[worker]'"
    )
    assert advice(ModuleNotFoundError("", name="saingan.nowhere")) is None
    assert all(map(installed, MODULES))  # in a checkout
