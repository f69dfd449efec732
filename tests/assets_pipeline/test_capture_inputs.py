"""What counts as a product, and what it is called."""

import pytest

from assets_pipeline.capture import find_products, load_photos, safe_name
from assets_pipeline.errors import CaptureError, InputError


def touch(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def summary(products):
    return [(p.name, p.kind, len(p.files)) for p in products]


def test_folder_of_photos(tmp_path):
    for name in ("2.jpg", "10.JPG", "1.heic", "._1.jpg", "notes.txt", "raw.CR2"):
        touch(tmp_path / "mug" / name)
    products = find_products([tmp_path / "mug"])
    assert summary(products) == [("mug", "photos", 4)]
    assert [f.name for f in products[0].files] == ["1.heic", "2.jpg", "10.JPG", "raw.CR2"]


def test_batch_with_every_kind(tmp_path):
    touch(tmp_path / "mug" / "1.jpg")
    touch(tmp_path / "shoe" / "images" / "1.jpg")
    touch(tmp_path / "chair" / "color" / "1.png")
    touch(tmp_path / "chair" / "depth" / "1.png")
    touch(tmp_path / "bag" / "walk around.mp4")
    (tmp_path / "empty").mkdir()
    assert summary(find_products([tmp_path])) == [
        ("bag", "video", 1), ("chair", "rgbd", 0), ("empty", "photos", 0), ("mug", "photos", 1), ("shoe", "photos", 1),
    ]  # fmt: skip


def test_single_files(tmp_path):
    products = find_products([touch(tmp_path / "lamp.MOV"), touch(tmp_path / "vase.png")])
    assert summary(products) == [("lamp", "video", 1), ("vase", "single_photo", 1)]


def test_empty_folder_fails_by_itself(tmp_path):
    (product,) = find_products([tmp_path])
    assert product.files == ()
    with pytest.raises(CaptureError, match="EMPTY_CAPTURE"):
        load_photos(product.files)


def test_names_are_unique_without_case(tmp_path):
    products = find_products([touch(tmp_path / d / f"{n}.jpg") for d, n in (("a", "Mug"), ("b", "mug"), ("c", "Mug"))])
    assert [p.name for p in products] == ["Mug", "mug-2", "Mug-3"]


@pytest.mark.parametrize(("name", "code"), [("gone", "INPUT_NOT_FOUND"), ("a.docx", "INPUT_UNSUPPORTED")])
def test_refused_inputs(tmp_path, name, code):
    touch(tmp_path / "a.docx")
    with pytest.raises(InputError, match=code):
        find_products([tmp_path / name])


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("red mug", "red-mug"), ("..", "product"), ("../../etc/passwd", "etc-passwd"), ("a\nb", "a-b"), ("", "product"),
        ("Größe 42", "Größe-42"), ("日本語", "日本語"), ("v1.2", "v1.2"), ("a..b", "a.b"), (".hidden", "hidden"),
        ("CON", "CON-product"), ("lpt1.x", "lpt1.x-product"), ("a\\b:c*?", "a-b-c"), ("x" * 300, "x" * 100),
        ("é" * 80, "é" * 50), ("-rf", "rf"), ("e\u0301", "é"),
    ],
)  # fmt: skip
def test_safe_names(title, name):
    assert safe_name(title) == name


def test_odd_folder_names(tmp_path):
    for name in ("a b", "ü\nx", "..x", "$(rm)"):
        touch(tmp_path / name / "1.jpg")
    names = [p.name for p in find_products([tmp_path / n for n in ("a b", "ü\nx", "..x", "$(rm)")])]
    assert names == ["a-b", "ü-x", "x", "rm"]


def test_dot_is_named_after_its_folder(tmp_path, monkeypatch):
    touch(tmp_path / "teapot" / "1.jpg")
    monkeypatch.chdir(tmp_path / "teapot")
    assert [p.name for p in find_products([tmp_path.__class__(".")])] == ["teapot"]
