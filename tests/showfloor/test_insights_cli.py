"""``showfloor insights``: figures in the terminal, and exports that other tools read and spreadsheets survive."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import duckdb
import pytest
from showfloor.cli import main
from showfloor.insights.export import Format, export
from showfloor.settings import Settings
from showfloor.store.database import Database
from showfloor.store.tables import now

from assets_pipeline.errors import MachineError
from tests.showfloor.insights_shop import Shop, opened

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shop(sqlite_db: Database, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    monkeypatch.setenv("SHOWFLOOR_DATA_DIR", str(settings.root))
    monkeypatch.setenv("COLUMNS", "100")
    with opened(sqlite_db) as shop:
        yield shop


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    def call(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as end:
            main(["insights", *arguments])
        shown = capsys.readouterr()
        return int(end.value.code or 0), " ".join(shown.out.split()), shown.err

    return call


def fill(shop: Shop) -> None:
    for n in range(40):
        arms = {"exp": "=cmd()" if n % 2 else "a"}
        shop.did(f"s{n}", "shown", "opened", product="tin", scene="hall", arms=arms)
    for n in range(20):
        shop.did(f"s{n}", "placed", *(["bought"] if n < 12 else []), product="tin")
    shop.did("s30", "bought", product="tin")


def test_figures_in_the_terminal(shop: Shop, run: Run) -> None:
    assert run("funnel")[1].startswith("No events in this time.")
    fill(shop)
    said = run("funnel")[1]
    assert "AR 20 50.0 %" in said
    assert "Lift: 12.00 times (95 %: " in said
    assert "not what causes what" in said
    assert "tin 40 40 20 0 0 13 13" in run("breakdown")[1]
    assert "hall 40 40 0 0 0 13 13" in run("breakdown", "--by", "scene")[1]
    assert "40 100 %" in run("retention", "--weeks", "2")[1]
    assert run("experiment")[1] == "Experiment exp"
    assert "No arm is surely better yet" in run("experiment", "exp")[1]
    assert "fewer than two brands" in run("audit")[1]


def test_json_and_wrong_input(shop: Shop, run: Run, tmp_path: Path) -> None:
    fill(shop)
    found = json.loads(run("funnel", "--json")[1])
    assert [int(step["shoppers"]) for step in found["steps"]] == [40, 40, 20, 0, 0, 13, 13]
    assert json.loads(run("experiment", "exp", "--json", "--goal", "cart")[1])["p_value"] == 1
    assert run("funnel", "--from", "2026-02-01", "--to", "2026-01-01")[0] == 2
    code, out, _ = run("funnel", "--product", "nothing", "--json")
    assert (code, json.loads(out)["error"]["code"]) == (2, "PRODUCT_UNKNOWN")
    assert run("experiment", "none")[0] == 2
    groups = tmp_path / "groups.csv"
    groups.write_text("shopper,group\n" + "".join(f"s{n},{'x' if n % 3 else 'y'}\n" for n in range(40)))
    found = json.loads(run("audit", "--by", "shoppers", "--groups", str(groups), "--json")[1])
    assert {g["name"]: int(g["size"]) for g in found["groups"]} == {"x": 26, "y": 14}
    for half in (("--by", "shoppers"), ("--groups", str(groups))):
        code, out, _ = run("audit", *half, "--json")
        assert code == 2
        assert "--groups" in json.loads(out)["error"]["fix"]
    groups.write_text("only one value\n")
    code, out, _ = run("audit", "--by", "shoppers", "--groups", str(groups), "--json")
    assert (code, json.loads(out)["error"]["code"]) == (2, "GROUPS_UNREADABLE")
    assert run("audit", "--by", "shoppers", "--groups", str(tmp_path / "none.csv"))[0] == 2


def test_export_by_command(shop: Shop, run: Run, tmp_path: Path) -> None:
    fill(shop)
    file = tmp_path / "events.parquet"
    assert run("export", "-o", str(file))[1].startswith("Wrote 113 events to ")
    columns = duckdb.sql(f"DESCRIBE SELECT * FROM '{file}'").fetchall()
    assert [c[:2] for c in columns] == [
        *(("id", "VARCHAR"), ("kind", "VARCHAR"), ("time", "TIMESTAMP WITH TIME ZONE"), ("shopper_id", "VARCHAR")),
        *(("session_id", "VARCHAR"), ("product_id", "VARCHAR"), ("scene", "VARCHAR"), ("arms", "VARCHAR")),
    ]
    assert duckdb.sql(f"SELECT count(*) FROM '{file}' WHERE kind = 'purchase'").fetchall() == [(13,)]
    assert run("export", "-o", str(tmp_path / "events.xlsx"))[0] == 2
    assert run("export", "-o", str(tmp_path / "plain"), "--format", "csv")[0] == 0
    assert run("export", "-o", str(tmp_path / "no" / "such" / "folder.csv"))[0] == 3
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(("events", "plain", "."))) == [
        "events.parquet",
        "plain",
    ]


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_csv_on_both_databases(db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("showfloor.insights.export.BATCH", 3)
    file = tmp_path / "it's.csv"
    with opened(db) as shop:
        moment = timedelta(hours=2, microseconds=7)
        shop.did('=HYPERLINK("x")', "shown", product="-tin", scene=" @hall", ago=moment, arms={"=e": "b"})
        for n, who in enumerate(["+ann", '"ann, "', "安娜", "plain-1", "?sess"]):
            shop.did(who, "bought", product="tin", ago=timedelta(days=n))
        assert export(db, file, Format.csv) == 6
        rows = read(file)
        assert [r["shopper_id"] for r in rows] == ['\'=HYPERLINK("x")', "'+ann", '"ann, "', "安娜", "plain-1", ""]
        assert (rows[0]["product_id"], rows[0]["scene"], rows[0]["kind"]) == ("'-tin", "' @hall", "exposure")
        assert json.loads(rows[0]["arms"]) == {"=e": "b"}
        assert rows[5]["session_id"] == "?sess"
        assert now() - datetime.fromisoformat(rows[0]["time"]) < timedelta(hours=3)
        end = datetime.now(UTC) - timedelta(days=1, hours=12)
        assert export(db, file, Format.csv, end=end) == 3
        assert export(db, file, Format.csv, start=end) == 3
        assert export(db, file, Format.csv, start=now() + timedelta(days=2)) == 0
        assert read(file) == []


def test_pseudonyms_lead_to_nobody(shop: Shop, tmp_path: Path) -> None:
    fill(shop)
    plain, first, second = (tmp_path / f"{name}.csv" for name in ("plain", "first", "second"))
    export(shop.db, plain, Format.csv)
    export(shop.db, first, Format.csv, hash_shoppers=True)
    export(shop.db, second, Format.csv, hash_shoppers=True)
    names = [[r["shopper_id"] for r in read(file)] for file in (plain, first, second)]
    assert len(set(zip(names[0], names[1], strict=True))) == len(set(names[0])) == len(set(names[1])) == 40
    assert not set(names[1]) & (set(names[0]) | set(names[2]))
    ids = [{r["id"] for r in read(file)} for file in (plain, first, second)]  # rows could be joined by them
    assert not ids[1] & (ids[0] | ids[2])
    assert len(ids[1]) == len(ids[0])


def test_a_place_that_cannot_be_written(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "full").touch()
    with pytest.raises(MachineError, match="EXPORT_UNWRITABLE"):
        export(shop.db, tmp_path / "folder", Format.csv)
    assert [p.name for p in (tmp_path / "folder").iterdir()] == ["full"]
