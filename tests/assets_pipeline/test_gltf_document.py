"""Writing, reading back and validating GLB files."""

from __future__ import annotations

import json
from pathlib import Path

import gltf_samples as samples
import numpy as np
import pytest
from scipy.spatial import cKDTree

from assets_pipeline.errors import InputError, MachineError
from assets_pipeline.gltf import node
from assets_pipeline.gltf.decode import read_buffers, read_glb
from assets_pipeline.gltf.document import EncodingOptions, build_glb, write_glb
from assets_pipeline.gltf.glb import pack, unpack
from assets_pipeline.gltf.textures import EncodedTexture, TextureJob, encode_textures
from assets_pipeline.gltf.validate import check_structure, validate_glbs
from assets_pipeline.tangents import vertex_normals, vertex_tangents
from assets_pipeline.types import Mesh

PLAIN = EncodingOptions(quantise=False, meshopt=False)
COMPRESSED = EncodingOptions()


@pytest.fixture(scope="module")
def images() -> dict[str, list[EncodedTexture]]:
    sources = samples.textures(128)
    png = [TextureJob(role, 128, 128, "PNG") for role in sources]
    ktx = [TextureJob(role, 128, 128, "UASTC" if role == "normal" else "ETC1S") for role in sources]
    encoded = encode_textures(sources, [*png, *ktx])
    return {"png": [encoded[j] for j in png], "ktx2": [encoded[j] for j in ktx]}


@pytest.mark.parametrize(("options", "kind"), [(PLAIN, "png"), (COMPRESSED, "ktx2"), (COMPRESSED, "png")])
def test_round_trip_keeps_shape_uvs_and_normals(tmp_path: Path, images, options: EncodingOptions, kind: str) -> None:
    mesh = samples.vase()
    path = tmp_path / "vase.glb"
    write_glb(path, mesh, images[kind], options)
    back, textures = read_glb(path)
    assert len(back.faces) == len(mesh.faces)
    step_m = 0.0 if options is PLAIN else 0.2 / (2**14 - 1)
    rows, original = _rows(back), _rows(mesh)
    _, match = cKDTree(original).query(rows)
    assert len(set(match)) == len(original) == len(rows)
    assert np.abs(rows - original[match])[:, :3].max() <= step_m * 0.51 + 1e-7
    assert np.abs(rows - original[match])[:, 3:].max() <= 0.51 / 65535
    expected = vertex_normals(back.vertices, back.faces)
    assert back.normals is not None
    assert np.degrees(np.arccos(np.clip(np.sum(back.normals * expected, 1), -1, 1))).max() < 2.0
    assert set(textures) == {"base_color", "normal", "orm"}
    assert textures["base_color"].shape == (128, 128, 3)


def test_every_form_passes_the_khronos_validator(tmp_path: Path, images) -> None:
    paths = []
    for name, options, kind in (("a", PLAIN, "png"), ("b", COMPRESSED, "ktx2"), ("c", COMPRESSED, "png")):
        paths.append(tmp_path / f"{name}.glb")
        write_glb(paths[-1], samples.vase(), images[kind], options, extras={"provenance": [{"name": "tool"}]})
    for result in validate_glbs(paths):
        assert (result.errors, result.warnings) == (0, 0), result.messages


def test_validator_finds_what_is_broken(tmp_path: Path, images) -> None:
    document, binary = unpack(build_glb(samples.vase(), images["png"], PLAIN, name="vase"))
    document["accessors"][0]["max"] = [0, 0, 0]
    (tmp_path / "bounds.glb").write_bytes(pack(document, binary))
    data = build_glb(samples.vase(), images["ktx2"], COMPRESSED, name="vase")
    document, binary = unpack(data)
    view = document["images"][0]["bufferView"]
    at = document["bufferViews"][view]["byteOffset"]
    (tmp_path / "texture.glb").write_bytes(pack(document, binary[:at] + b"\0" * 200 + binary[at + 200 :]))
    (tmp_path / "cut.glb").write_bytes(data[: len(data) // 2])
    for result in validate_glbs([tmp_path / f"{n}.glb" for n in ("bounds", "texture", "cut")]):
        assert result.errors > 0
        assert result.messages


def test_structure_names_extensions_that_clients_cannot_read() -> None:
    problems = check_structure(pack({"asset": {"version": "2.0"}, "extensionsUsed": ["EXT_texture_webp"]}, b""))
    assert problems == ["EXT_texture_webp is not read by glTFast"]


def test_same_input_gives_the_same_bytes(images) -> None:
    first = build_glb(samples.vase(), images["ktx2"], COMPRESSED, name="vase")
    assert first == build_glb(samples.vase(), images["ktx2"], COMPRESSED, name="vase")


def test_compression_shrinks_geometry_to_a_quarter() -> None:
    plain = len(build_glb(samples.vase(), [], PLAIN, name="vase"))
    assert len(build_glb(samples.vase(), [], COMPRESSED, name="vase")) < plain / 4


def test_document_says_who_made_it_and_what_a_reader_needs(images) -> None:
    document, _ = unpack(build_glb(samples.vase(), images["ktx2"], COMPRESSED, name="vase", extras={"lod": 0}))
    assert document["asset"]["generator"].startswith("Showfloor ")
    assert document["asset"]["extras"] == {"lod": 0}
    required = ["EXT_meshopt_compression", "KHR_mesh_quantization", "KHR_texture_basisu"]
    assert document["extensionsRequired"] == document["extensionsUsed"] == required
    assert document["materials"][0]["occlusionTexture"] == {"index": 2}
    assert document["nodes"][0] == {"name": "vase", "children": [1]}


def test_tangents_follow_u_and_mark_mirrored_charts() -> None:
    corners = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]], np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    upright = np.array([[0, 1], [1, 1], [1, 0], [0, 0]], np.float32)  # v runs down, as glTF has it
    up = np.tile(np.array([[0, 0, 1]], np.float32), (4, 1))
    tangents = vertex_tangents(Mesh(corners, faces, upright), up)
    assert np.allclose(tangents, [[1, 0, 0, 1]] * 4, atol=1e-6)
    mirrored = np.stack([1 - upright[:, 0], upright[:, 1]], 1)
    assert np.allclose(vertex_tangents(Mesh(corners, faces, mirrored), up), [[-1, 0, 0, -1]] * 4, atol=1e-6)


def test_tangents_are_written_only_for_a_normal_map(images) -> None:
    def attributes(textures: list[EncodedTexture]) -> set[str]:
        document, _ = unpack(build_glb(samples.vase(), textures, COMPRESSED, name="vase"))
        return set(document["meshes"][0]["primitives"][0]["attributes"])

    assert attributes(images["ktx2"]) == {"POSITION", "NORMAL", "TANGENT", "TEXCOORD_0"}
    assert attributes(images["ktx2"][:1]) == {"POSITION", "NORMAL", "TEXCOORD_0"}


@pytest.mark.parametrize(
    "mesh",
    [
        Mesh(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32)),
        Mesh(np.zeros((3, 3), np.float32), np.array([[0, 1, 3]], np.int32)),
        Mesh(np.full((3, 3), np.nan, np.float32), np.array([[0, 1, 2]], np.int32)),
    ],
)
def test_broken_meshes_are_refused(mesh: Mesh) -> None:
    with pytest.raises(InputError, match="MESH_INVALID"):
        build_glb(mesh, [], name="broken")


def test_reading_refuses_what_is_not_a_glb(tmp_path: Path) -> None:
    (tmp_path / "a.glb").write_bytes(b"not a model")
    with pytest.raises(InputError, match="GLB_INVALID"):
        read_glb(tmp_path / "a.glb")
    document = {"asset": {"version": "2.0"}, "buffers": [{"byteLength": 4, "uri": "../../etc/passwd"}]}
    (tmp_path / "b.gltf").write_text(json.dumps(document))
    with pytest.raises(InputError, match="outside the document's folder"):
        read_buffers(tmp_path / "b.gltf")


def test_reading_refuses_accessors_beyond_their_buffer(tmp_path: Path) -> None:
    document, binary = unpack(build_glb(samples.vase(), [], PLAIN, name="vase"))
    document["accessors"][0]["count"] = 10**7
    (tmp_path / "a.glb").write_bytes(pack(document, binary))
    with pytest.raises(InputError, match="outside its buffer"):
        read_glb(tmp_path / "a.glb")


def test_write_leaves_no_half_files(tmp_path: Path) -> None:
    (tmp_path / "taken.glb").mkdir()
    with pytest.raises(MachineError, match="OUT_NOT_WRITABLE"):
        write_glb(tmp_path / "taken.glb", samples.vase(), [])
    assert [p.name for p in tmp_path.iterdir()] == ["taken.glb"]


def test_missing_node_parts_name_the_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOWFLOOR_NODE_DIR", str(tmp_path))
    with pytest.raises(MachineError, match=r"NODE_MISSING.*make setup"):
        node.node_dir()


@pytest.mark.parametrize("name", ["SunglassesKhronos.glb", "SheenChair/glTF/SheenChair.gltf"])
def test_real_models_survive_the_round_trip(tmp_path: Path, shared_data: Path, name: str) -> None:
    mesh, textures = read_glb(shared_data / "gltf" / name)
    job = TextureJob("base_color", 256, 256, "ETC1S")
    encoded = encode_textures(textures, [job])
    write_glb(tmp_path / "model.glb", mesh, [encoded[job]])
    (result,) = validate_glbs([tmp_path / "model.glb"])
    assert (result.errors, result.warnings) == (0, 0), result.messages
    back, _ = read_glb(tmp_path / "model.glb")
    assert np.allclose(back.size, mesh.size, atol=mesh.size.max() / 2**13)
    sample = mesh.vertices[:: max(1, len(mesh.vertices) // 2000)]
    assert samples.distance_to(back, sample).max() < mesh.size.max() / 2**13


def _rows(mesh: Mesh) -> np.ndarray:
    """Position and uv of every vertex, (N, 5)."""
    assert mesh.uvs is not None
    return np.concatenate([mesh.vertices, mesh.uvs], 1).astype(np.float64)
