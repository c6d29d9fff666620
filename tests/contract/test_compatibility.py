"""A change that a reader or writer of any release could not take is found, and told by event and field."""

import copy
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contracts.compatibility import misfits
from contracts.releases import breaking, unreleased
from deploy.cli import released
from deploy.cli.contract_files import app
from deploy.cli.released import incompatible

ROOT = Path(__file__).parents[2]
FILE = "AgreementSent.v1.json"
SENT = json.loads((ROOT / "contracts" / "schemas" / FILE).read_text(encoding="utf-8"))
CLI = CliRunner()


def changed(change):
    schema = copy.deepcopy(SENT)
    change(schema)
    return schema


def told(change):
    return breaking({"0.1.0": {FILE: SENT}}, {FILE: changed(change)}, ())


def put(*path, value):
    def change(schema):
        inside = schema
        for step in path[:-1]:
            inside = inside[step]
        inside[path[-1]] = value

    return change


def without(*path):
    def change(schema):
        inside = schema
        for step in path[:-1]:
            inside = inside[step]
        del inside[path[-1]]

    return change


def both(*changes):
    def change(schema):
        for each in changes:
            each(schema)

    return change


def test_the_schemas_of_today_break_no_release():
    assert incompatible(ROOT) == []


def test_something_has_been_released():
    first = {path.name for path in (ROOT / "contracts" / "schemas" / "released" / "0.1.0").iterdir()}

    assert {FILE, "WebinarScheduled.v1.json", "TaskCompleted.v1.json"} <= first


NEW_FIELD = {"type": "string", "maxLength": 10}
REQUIRED_MORE = [*SENT["required"], "channel"]
REQUIRED_LESS = [name for name in SENT["required"] if name != "supplier"]
BREAKING = {
    "a required field removed": (
        both(put("required", value=REQUIRED_LESS), without("properties", "supplier")),
        "/supplier",
        "writers of today may leave it out, and readers of 0.1.0 need it",
    ),
    "a required field made optional": (
        put("required", value=REQUIRED_LESS),
        "/supplier",
        "writers of today may leave it out, and readers of 0.1.0 need it",
    ),
    "a new required field": (
        both(put("required", value=REQUIRED_MORE), put("properties", "channel", value=NEW_FIELD)),
        "/channel",
        "writers of 0.1.0 may leave it out, and readers of today need it",
    ),
    "a required field in a part": (
        put("$defs", "Document", "required", value=["title", "version", "sha256", "pages"]),
        "/document/pages",
        "writers of 0.1.0 may leave it out, and readers of today need it",
    ),
    "another type": (
        put("properties", "document", value={"type": "string"}),
        "/document",
        "writers of 0.1.0 may send object, and readers of today take only string",
    ),
    "null no more": (
        put("properties", "sign_by", value=SENT["properties"]["sign_by"]["anyOf"][0]),
        "/sign_by",
        "writers of 0.1.0 may send null, and readers of today take only string",
    ),
    "a narrower number": (
        put("$defs", "Document", "properties", "version", "maximum", value=9),
        "/document/version",
        "writers of 0.1.0 have maximum 2147483647, and readers of today want maximum 9",
    ),
    "a longer text": (
        put("$defs", "Document", "properties", "title", "maxLength", value=9_000),
        "/document/title",
        "writers of today have maxLength 9000, and readers of 0.1.0 want maxLength 2000",
    ),
    "a bound taken away": (
        without("$defs", "Document", "properties", "title", "maxLength"),
        "/document/title",
        "writers of today have no maxLength, and readers of 0.1.0 want maxLength 2000",
    ),
    "another pattern": (
        put("$defs", "Document", "properties", "sha256", "pattern", value="^[0-9a-f]{40}$"),
        "/document/sha256",
        'writers of 0.1.0 have pattern "^[0-9a-f]{64}$", and readers of today want pattern "^[0-9a-f]{40}$"',
    ),
    "a value fewer": (
        put("$defs", "Supplier", "enum", value=["EG"]),
        "/supplier",
        'writers of 0.1.0 may say "EJERKREDSEN", and readers of today do not take that',
    ),
    "a value more": (
        put("$defs", "Supplier", "enum", value=["EG", "EJERKREDSEN", "KMD"]),
        "/supplier",
        'writers of today may say "KMD", and readers of 0.1.0 do not take that',
    ),
    "another constant": (
        put("properties", "signer_role", "const", value="erp_dialog"),
        "/signer_role",
        'writers of 0.1.0 may say "aftaleadministrator", and readers of today do not take that',
    ),
    "a number where a constant text was": (
        put("properties", "signer_role", value={"type": "integer"}),
        "/signer_role",
        'writers of 0.1.0 may say "aftaleadministrator", and readers of today do not take that',
    ),
    "a constant let go": (
        without("properties", "signer_role", "const"),
        "/signer_role",
        'writers of today may say something else, and readers of 0.1.0 take only "aftaleadministrator"',
    ),
    "a keyword that nobody here can judge": (
        put("$defs", "Document", "properties", "version", "multipleOf", value=2),
        "/document/version",
        "writers of 0.1.0 have no multipleOf, and readers of today want multipleOf 2",
    ),
}


@pytest.mark.parametrize(("change", "field", "why"), BREAKING.values(), ids=BREAKING)
def test_what_breaks_is_told_by_event_field_and_reason(change, field, why):
    found = told(change)

    assert any(sentence.startswith(f"AgreementSent.v1: the field {field}: {why}. ") for sentence in found), found
    assert all("make this AgreementSent.v2, and add an upcaster from v1" in sentence for sentence in found)


ALLOWED = {
    "nothing": lambda _schema: None,
    "a new optional field": put("properties", "channel", value=NEW_FIELD),
    "an optional field removed": without("properties", "sign_by"),
    "other words about a field": put("properties", "extra_cost_dkk", "description", value="Nought."),
    "another order of fields": lambda schema: schema.update(properties=dict(reversed(schema["properties"].items()))),
    "a part spelled out in place": put("properties", "supplier", value=SENT["$defs"]["Supplier"]),
}


@pytest.mark.parametrize("change", ALLOWED.values(), ids=ALLOWED)
def test_what_every_reader_takes_passes(change):
    assert told(change) == []


def test_items_of_a_list_are_compared_too():
    text = (ROOT / "contracts" / "schemas" / "ForwardingConfigured.v1.json").read_text(encoding="utf-8")
    narrower = json.loads(text.replace("^[0-9]{13}$", "^5798[0-9]{9}$"))

    assert {each.field for each in misfits(writer=json.loads(text), reader=narrower)} == {"/rules/*/ean"}


def test_whole_numbers_are_read_as_numbers_but_not_the_other_way_round():
    whole, any_number = {"type": "integer"}, {"type": "number"}

    assert misfits(writer=whole, reader=any_number) == []
    assert misfits(writer=any_number, reader=whole)


def test_a_field_that_comes_back_as_something_else_breaks_the_release_before_last():
    removed = changed(without("properties", "sign_by"))
    back = changed(put("properties", "sign_by", value={"type": "integer"}))

    assert breaking({"0.2.0": {FILE: removed}}, {FILE: back}, ()) == []
    assert any(
        "/sign_by" in each and "0.1.0" in each
        for each in breaking({"0.1.0": {FILE: SENT}, "0.2.0": {FILE: removed}}, {FILE: back}, ())
    )


def test_an_event_that_is_gone_is_told():
    [sentence] = breaking({"0.1.0": {FILE: SENT}}, {}, ())

    assert sentence.startswith("AgreementSent.v1 was released with 0.1.0 and is gone")


def test_an_event_of_a_next_version_may_replace_one_that_has_an_upcaster():
    next_version = {"AgreementSent.v2.json": changed(without("properties", "supplier"))}

    assert breaking({"0.1.0": {FILE: SENT}}, next_version, {"dk.klarmeld.AgreementSent.v1"}) == []


def test_a_file_of_a_release_that_names_no_version_is_refused_by_its_name():
    with pytest.raises(ValueError, match=r"notes\.json is not named like AgreementSent\.v1\.json"):
        breaking({"0.1.0": {"notes.json": {}}}, {}, ())


def test_what_is_new_or_changed_since_the_newest_release_is_unreleased():
    longer = changed(put("properties", "channel", value=NEW_FIELD))
    today = {FILE: longer, "TaskCompleted.v1.json": {}, "TaskReopened.v1.json": {}}
    releases = {"0.1.0": {FILE: SENT, "TaskReopened.v1.json": {}}}

    assert set(unreleased(releases, today)) == {FILE, "TaskCompleted.v1.json"}


def test_the_command_says_no_and_names_the_field(tmp_path):
    CLI.invoke(app, ["generate", "--root", str(tmp_path)])
    CLI.invoke(app, ["release", "0.1.0", "--root", str(tmp_path)])
    kept = tmp_path / "contracts" / "schemas" / "released" / "0.1.0" / FILE
    kept.write_text(json.dumps(changed(put("properties", "channel", value=NEW_FIELD))), encoding="utf-8")
    assert CLI.invoke(app, ["check", "--root", str(tmp_path)]).exit_code == 0
    kept.write_text(json.dumps(changed(put("required", value=REQUIRED_MORE))), encoding="utf-8")

    answer = CLI.invoke(app, ["check", "--root", str(tmp_path)])

    assert answer.exit_code == 1
    assert "AgreementSent.v1: the field /channel: writers of today may leave it out" in str(answer.exception)


def test_a_release_is_never_made_twice(tmp_path):
    assert CLI.invoke(app, ["release", "0.1.0", "--root", str(tmp_path)]).exit_code == 0

    again = CLI.invoke(app, ["release", "0.1.0", "--root", str(tmp_path)])

    assert "0.1.0 is released already" in str(again.exception)


def test_a_release_is_named_by_three_numbers(tmp_path):
    assert CLI.invoke(app, ["release", "next", "--root", str(tmp_path)]).exit_code == 2


def test_a_later_release_keeps_only_what_is_new_or_changed(tmp_path):
    CLI.invoke(app, ["release", "0.1.0", "--root", str(tmp_path)])
    kept = tmp_path / "contracts" / "schemas" / "released"
    (kept / "0.1.0" / FILE).write_text(json.dumps(changed(without("properties", "sign_by"))), encoding="utf-8")

    CLI.invoke(app, ["release", "0.2.0", "--root", str(tmp_path)])

    assert [path.name for path in (kept / "0.2.0").iterdir()] == [FILE]


def test_a_release_that_would_break_an_earlier_one_is_not_made(tmp_path, monkeypatch):
    CLI.invoke(app, ["release", "0.1.0", "--root", str(tmp_path)])
    broken = changed(put("required", value=REQUIRED_MORE))
    monkeypatch.setattr(released, "schema", lambda spec: broken if spec.dataschema == FILE else {})

    assert CLI.invoke(app, ["release", "0.2.0", "--root", str(tmp_path)]).exit_code == 1
    assert not (tmp_path / "contracts" / "schemas" / "released" / "0.2.0").exists()
