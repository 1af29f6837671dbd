"""What is missing is named, with what to install."""

from pathlib import Path

import pytest

from saingan.errors import Fault
from saingan.local import parts


def program(folder: Path, name: str, script: str) -> None:
    folder.mkdir(exist_ok=True)
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def environment(tmp_path: Path) -> dict[str, str]:
    """Only the programs that a test puts there, and an empty cache."""
    return {"PATH": str(tmp_path / "bin"), "XDG_CACHE_HOME": str(tmp_path / "cache")}


def no_word(_: str) -> None:
    raise AssertionError("nothing was to be said")


def test_a_machine_without_java_is_told_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(Fault, match=r"no Java was found: install Java 17"):
        parts.obtain(no_word, environment(tmp_path))


@pytest.mark.parametrize("line", ['openjdk version "11.0.21" 2023-10-17', 'java version "1.8.0_392"'])
def test_an_older_java_is_refused(tmp_path: Path, line: str) -> None:
    program(tmp_path / "bin", "java", f"echo '{line}' >&2")

    with pytest.raises(Fault, match=r"an older Java was found"):
        parts.obtain(no_word, environment(tmp_path))


def test_a_machine_without_maven_is_told_to_install_it(tmp_path: Path) -> None:
    program(tmp_path / "bin", "java", "echo 'openjdk version \"17.0.15\" 2025-04-15' >&2")

    with pytest.raises(Fault, match=r"Maven was not found: install Maven"):
        parts.obtain(no_word, environment(tmp_path))


def test_a_failing_maven_is_quoted_and_leaves_nothing_half_fetched(tmp_path: Path) -> None:
    program(tmp_path / "bin", "java", "echo 'openjdk version \"21\" 2023-09-19' >&2")
    program(tmp_path / "bin", "mvn", "echo '[ERROR] Could not transfer artifact'; exit 1")
    said: list[str] = []

    with pytest.raises(Fault, match=r"Could not transfer artifact"):
        parts.obtain(said.append, environment(tmp_path))

    assert said == ["fetching Apache Kafka and Apicurio Registry with Maven (about 170 MB, once)"]
    assert list((tmp_path / "cache" / "saingan").iterdir()) == []


def test_parts_are_the_cached_ones_only_while_all_of_them_are_there(tmp_path: Path) -> None:
    program(tmp_path / "bin", "java", "echo 'openjdk version \"17\" 2021-09-14' >&2")
    # A Maven that does what the recipe asks for, with two empty files.
    script = 'for last; do :; done; d="${last#-Dparts=}"; /bin/mkdir -p "$d/registry"; : >"$d/registry/x-runner.jar"; '
    jar = tmp_path / "kafka.jar"
    program(tmp_path / "bin", "mvn", f'{script} : >{jar}; echo {jar} >"$d/classpath"')
    env = environment(tmp_path)

    fetched = parts.obtain(lambda _: None, env)

    assert fetched.kafka_classpath == str(jar)
    assert parts.obtain(no_word, env) == fetched
    jar.unlink()
    assert parts.cached(fetched.java, env) is None
