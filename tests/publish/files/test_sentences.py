"""The clerk's sentences: every rule and every fault of the house has its row, in both languages."""

import ast
import re
from pathlib import Path

import pytest

import saingan
from saingan.publish.files.sentences import FileFault, explained, table
from saingan.publish.files.values import ADVICE
from saingan.standard import strict_rules
from saingan.standard.contract import contract
from saingan.standard.issues import Issue
from saingan.topics import TOPICS

SOURCES = [
    path  # verify judges by rules of its own
    for path in sorted(Path(saingan.__file__).parent.rglob("*.py"))
    if "verify" not in path.parts
]
PLACE_OF_RULE = {"Issue": 1, "UnreadableError": 0, "Rule": 0, "Flaw": 0}
THAI = re.compile("[ก-๛]")


def calls(name):
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == name:
                yield node


def rules_in_use():
    found = {rule for rule, _ in ADVICE.values()}
    for maker, place in PLACE_OF_RULE.items():
        constants = [call.args[place] for call in calls(maker) if len(call.args) > place]
        found |= {node.value for node in constants if isinstance(node, ast.Constant)}
    for tests in (strict_rules.HEAD, strict_rules.HEAD_OF_UPSERT, strict_rules.PERSON):
        found |= {rule.name for of_field in tests.values() for rule in of_field}
    of_topics = [rule for topic in TOPICS.values() if topic.record for rule in contract(topic.name).rules]
    return found | {rule.name for of_topic in of_topics for rule in strict_rules.of_topic(of_topic)}


def faults_in_use():
    made = [call for call in calls("FileFault") if call.args and isinstance(call.args[0], ast.Constant)]
    return {call.args[0].value: {keyword.arg for keyword in call.keywords} for call in made}


def test_the_rules_in_use_are_found():
    assert {"json", "columns", "date", "order", "check-digit", "unknown-code", "symbol"} <= rules_in_use()


@pytest.mark.parametrize("rule", sorted(rules_in_use()))
def test_each_rule_has_its_sentence(rule):
    assert rule in table("rules")


@pytest.mark.parametrize("code", sorted(faults_in_use()))
def test_each_fault_has_its_sentence_with_the_details_that_are_given(code):
    details = faults_in_use()[code]
    said = str(FileFault(code, **dict.fromkeys(details, "<detail>")))
    assert "{" not in said


@pytest.mark.parametrize("part", ["rules", "faults", "labels"])
def test_each_sentence_is_there_in_both_languages(part):
    for key, sentence in table(part).items():
        assert THAI.search(sentence.thai), key
        assert sentence.english, key
        assert not THAI.search(sentence.english), key


def test_a_sentence_names_row_and_heading_and_keeps_rule_and_shape():
    said = explained(Issue("section", "code", "2 digits", "must be 33, 39 or 40"), "มาตรา", 12)
    assert said.startswith("แถว 12 คอลัมน์ 'มาตรา': ไม่รู้จักรหัส")
    assert said.endswith(" section must be 33, 39 or 40 (rule code; found: 2 digits)")


def test_a_rule_without_a_row_falls_back_to_the_advice():
    assert explained(Issue("section", "new-rule", "2 digits", "must be 33")) == (
        "section must be 33 (rule new-rule; found: 2 digits)"
    )


def test_a_fault_names_its_file_on_both_lines():
    thai, english = str(FileFault("cannot-be-read", why="Permission denied").of("a.csv")).splitlines()
    assert thai.startswith("a.csv: เปิดไฟล์ไม่ได้")
    assert english.startswith("a.csv: The file cannot be read")
