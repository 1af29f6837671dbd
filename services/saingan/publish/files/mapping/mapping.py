"""Mappings: which heading of an agency's export holds which field, and which of its codes means which of ours.

`schemas/mappings/README.md` gives the format. A mapping is checked against its topic's schema when it is loaded, so
that a slip in it is reported at once and not row by row: `slips` has the rules.
"""

from pathlib import Path

import yaml
from pydantic import ValidationError

from saingan.errors import Fault
from saingan.publish.files.mapping import problems
from saingan.publish.files.mapping.layout import PERSON_KEY, Column, FileMapping, did_you_mean, schema_fields
from saingan.publish.files.mapping.plain_yaml import PlainYaml
from saingan.publish.files.sentences import FileFault
from saingan.publish.message import CITIZEN_ID, PREVIOUS_CITIZEN_ID
from saingan.standard import schemas
from saingan.topics import TOPICS

__all__ = ["Column", "FileMapping", "did_you_mean", "load", "plain", "schema_fields", "shipped"]


def plain(topic: str) -> FileMapping:
    """The mapping of a file whose headings are the standard's field names."""
    fields = {
        name: Column.model_validate({"from": name, "optional": "default" in field})
        for name, field in schema_fields(topic).items()
        if name != PERSON_KEY
    }
    if TOPICS[topic].person_level:
        fields[CITIZEN_ID] = Column.model_validate({"from": CITIZEN_ID})
        fields[PREVIOUS_CITIZEN_ID] = Column.model_validate({"from": PREVIOUS_CITIZEN_ID, "optional": True})
    return FileMapping(topic=topic, fields=fields)


def load(mapping: str | Path, topic: str) -> FileMapping:
    """A mapping by path, or by the name of a shipped one.

    Raises:
        Fault: there is none, it is for another topic, or it does not agree with the topic's schema; all slips at once.
    """
    path = _path(mapping)
    try:
        file = PlainYaml(path)
        if not isinstance(file.content, dict):
            raise Fault("is empty or no table: begin with `topic:` and `fields:`, each with its colon")
        found = FileMapping.model_validate(file.content)
        said = [*file.slips, *problems.of_content(found, topic, file)]
    except FileFault as fault:
        raise fault.of(path.name) from None
    except Fault as fault:
        said = [str(fault)]
    except ValidationError as error:
        said = [*file.slips, *problems.of_form(error, file)]
    if said:
        raise FileFault("mapping", name=path.name, slips="\n".join(f"{path.name}: {slip}" for slip in said))
    return found


def shipped(topic: str | None = None) -> list[str]:
    """Names of the shipped mappings, of one topic or of all."""
    files = [file for file in (schemas.root() / "mappings").iterdir() if file.name.endswith(".yaml")]
    wanted = [file for file in files if topic in (None, yaml.safe_load(file.read_text(encoding="utf-8"))["topic"])]
    return sorted(file.name.removesuffix(".yaml") for file in wanted)


def _path(mapping: str | Path) -> Path:
    path = Path(mapping)
    file = path if path.suffix else Path(str(schemas.root() / "mappings" / f"{mapping}.yaml"))
    if not file.is_file():
        names = shipped()
        raise Fault(
            f"there is no mapping `{mapping}`: give the path of a YAML file or one of {', '.join(names)}"
            + did_you_mean(path.stem, names)
        )
    return file
