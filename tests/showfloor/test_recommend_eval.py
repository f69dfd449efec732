"""Leave-one-out and its command: numbers against plain arithmetic, baselines on the same split, bad input."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from showfloor.cli import main
from showfloor.recommend.evaluation import LIBRARY, METHODS, Split, evaluate, has_implicit

from assets_pipeline.errors import InputError


def chains(shoppers: int = 120) -> list[list[str]]:
    """Four kinds of six products, each chosen in one order, begun anywhere: what comes next is certain."""
    histories = []
    for n in range(shoppers):
        kind, begin = n % 4, n % 6
        histories.append([f"k{kind}-{(begin + step) % 6}" for step in range(5)])
    return histories


def test_numbers_are_right() -> None:
    split = Split([["a", "b", "c", "d"], ["b", "c", "d", "a"], ["x", "x", "y"]])  # the last is too short
    assert split.ids == ["a", "b", "c", "d"]
    order = np.array([4.0, 3.0, 2.0, 1.0])
    row = split.measure(lambda number, known: order, 1)
    assert row.hit_rate == 1.0  # one unknown product is left to each
    assert row.ndcg == 1.0
    many = Split([[f"p{n}" for n in range(30)], [f"p{n}" for n in range(29, -1, -1)]])
    seen = {f"p{n}": -float(n) for n in range(30)}
    row = many.measure(lambda number, known: np.array([seen[i] for i in many.ids]), 20)
    # the answers are p10 and p19; unknown to the first are p10…p29, to the second p0…p19
    assert row.ndcg == pytest.approx(0.5)
    assert row.hit_rate == pytest.approx(0.5)
    assert row.coverage == pytest.approx(20 / 30)
    assert row.diversity == pytest.approx(0.0, abs=1e-6)  # everybody chose everything


def test_order_is_what_the_own_model_sees() -> None:
    rows = {row.method: row for row in evaluate(Split(chains()))}
    assert rows["own"].ndcg > 0.95
    assert rows["own"].ndcg > rows["own, without order"].ndcg
    assert rows["EASE"].ndcg > rows["popularity"].ndcg
    assert rows.keys() == {name for name, *_ in (*METHODS, *(LIBRARY if has_implicit() else ()))}


def test_too_little_is_said() -> None:
    with pytest.raises(InputError) as error:
        Split([["a", "b", "c"]] * 50)
    assert error.value.code == "NOTHING_TO_LEARN"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main([*arguments])
    return int(ended.value.code or 0), capsys.readouterr().out


def test_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    orders = tmp_path / "orders.csv"
    lines = [f"s{n},{product},{step}" for n, history in enumerate(chains()) for step, product in enumerate(history)]
    orders.write_text("\n".join(["user_id,item_id,timestamp", *lines]))
    place = ("--events", str(orders), "--data-dir", str(tmp_path / "data"))
    code, out = run(capsys, "train", "recommend", *place)
    assert code == 0
    assert "600 choices of 120 shoppers" in out
    assert (tmp_path / "data" / "recommend.npz").is_file()
    code, out = run(capsys, "train", "recommend", *place, "--json")
    report = json.loads(out)
    assert (code, report["shoppers"], report["products"]) == (0, 120, 24)
    code, out = run(capsys, "eval", "recommend", *place, "--json")
    found = json.loads(out)
    assert (code, found["shoppers"], found["products"], found["choices"]) == (0, 120, 24, 600)
    assert found["methods"][0]["method"] == "own"
    code, out = run(capsys, "eval", "recommend", *place)
    assert code == 0
    assert "NDCG@10" in out
    code, out = run(capsys, "eval", "recommend", "--data-dir", str(tmp_path / "empty"), "--json")
    assert code == 2
    assert json.loads(out)["error"]["code"] == "NOTHING_TO_LEARN"
