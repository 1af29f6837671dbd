"""Which room may import which: the whole graph of the packages, as one table.

A room is a package. Where a package holds others (saingan itself, and the engine), a module beside these is a room of
its own. A new arrow is a decision: enter it here, and see that it closes no circle.
"""

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import saingan

ROOT = Path(saingan.__file__).parent
HOLDS_ROOMS = {(), ("engine",)}
ALLOWED: dict[str, str] = {
    "__main__": "cli",
    "cli": (
        "demo doctor engine.process engine.store engine.survey erase errors extras invoked letters local logs "
        "outcomes plural publish rebuild settings standard topics verify views"
    ),
    "demo": (
        "console engine.store engine.tables errors exchange invoked local outcomes plural publish settings "
        "standard topics verify"
    ),
    "doctor": "engine.intake engine.store errors exchange extras local settings standard topics",
    "engine.apply": (
        "engine.core engine.follow engine.intake engine.store engine.tables engine.view engine.writing "
        "exchange metrics topics"
    ),
    "engine.core": "topics",
    "engine.follow": (
        "engine.core engine.keys engine.relay engine.result engine.rounds engine.store engine.tables "
        "engine.view engine.writing errors exchange metrics settings views"
    ),
    "engine.intake": "engine.core engine.view errors metrics standard topics",
    "engine.kafka": "engine.core engine.store errors exchange settings topics",
    "engine.keys": "engine.store",
    "engine.process": (
        "engine.apply engine.core engine.follow engine.intake engine.kafka engine.reconcile engine.relay "
        "engine.rounds engine.store engine.view errors exchange logs metrics settings topics views"
    ),
    "engine.reconcile": "engine.result engine.store engine.tables engine.view errors exchange",
    "engine.register": "engine.core engine.store engine.tables engine.view errors standard topics",
    "engine.relay": (
        "engine.intake engine.keys engine.result engine.rounds engine.store engine.tables errors exchange "
        "metrics settings standard topics"
    ),
    "engine.result": "engine.tables standard topics",
    "engine.rounds": "engine.store errors",
    "engine.store": "engine.core engine.result engine.tables engine.view errors exchange settings standard topics",
    "engine.survey": "engine.store engine.tables engine.view errors exchange letters settings",
    "engine.view": "engine.core engine.result engine.tables standard topics",
    "engine.writing": "engine.core engine.result engine.store",
    "erase": (
        "console engine.apply engine.core engine.follow engine.intake engine.reconcile engine.relay "
        "engine.result engine.store engine.tables engine.view errors exchange letters metrics plural settings "
        "standard topics views"
    ),
    "exchange": "errors settings standard topics",
    "letters": "engine.intake engine.store engine.view errors exchange settings standard topics",
    "local": "errors exchange settings",
    "metrics": "topics",
    "outcomes": "engine.core engine.tables engine.view standard topics",
    "publish": "console errors exchange settings standard topics",
    "rebuild": (
        "engine.core engine.intake engine.kafka engine.process engine.reconcile engine.store engine.survey "
        "engine.tables engine.view errors exchange progress settings standard topics views"
    ),
    "settings": "errors",
    "standard": "errors topics",
    "verify": (
        "console engine.follow engine.store engine.tables errors exchange outcomes plural progress settings "
        "standard topics views"
    ),
    "views": "errors topics",
}


def room(parts: tuple[str, ...]) -> str:
    """Of a module, given as the names below saingan."""
    depth = 1
    while depth < len(parts) and parts[:depth] in HOLDS_ROOMS:
        depth += 1
    return ".".join(parts[:depth])


def _for_types(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and ast.unparse(statement.test) == "TYPE_CHECKING"


def imported(tree: ast.Module) -> set[tuple[str, ...]]:
    """The modules of saingan that a module loads, also within functions; not what it names for types alone."""
    found = set()
    for node in (below for statement in tree.body if not _for_types(statement) for below in ast.walk(statement)):
        if isinstance(node, ast.Import):
            found |= {tuple(alias.name.split(".")) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {(*node.module.split("."), alias.name) for alias in node.names}
    return {module_of(names[1:]) for names in found if names[0] == "saingan" and len(names) > 1}


def module_of(names: tuple[str, ...]) -> tuple[str, ...]:
    """Without the name of what is imported from a module."""
    while not (ROOT.joinpath(*names).is_dir() or ROOT.joinpath(*names).with_suffix(".py").exists()):
        names = names[:-1]
    return names


def edges() -> set[tuple[str, str]]:
    found = set()
    for file in ROOT.rglob("*.py"):
        parts = file.relative_to(ROOT).with_suffix("").parts
        own = room(parts[:-1] or parts if parts[-1] == "__init__" else parts)
        tree = ast.parse(file.read_text(encoding="utf-8"))
        found |= {(own, room(module)) for module in imported(tree) if module and room(module) != own}
    return found


EDGES = edges()
TABLE = {(own, other) for own, others in ALLOWED.items() for other in others.split()}


def test_no_room_imports_one_that_the_table_does_not_allow() -> None:
    assert set() == EDGES - TABLE


def test_the_table_allows_nothing_that_is_not_used() -> None:
    assert set() == TABLE - EDGES


def test_there_is_no_circle_of_rooms() -> None:
    TopologicalSorter({own: others.split() for own, others in ALLOWED.items()}).prepare()


def test_a_circle_would_be_seen() -> None:
    closed = {own: others.split() for own, others in ALLOWED.items()} | {"topics": ["cli"]}
    with pytest.raises(CycleError):
        TopologicalSorter(closed).prepare()


@pytest.mark.parametrize(
    ("program", "modules"),
    [
        ("from saingan import local", {("local",)}),
        ("import saingan.engine.store.bulk", {("engine", "store", "bulk")}),
        ("from saingan.topics import TOPICS", {("topics",)}),
        ("def f():\n    from saingan.engine.store import due", {("engine", "store", "due")}),
        ("import os", set()),
        ("if TYPE_CHECKING:\n    from saingan.engine.view import View", set()),
    ],
)
def test_an_import_is_seen_wherever_it_stands(program: str, modules: set[tuple[str, ...]]) -> None:
    assert imported(ast.parse(program)) == modules
