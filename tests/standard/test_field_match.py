from saingan.standard.codes import codes, field_match

LISTS = {"ISCO": {*codes("isco_major"), *codes("isco_submajor")}, "TSIC": set(codes("tsic_divisions"))}


def test_every_row_speaks_of_codes_that_exist():
    for row in field_match():
        assert row.code_prefix in LISTS[row.classification], row


def test_every_field_prefix_is_a_programme_or_a_subject_type_of_a_level():
    types = {
        f"{level.more['field_code_digit']}{int(subject):02d}"
        for level in codes("qualifications").values()
        for subject in codes("subject_types")
    }
    assert {row.field_prefix for row in field_match()} <= {*types, *codes("fields")}


def test_an_industry_alone_never_says_matched():
    assert {row.match for row in field_match() if row.classification == "TSIC"} == {"RELATED"}


def test_a_subject_type_alone_never_says_matched():
    assert {row.match for row in field_match() if row.field_prefix not in codes("fields")} == {"RELATED"}


def test_the_two_words_are_the_only_ones():
    assert {row.match for row in field_match()} == {"MATCHED", "RELATED"}


def test_no_field_and_code_have_two_rows():
    assert len({row[:3] for row in field_match()}) == len(field_match())


def test_every_basis_names_the_two_codes_that_it_brings_together():
    for row in field_match():
        isced = row.basis.split()[1]
        assert row.basis.startswith("ISCED-F ")
        assert isced in codes("isced_f"), row
        assert f"{row.classification} {row.code_prefix} " in row.basis, row


def test_a_match_starts_from_the_isced_field_of_the_programme():
    for row in field_match():
        field = codes("fields").get(row.field_prefix)
        if row.match == "MATCHED" and field and field.more["isced_f"]:
            assert row.basis.startswith(f"ISCED-F {field.more['isced_f']} "), row


def test_every_programme_that_we_know_is_known_in_both_classifications():
    for programme in codes("fields"):
        rows = [row for row in field_match() if programme.startswith(row.field_prefix)]
        assert {row.classification for row in rows} == {"ISCO", "TSIC"}, programme
        assert any(row.match == "MATCHED" for row in rows), programme


def test_work_that_asks_for_no_vocational_training_fits_no_field():
    assert not [row for row in field_match() if row.classification == "ISCO" and row.code_prefix[0] in "09"]
