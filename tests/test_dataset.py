import csv
import hashlib
import json
from dataclasses import fields
from typing import get_args

import pandas as pd
import pyarrow.parquet
import pytest
from rows import extraction, observation

from analysis import dataset as ds
from analysis import model
from analysis.errors import DatasetError
from analysis.model import Failure, Finding
from analysis.schema import table_names, table_schema


def make_dataset(document_id="bao-cao/thu-nghiem-2022", failures=(), **fields):
    text = "Năm 2022 tiếp nhận 4.545 hồ sơ, đạt 60,64%; “tốt”."
    made = [
        observation("dossiers.received", 4545, "4.545", 19, document_id=document_id, **fields),
        observation("dossiers.online_share", 60.64, "60,64%", 36, document_id=document_id, flags=("share_mismatch",)),
    ]
    extractions = [extraction(document_id, text, *made, unresolved=[("2022", "period")])]
    finding = Finding("f1", "share_mismatch", "error", "Lệch", "Off", tuple(o.observation_id for o in made))
    observations = ds.observations_frame(made)
    unresolved = ds.unresolved_frame(extractions[0].unresolved)
    findings = ds.findings_frame([finding])
    documents = ds.documents_frame(extractions, observations, unresolved, findings)
    return ds.Dataset(
        observations, unresolved, findings, documents, {document_id: text}, tuple(failures), {document_id: ("ghi chú",)}
    )


def bytes_below(folder):
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "table, cls", [("observations", model.Observation), ("unresolved", model.Unresolved), ("findings", model.Finding)]
)
def test_columns_are_the_model_s_fields_in_order(table, cls):
    names = [f.name for f in fields(cls)]
    assert sorted(table_schema(table).names) == sorted(names)
    if table != "unresolved":
        assert table_schema(table).names == names


@pytest.mark.parametrize(
    "table, column, literal",
    [
        ("observations", "kind", model.Kind),
        ("observations", "qualifier", model.Qualifier),
        ("observations", "change", model.Change),
        ("observations", "nature", model.Nature),
        ("observations", "area_level", model.AreaLevel),
        ("observations", "source_kind", model.SourceKind),
        ("documents", "area_level", model.AreaLevel),
        ("documents", "source_kind", model.SourceKind),
    ],
)
def test_codes_are_the_model_s(table, column, literal):
    (found,) = [c for c in table_schema(table).columns if c.name == column]
    assert found.enum == get_args(literal)


def test_written_tables_are_read_back_equal(tmp_path):
    made = make_dataset(page=3, value_high=5000.5, out_of=9000)
    ds.write_dataset(tmp_path, made)
    for name in table_names():
        pd.testing.assert_frame_equal(getattr(ds, f"read_{name}")(tmp_path), made.table(name))
    assert ds.read_text(tmp_path, "bao-cao/thu-nghiem-2022") == made.texts["bao-cao/thu-nghiem-2022"]


def test_offsets_lead_to_the_quote_in_the_stored_text(tmp_path):
    ds.write_dataset(tmp_path, make_dataset())
    for row in ds.read_observations(tmp_path).itertuples():
        assert ds.read_text(tmp_path, row.document_id)[row.start : row.end] == row.quote


def test_csv_is_for_machines(tmp_path):
    ds.write_dataset(tmp_path, make_dataset())
    raw = (tmp_path / "observations.csv").read_bytes()
    assert not raw.startswith(b"\xef\xbb\xbf") and b"\r" not in raw
    with (tmp_path / "observations.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows[1]["value"] == "60.64" and rows[1]["period_start"] == "2022-01-01"
    assert rows[0]["out_of"] == rows[0]["page"] == rows[0]["organization"] == ""
    assert rows[0]["corrected"] == "false" and rows[0]["selected"] == "true"
    assert list(rows[0]) == table_schema("observations").names


def test_parquet_holds_dates_as_dates(tmp_path):
    ds.write_dataset(tmp_path, make_dataset())
    schema = pyarrow.parquet.read_schema(tmp_path / "observations.parquet")
    assert str(schema.field("period_start").type) == "date32[day]"


def test_an_empty_run_is_written_and_read(tmp_path):
    empty = ds.Dataset(
        *(table_schema(name).frame([]) for name in table_names()), {}, (Failure("a.pdf", "ảnh quét", "gõ lại"),)
    )
    ds.write_dataset(tmp_path, empty)
    assert ds.read_observations(tmp_path).empty
    assert json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["failures"] == [
        {"what": "a.pdf", "reason": "ảnh quét", "remedy": "gõ lại", "code": ""}
    ]


def test_the_same_input_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        ds.write_dataset(tmp_path / name, make_dataset())
    assert bytes_below(tmp_path / "one") == bytes_below(tmp_path / "two")


def test_datapackage_describes_the_files_beside_it(tmp_path):
    ds.write_dataset(tmp_path, make_dataset())
    package = json.loads((tmp_path / "datapackage.json").read_text(encoding="utf-8"))
    assert len(package["resources"]) == 2 * len(table_names())
    for resource in package["resources"]:
        content = (tmp_path / resource["path"]).read_bytes()
        assert resource["bytes"] == len(content)
        assert resource["hash"] == "sha256:" + hashlib.sha256(content).hexdigest()
        names = [f["name"] for f in resource["schema"]["fields"]]
        if resource["format"] == "csv":
            assert content.decode("utf-8").split("\n")[0].split(",") == names
        assert set(resource["schema"]["primaryKey"]) <= set(names)
        assert all(f["description"] and f["description_en"] for f in resource["schema"]["fields"])


def test_ledger_counts_every_number_seen(tmp_path):
    ds.write_dataset(tmp_path, make_dataset())
    ledger = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["documents"]["bao-cao/thu-nghiem-2022"]
    assert ledger == {"seen": 3, "used": 2, "unresolved": {"period": 1}, "notes": ["ghi chú"]}
    assert ds.read_documents(tmp_path)["n_findings"].tolist() == [1]


def test_files_of_former_runs_go_and_others_stay(tmp_path):
    ds.write_dataset(tmp_path, make_dataset("cu/bao-cao-cu"))
    (tmp_path / "ghi-chu.txt").write_text("của người dùng", encoding="utf-8")
    (tmp_path / "documents" / "rieng.txt").write_text("của người dùng", encoding="utf-8")
    ds.write_dataset(tmp_path, make_dataset("moi"))
    assert not (tmp_path / "documents" / "cu").exists()
    assert {p.name for p in (tmp_path / "documents").iterdir()} == {"moi.txt", "rieng.txt"}
    assert (tmp_path / "ghi-chu.txt").exists()
    assert not list(tmp_path.glob(".writing-*"))


def test_a_file_that_cannot_be_replaced_leaves_the_folder_as_it_was(tmp_path, monkeypatch):
    ds.write_dataset(tmp_path, make_dataset("cu"))
    before = bytes_below(tmp_path)
    replace = ds.os.replace

    def locked(source, target):
        if target == tmp_path / "findings.csv" and ".writing" in str(source) and ".aside" not in str(source):
            raise PermissionError(13, "Permission denied")
        replace(source, target)

    monkeypatch.setattr(ds.os, "replace", locked)
    with pytest.raises(DatasetError, match=r"findings\.csv.*Excel"):
        ds.write_dataset(tmp_path, make_dataset("moi"))
    assert bytes_below(tmp_path) == before


def test_a_frame_of_another_shape_is_not_written(tmp_path):
    made = make_dataset()
    bad = made.observations.assign(kind="dozen")
    with pytest.raises(DatasetError, match="observations"):
        ds.write_dataset(tmp_path, ds.Dataset(bad, made.unresolved, made.findings, made.documents, {}))
    assert list(tmp_path.iterdir()) == []


def test_missing_damaged_or_old_tables_say_what_to_do(tmp_path):
    with pytest.raises(DatasetError, match="observations.parquet.*cchc extract"):
        ds.read_observations(tmp_path)
    (tmp_path / "findings.parquet").write_bytes(b"PAR1 nothing")
    with pytest.raises(DatasetError, match="bị hỏng.*cchc extract"):
        ds.read_findings(tmp_path)
    make_dataset().documents.to_parquet(tmp_path / "documents.parquet")
    with pytest.raises(DatasetError, match="phiên bản.*cchc extract"):
        ds.read_documents(tmp_path)


@pytest.mark.parametrize("bad", ["../x", "a/../../x", "/etc/x", "a//b", "C:/x", "a\\b", "", "."])
def test_ids_cannot_leave_the_folder(tmp_path, bad):
    with pytest.raises(DatasetError, match="không hợp lệ"):
        ds.text_path(tmp_path, bad)


def test_reserved_names_of_windows_are_avoided(tmp_path):
    assert ds.text_path(tmp_path, "con").name == "con_.txt"
    assert ds.text_path(tmp_path, "aux.2022/nul").parts[-2:] == ("aux.2022_", "nul_.txt")
