"""What the summary of a file says, in words and as data."""

import io
import json
import re
from collections import Counter

import pytest
from rich.cells import cell_len
from rich.console import Console

from saingan.publish import print_summary, publish_file
from saingan.settings import Settings
from saingan.topics import EMPLOYMENT
from support import exports


def test_a_dry_run_without_a_key_takes_a_random_one_and_says_so(tmp_path):
    path = exports.write_csv(tmp_path / "a.csv", [exports.sso(1)])
    summary = publish_file(
        Settings(home=tmp_path), EMPLOYMENT.name, path, "sso-insured-employment", dry_run=True, progress=False
    )
    assert (summary.sent, summary.random_key) == (1, True)
    assert "took a random one" in printed(summary)


def test_the_summary_says_what_happened(tmp_path, rehearse):
    rows = [exports.sso(1, {"หมายเหตุ": ""}), exports.sso(2, {"หมายเหตุ": "", **exports.WRONG_MONTH})]
    said = printed(rehearse(exports.write_csv(tmp_path / "a.csv", rows)))
    assert said.splitlines()[0].endswith("Dry run: nothing was sent")
    assert re.search(r"rows read +2 *\n", said)
    assert re.search(r"records that could be sent +1 *\n", said)
    assert "'วันที่เข้าทำงาน' (started_on: date): 1 แถว / row 3" in said
    assert "Type the date as day/month/year" in said
    assert "a.csv.refused.csv" in said
    assert "columns that are not read: หมายเหตุ" in said


@pytest.mark.parametrize("width", [20, 80])
def test_no_word_of_a_summary_is_cut_at_any_width(tmp_path, rehearse, width):
    summary = rehearse(exports.write_csv(tmp_path / "a.csv", [exports.sso(1, exports.WRONG_MONTH)]))
    *lines, path = printed(summary, width).splitlines()
    assert path == str(summary.refused_file)
    assert all(cell_len(line.rstrip()) <= width for line in lines)
    lines.append(path)
    folded, whole = (Counter("".join(said.split())) for said in ("".join(lines), printed(summary, 2000)))
    assert folded == whole


def test_a_summary_is_plain_data_as_json(tmp_path, rehearse):
    summary = rehearse(exports.write_csv(tmp_path / "a.csv", [exports.sso(1), exports.sso(2, exports.WRONG_MONTH)]))
    said = json.loads(json.dumps(summary.as_json()))
    assert (said["rows"], said["sent"], said["messages"], said["refused"], said["clean"]) == (2, 1, 1, 1, False)
    (reason,) = said["refusals"]
    assert (reason["field"], reason["rule"], reason["count"], reason["rows"]) == ("started_on", "date", 1, [3])
    assert said["refused_file"] == str(tmp_path / "a.csv.refused.csv")


def printed(summary, width=200):
    out = io.StringIO()
    print_summary(summary, Console(file=out, width=width))
    return out.getvalue()
