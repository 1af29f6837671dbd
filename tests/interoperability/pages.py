"""The pages of clients: their code, extracted, installed once outside the tree, and run as the page says."""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from filelock import FileLock

from saingan.settings import Settings

DOCS: Final = Path(__file__).parents[2] / "docs"
_BLOCK: Final = re.compile(r"^```(\w+) (\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PROGRAM: Final = re.compile(r"\.(py|js|go|java)$")
_PATIENCE_S: Final = 600  # a first run compiles what it needs
_KAFKA: Final = "127.0.0.1:19092"
_REGISTRY: Final = "http://127.0.0.1:18085/apis/ccompat/v7"


class Page:
    """One page. A block has a name behind its language: of a file, or of a step such as ``install`` or ``publish``."""

    def __init__(self, path: Path) -> None:
        blocks = {name: (language, text) for language, name, text in _BLOCK.findall(path.read_text(encoding="utf-8"))}
        self.name = path.stem
        self.steps = {name: text for name, (language, text) in blocks.items() if language == "sh"}
        self.files = {name: text for name, (language, text) in blocks.items() if language != "sh"}

    def set_up(self, settings: Settings, folder: Path) -> None:
        """Put the programs into a folder, aimed at an exchange, beside what the page installs."""
        for installed in self._installed().iterdir():
            (folder / installed.name).symlink_to(installed)
        for name, text in self.files.items():
            if _PROGRAM.search(name):
                (folder / name).write_text(aimed(text, settings), encoding="utf-8")

    def _installed(self) -> Path:
        """What the page installs, downloaded where it was not yet."""
        manifests = {name: text for name, text in self.files.items() if not _PROGRAM.search(name)}
        given = repr((self.steps.get("install"), manifests)).encode()
        cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "saingan"
        folder = cache / f"client-{self.name}-{hashlib.sha256(given).hexdigest()[:12]}"
        whole = folder / ".whole"  # an interrupted installation is begun anew
        cache.mkdir(parents=True, exist_ok=True)
        with FileLock(f"{folder}.lock"):
            if not whole.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                for name, text in manifests.items():
                    (folder / name).write_text(text, encoding="utf-8")
                run(self.steps.get("install", ""), folder)
                whole.touch()
        return folder


def aimed(text: str, settings: Settings) -> str:
    """Code of a page with this exchange's addresses and names of topics."""
    text = text.replace(_KAFKA, settings.bootstrap).replace(_REGISTRY, settings.registry_url)
    return re.sub(r"\b(sso\.insured-employment|outcome\.employment)\.v1\b", lambda found: settings.wire(found[0]), text)


def run(step: str, folder: Path, variables: Mapping[str, str] | None = None) -> str:
    """Run a step to its end; what it prints."""
    ran = subprocess.run(
        ["sh", "-e", "-c", step],
        cwd=folder,
        env={**os.environ, **(variables or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=_PATIENCE_S,
    )
    assert ran.returncode == 0, f"{step}\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}"
    return ran.stdout
