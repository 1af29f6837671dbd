"""What a command says of itself: at once, whole at 80 columns, and right."""

import subprocess
import sys

import pytest

from cli.test_commands import COMMANDS

HEAVY = {"aiokafka", "confluent_kafka", "faust", "fastavro", "joserfc", "psycopg", "sqlalchemy"}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_help_needs_no_client_of_a_broker_or_a_database(words):
    program = (
        "import sys\n"
        "from saingan.cli import app\n"
        "try:\n"
        f"    app({[*words, '--help']!r})\n"
        "finally:\n"
        "    print(*sys.modules, file=sys.stderr)\n"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert shown.stdout.startswith("Usage: ")
    assert "saingan.cli" in shown.stderr.split()
    assert not HEAVY & set(shown.stderr.split())
