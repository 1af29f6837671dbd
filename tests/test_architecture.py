"""The rules of the design that a reader would otherwise have to trust."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import saingan
from saingan.topics import TOPICS

ROOT = Path(saingan.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))

IO = {"aiokafka", "confluent_kafka", "faust", "httpx2", "prometheus_client", "psycopg", "sqlalchemy", "sqlite3"}
CLOCKS = {("time", "time"), ("time", "time_ns"), ("date", "today"), ("datetime", "now"), ("datetime", "utcnow")}

# And what in each is not pure.
PURE_PACKAGES: dict[str, set[str]] = {"standard": set(), "outcomes": {"table", "view"}, "engine/core": set()}
PURE = [
    f"saingan.{package.replace('/', '.')}.{file.stem}"
    for package, impure in PURE_PACKAGES.items()
    for file in sorted((ROOT / package).glob("[!_]*.py"))
    if file.stem not in impure
]
PURE += ["saingan.engine.intake.flood"]
PURE += [
    "saingan.verify.outcomes.rules",
    "saingan.verify.outcomes.oracle",
    "saingan.verify.admit",
    "saingan.verify.refusals",
    "saingan.verify.register",
    "saingan.verify.check",
    "saingan.verify.compare",
    "saingan.verify.standing",
    "saingan.topics",
    "saingan.errors",
]
PURE += ["saingan.erase.aim"]


def source(module):
    return ROOT.parent / Path(*module.split(".")).with_suffix(".py")


def named(path):
    return str(path.relative_to(ROOT))


@pytest.fixture(scope="module")
def loaded():
    """Of each pure module, what a fresh interpreter loads with it: each in a fork of one that has loaded nothing."""
    program = (
        "import importlib, os, sys\n"
        "for module in sys.argv[1:]:\n"
        "    if os.fork() == 0:\n"
        "        importlib.import_module(module)\n"
        "        print(module, *sys.modules, flush=True)\n"
        "        os._exit(0)\n"
        "    assert os.wait()[1] == 0, module\n"
    )
    command = [sys.executable, "-c", program, *PURE]
    shown = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {line.split()[0]: {name.partition(".")[0] for name in line.split()[1:]} for line in shown.splitlines()}


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_imports_no_input_and_output(loaded, module):
    assert not loaded[module] & IO


def test_the_check_itself_sees_an_import():
    program = "import sys, saingan.engine.store.ledger; print(*sys.modules)"
    shown = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert "sqlalchemy" in shown.split()


@pytest.mark.parametrize("module", PURE)
def test_a_pure_module_reads_no_clock(module):
    tree = ast.parse(source(module).read_text(encoding="utf-8"))
    read = {(getattr(node.value, "id", None), node.attr) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert not read & CLOCKS


@pytest.mark.parametrize("path", FILES, ids=named)
def test_a_file_does_one_thing_in_at_most_250_lines(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 250


@pytest.mark.parametrize("path", [path for path in FILES if path.name != "topics.py"], ids=named)
def test_no_topic_is_named_outside_the_map(path):
    """Docstrings and help texts may; code takes the constant."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert not [text for text in texts if text in TOPICS]


def test_no_module_makes_a_client_or_an_app_when_it_is_imported():
    """A module's own statements are definitions, constants and pure calls; what talks is made in a function."""
    makers = {"App", "AdminClient", "Consumer", "Producer", "create_engine", "Registry", "Settings", "Metrics", "serve"}
    for path in FILES:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr):
                calls = [call for call in ast.walk(node) if isinstance(call, ast.Call)]
                assert not {getattr(call.func, "id", getattr(call.func, "attr", "")) for call in calls} & makers, path


@pytest.mark.parametrize("path", FILES, ids=named)
def test_texts_are_in_words_that_a_reader_who_learnt_english_knows(path):
    avoided = re.compile(r"\b(mend(s|ed)?|slip of the pen|so many|twice is harmless|of ours was)\b", re.IGNORECASE)
    tree = ast.parse(path.read_text(encoding="utf-8"))
    texts = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    assert not [text for text in texts if avoided.search(text)]


CONFLUENT = {"AdminClient", "Consumer", "Producer", "SchemaRegistryClient"}
AIOKAFKA = {"AIOKafkaClient", "AIOKafkaConsumer", "AIOKafkaProducer", "AIOKafkaAdminClient"}
ADDRESSES = {"bootstrap.servers", "bootstrap_servers"}


def addressing(tree: ast.AST) -> list[str]:
    """What makes a client of a broker or of a registry from anything but `exchange.kafka`."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and node.value in ADDRESSES:
            found.append(node.value)
        elif isinstance(node, ast.keyword) and node.arg in ADDRESSES | {"broker"}:
            found.append(node.arg)
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            reached = any(k.arg is None and ast.unparse(k.value).startswith("kafka.") for k in node.keywords)
            if name in CONFLUENT or (name in AIOKAFKA | {"App"} and not reached):
                found.append(name)
    return found


@pytest.mark.parametrize("path", [path for path in FILES if named(path) != "exchange/kafka.py"], ids=named)
def test_one_place_knows_how_to_reach_the_broker_and_the_registry(path: Path) -> None:
    assert addressing(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "program",
    [
        "Producer(options)",
        "AIOKafkaConsumer(bootstrap_servers=address)",
        "AIOKafkaConsumer(**options)",
        "{'bootstrap.servers': address}",
        "App(name, broker=[address])",
    ],
)
def test_a_client_that_is_reached_otherwise_is_seen(program: str) -> None:
    assert addressing(ast.parse(program))


def patching(tree: ast.Module) -> list[str]:
    """Statements of a module itself that change something of another one."""
    defining = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    own = [node for statement in tree.body if not isinstance(statement, defining) for node in ast.walk(statement)]
    targets = [target for node in own if isinstance(node, ast.Assign) for target in node.targets]
    changed = [target for target in targets if isinstance(target, ast.Attribute | ast.Subscript)]
    called = [node for node in own if isinstance(node, ast.Call) and ast.unparse(node.func) == "setattr"]
    return [ast.unparse(node) for node in [*changed, *called]]


@pytest.mark.parametrize("path", FILES, ids=named)
def test_nothing_is_patched_when_a_module_is_imported(path: Path) -> None:
    assert patching(ast.parse(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "program", ["fetcher.Fetcher = Ours", "for name in names:\n    setattr(codec, name, f)", "aliases['x'] = 'y'"]
)
def test_a_patch_at_import_is_seen(program: str) -> None:
    assert patching(ast.parse(program))
