import subprocess
import sys

import pytest

CLIENTS = {"aiokafka", "confluent_kafka", "faust", "fastavro", "httpx", "prometheus_client", "requests", "sqlalchemy"}


@pytest.mark.parametrize("module", ["schemas", "codes", "identity", "checks"])
def test_the_standard_imports_no_client_of_a_broker_a_registry_or_a_database(module):
    program = f"import sys, saingan.standard.{module}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout.split()
    assert not CLIENTS.intersection(loaded)
