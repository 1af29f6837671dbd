"""A verification that shared code with what it verifies would share its mistakes."""

import subprocess
import sys


def test_verify_uses_neither_fold_nor_rules_nor_admission_of_the_engine():
    shared = {
        f"saingan.standard.{name}" for name in ("admission", "projection", "quality", "predicates", "strict_rules")
    }
    shared |= {"saingan.outcomes.history", "saingan.outcomes.outcome"}
    program = "import sys, saingan.verify.verify, saingan.verify.outcomes.check; print(*sys.modules, sep='\\n')"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert "saingan.verify.outcomes.oracle" in loaded
    assert not shared & set(loaded)
    tables = {
        f"saingan.engine{name}" for name in ("", ".store", ".store.address", ".store.migrations", ".store.tables")
    }
    allowed = tables | {"saingan.outcomes", "saingan.outcomes.table"}
    assert {name for name in loaded if name.startswith(("saingan.engine", "saingan.outcomes"))} == allowed
