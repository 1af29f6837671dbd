"""A verification that shared code with what it verifies would share its mistakes."""

import subprocess
import sys

ADMISSION = {
    f"saingan.standard.{name}" for name in ("admission", "projection", "quality", "predicates", "strict_rules")
}
RULES = {"saingan.outcomes.history", "saingan.outcomes.outcome", "saingan.engine.register"}
TABLES = {f"saingan.engine{name}" for name in ("", ".store", ".store.address", ".store.migrations", ".tables")}


def test_verify_uses_neither_fold_nor_rules_nor_admission_of_the_engine() -> None:
    program = (
        "import sys, saingan.verify.verify, saingan.verify.register, saingan.verify.checks\n"
        "saingan.verify.checks.checks()\n"
        "print(*sys.modules, sep='\\n')"
    )
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert {"saingan.verify.outcomes.oracle", "saingan.verify.register"} <= set(loaded)
    assert not (ADMISSION | RULES) & set(loaded)
    allowed = TABLES | {"saingan.outcomes", "saingan.outcomes.table"}
    assert {name for name in loaded if name.startswith(("saingan.engine", "saingan.outcomes"))} == allowed
