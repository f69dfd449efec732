"""Photos of every kind and every kind of damage."""

import struct
import zlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from assets_pipeline.capture import CaptureOptions, load_photos, read_photo
from assets_pipeline.capture.quality import sharpness
from assets_pipeline.errors import Cancelled, CaptureError, InputError
from assets_pipeline.progress import Progress

OPTIONS = CaptureOptions(min_photos=1)
FILES = Path(__file__).parent / "files"


def picture(seed=0, width=480, height=360):
    """(H, W, 3) uint8: crisp coloured blocks, different for each seed."""
    rng = np.random.default_rng(seed)
    blocks = rng.integers(0, 256, (height // 30, width // 30, 3), np.uint8)
    return np.kron(blocks, np.ones((30, 30, 1), np.uint8))


def save(path, pixels, **options):
    Image.fromarray(pixels).save(path, **options)
    return path


def reason(path, options=OPTIONS):
    with pytest.raises(InputError) as error:
        read_photo(path, options)
    assert error.value.fix
    return error.value.code


def close(a, b, levels=6.0):
    return a.shape == b.shape and np.abs(a.astype(float) - b).mean() < levels


def png_header(path, width, height, bit_depth, color_type, data=b""):
    """A PNG written by hand: sizes that no encoder should have to hold in memory."""

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, bit_depth, color_type, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    return path


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.jpg", {"quality": 95, "subsampling": 0}), ("a.JPEG", {"quality": 95}), ("a.png", {}), ("a.bmp", {}),
        ("a.webp", {"lossless": True}), ("a.tiff", {"compression": "tiff_lzw"}),
    ],
)  # fmt: skip
def test_formats_are_read(tmp_path, name, options):
    photo = read_photo(save(tmp_path / name, picture(), **options), OPTIONS)
    assert photo.file == name
    assert photo.pixels.dtype == np.uint8
    assert close(photo.pixels, picture())
    assert photo.focal_px is None


def test_heic():
    photo = read_photo(FILES / "four_colours.heic", replace(OPTIONS, min_side_px=16))
    corners = photo.pixels[24::48, 32::64].reshape(4, 3).astype(int)
    assert np.abs(corners - [(220, 40, 40), (40, 200, 60), (40, 60, 210), (240, 240, 240)]).max() < 20


def test_damaged_heic(tmp_path):
    (tmp_path / "a.heic").write_bytes((FILES / "four_colours.heic").read_bytes()[:-300])
    assert reason(tmp_path / "a.heic", replace(OPTIONS, min_side_px=16)) in ("NOT_AN_IMAGE", "IMAGE_TRUNCATED")


@pytest.mark.parametrize("name", ["a.CR2", "a.nef", "a.dng", "a.ARW"])
def test_raw_is_refused_by_name(tmp_path, name):
    (tmp_path / name).write_bytes(b"II*\0" + b"\0" * 100)
    assert reason(tmp_path / name) == "RAW_NOT_SUPPORTED"


def test_cmyk(tmp_path):
    Image.fromarray(picture()).convert("CMYK").save(tmp_path / "a.jpg", quality=95)
    assert close(read_photo(tmp_path / "a.jpg", OPTIONS).pixels, picture(), 12)


def test_sixteen_bit_grey_keeps_its_range(tmp_path):
    ramp = np.tile(np.linspace(0, 65535, 480).astype(np.uint16), (360, 1))
    cv2.imwrite(str(tmp_path / "a.png"), ramp)
    pixels = read_photo(tmp_path / "a.png", OPTIONS).pixels
    assert pixels.shape == (360, 480, 3)
    assert np.abs(pixels[0, :, 1].astype(float) - ramp[0] / 257.0).max() <= 1
    small = read_photo(tmp_path / "a.png", replace(OPTIONS, max_side_px=240, min_side_px=100)).pixels
    assert small.shape == (180, 240, 3)
    assert small[0, 120, 0] == pytest.approx(128, abs=3)


def test_sixteen_bit_colour(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), picture()[..., ::-1].astype(np.uint16) * 257)
    assert close(read_photo(tmp_path / "a.png", OPTIONS).pixels, picture(), 2)


@pytest.mark.parametrize("mode", ["L", "1", "P"])
def test_grey_and_palette(tmp_path, mode):
    image = Image.fromarray(picture()).convert(mode)
    image.save(tmp_path / "a.png")
    assert close(read_photo(tmp_path / "a.png", OPTIONS).pixels, np.asarray(image.convert("RGB")), 1)


def test_transparency_is_laid_on_white(tmp_path):
    rgba = np.dstack([picture(), np.full((360, 480), 255, np.uint8)])
    rgba[:100, :100, 3] = 0
    pixels = read_photo(save(tmp_path / "a.png", rgba), OPTIONS).pixels
    assert (pixels[:100, :100] == 255).all()
    assert (pixels[100:] == picture()[100:]).all()


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_rotation_is_applied(tmp_path, orientation):
    upright = picture()
    undo = {
        1: lambda p: p, 2: lambda p: p[:, ::-1], 3: lambda p: p[::-1, ::-1], 4: lambda p: p[::-1],
        5: lambda p: p.transpose(1, 0, 2), 6: lambda p: np.rot90(p), 7: lambda p: p[::-1, ::-1].transpose(1, 0, 2),
        8: lambda p: np.rot90(p, -1),
    }  # fmt: skip
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = np.ascontiguousarray(undo[orientation](upright))
    photo = read_photo(save(tmp_path / "a.jpg", stored, exif=exif, quality=95, subsampling=0), OPTIONS)
    assert close(photo.pixels, upright)


def exif_with(**tags):
    exif = Image.Exif()
    numbers = {"mm": 0x920A, "equivalent": 0xA405, "per_unit": 0xA20E, "unit": 0xA210, "x": 0xA002, "y": 0xA003}
    exif.get_ifd(0x8769).update({numbers[name]: value for name, value in tags.items()})
    return exif


@pytest.mark.parametrize(
    ("tags", "focal"),
    [
        ({"equivalent": 28}, 28 / 43.267 * 600),
        ({"mm": 50.0, "per_unit": 20.0, "unit": 4, "x": 960, "y": 720}, 500.0),
        ({"equivalent": 0, "mm": 50.0, "per_unit": 250.0, "unit": 2}, 50 * 250 / 25.4),
        ({"equivalent": 5}, None),  # 154 degrees: a lie
        ({"equivalent": 6000}, None),
        ({"mm": 4.0}, None),
        ({"equivalent": 28, "x": 4000, "y": 2000}, None),  # cropped since
        ({}, None),
    ],
)
def test_focal_length_is_believed_only_when_it_makes_sense(tmp_path, tags, focal):
    photo = read_photo(save(tmp_path / "a.jpg", picture(), exif=exif_with(**tags)), OPTIONS)
    assert photo.focal_px == (None if focal is None else pytest.approx(focal, rel=1e-3))


def test_focal_length_follows_the_scale_and_the_rotation(tmp_path):
    exif = exif_with(equivalent=28)
    exif[0x0112] = 6
    save(tmp_path / "a.jpg", picture(width=960, height=720), exif=exif)
    full = read_photo(tmp_path / "a.jpg", OPTIONS)
    half = read_photo(tmp_path / "a.jpg", replace(OPTIONS, max_side_px=480))
    assert (full.width, full.height) == (720, 960)
    assert (half.width, half.height) == (360, 480)
    assert half.focal_px == pytest.approx(full.focal_px / 2, rel=1e-3)


def test_one_pixel_is_too_small(tmp_path):
    assert reason(save(tmp_path / "a.png", picture()[:1, :1])) == "IMAGE_TOO_SMALL"


def test_huge_picture_is_refused_before_it_is_decoded(tmp_path):
    rows = zlib.compress(b"\0" * (2501 * 20000), 1)
    assert reason(png_header(tmp_path / "a.png", 20_000, 20_000, 1, 0, rows)) == "IMAGE_TOO_LARGE"


def test_png_bomb_is_refused(tmp_path):
    assert reason(png_header(tmp_path / "a.png", 2**31 - 1, 2**31 - 1, 8, 6, zlib.compress(b"\0" * 9))) in (
        "IMAGE_TOO_LARGE", "NOT_AN_IMAGE",
    )  # fmt: skip
    assert reason(png_header(tmp_path / "b.png", 13_200, 13_200, 8, 2, b"")) == "IMAGE_TOO_LARGE"


def test_truncated_jpeg(tmp_path):
    path = save(tmp_path / "a.jpg", picture(width=960, height=720))
    path.write_bytes(path.read_bytes()[:6000])
    assert reason(path) == "IMAGE_TRUNCATED"


@pytest.mark.parametrize("data", [b"", b"this is a text file", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"])
def test_no_image_at_all(tmp_path, data):
    (tmp_path / "a.jpg").write_bytes(data)
    assert reason(tmp_path / "a.jpg") == "NOT_AN_IMAGE"


def test_floating_point_is_refused(tmp_path):
    Image.fromarray(np.zeros((300, 300), np.float32)).save(tmp_path / "a.tiff")
    assert reason(tmp_path / "a.tiff") == "IMAGE_MODE_UNSUPPORTED"


def fill(folder, count, start=0):
    for index in range(start, start + count):
        save(folder / f"{index:03d}.png", picture(index))


def test_bad_files_become_verdicts_and_stop_nothing(tmp_path):
    fill(tmp_path, 9)
    (tmp_path / "text.jpg").write_text("hello")
    (tmp_path / "raw.nef").write_bytes(b"raw")
    save(tmp_path / "tiny.png", picture()[:1, :1])
    save(tmp_path / "zz_blurred.png", cv2.GaussianBlur(picture(50), None, 5))
    save(tmp_path / "zz_dark.png", picture(51) // 10)
    save(tmp_path / "zz_bright.png", 250 - picture(52) // 25)
    (tmp_path / "notes.txt").write_text("not offered as a photo")
    capture = load_photos(tmp_path)
    assert [p.file for p in capture.photos] == [f"{i:03d}.png" for i in range(9)]
    codes = {v.file: v.reason.partition(":")[0] for v in capture.verdicts if not v.used}
    assert codes == {
        "text.jpg": "NOT_AN_IMAGE", "raw.nef": "RAW_NOT_SUPPORTED", "tiny.png": "IMAGE_TOO_SMALL",
        "zz_blurred.png": "BLURRED", "zz_dark.png": "TOO_DARK", "zz_bright.png": "TOO_BRIGHT",
    }  # fmt: skip
    assert len(capture.verdicts) == 15


def test_repeated_photos_are_used_once(tmp_path):
    fill(tmp_path, 8)
    save(tmp_path / "003a.jpg", picture(3), quality=90, subsampling=0)
    capture = load_photos(tmp_path)
    assert len(capture.photos) == 8
    assert [v.reason.partition(":")[0] for v in capture.verdicts if not v.used] == ["DUPLICATE"]


@pytest.mark.parametrize("name", ["with space.png", "日本語-ü.png", "line\nbreak.png", "a..b.png", "'\";$(x).png"])
def test_odd_names(tmp_path, name):
    fill(tmp_path, 8)
    save(tmp_path / name, picture(99))
    assert name in [p.file for p in load_photos(tmp_path).photos]


def test_same_names_in_two_folders_stay_apart(tmp_path):
    for folder, start in (("left", 0), ("right", 20)):
        (tmp_path / folder).mkdir()
        fill(tmp_path / folder, 4, start)
    save(tmp_path / "right" / "000.png", picture(77))
    files = sorted((tmp_path / "left").iterdir()) + sorted((tmp_path / "right").iterdir())
    names = [p.file for p in load_photos(files).photos]
    assert len(set(names)) == 9
    assert {"left/000.png", "right/000.png"} <= set(names)


def code_of(path, options=CaptureOptions()):  # noqa: B008
    with pytest.raises((CaptureError, InputError)) as error:
        load_photos(path, options)
    assert error.value.message
    assert error.value.fix
    return error.value.code


def test_empty_folder(tmp_path):
    assert code_of(tmp_path) == "EMPTY_CAPTURE"
    assert code_of([]) == "EMPTY_CAPTURE"


def test_missing_folder(tmp_path):
    assert code_of(tmp_path / "nothing") == "INPUT_NOT_FOUND"


def test_two_photos(tmp_path):
    fill(tmp_path, 2)
    with pytest.raises(CaptureError, match=r"TOO_FEW_PHOTOS: 2 of 2 photos .* 8 are needed"):
        load_photos(tmp_path)


def test_nothing_readable(tmp_path):
    for index in range(9):
        (tmp_path / f"{index}.jpg").write_text("text")
    assert code_of(tmp_path) == "NO_READABLE_PHOTOS"


def test_all_blurred(tmp_path):
    for index in range(10):
        save(tmp_path / f"{index}.png", cv2.GaussianBlur(picture(index, 960, 720), None, 6))
    assert code_of(tmp_path) == "ALL_BLURRED"


def test_cancel_while_reading(tmp_path):
    fill(tmp_path, 8)
    progress = Progress(listener=lambda event: event.fraction > 0.3 and progress.cancel())
    progress.weights = {"": 1.0}
    with pytest.raises(Cancelled):
        load_photos(tmp_path, progress=progress)


@pytest.mark.parametrize("bad", [{"min_photos": 0}, {"max_side_px": 10}, {"max_fov_deg": 5.0}, {"video_frames": 0}])
def test_options_check_themselves(bad):
    with pytest.raises(InputError, match="BAD_OPTION"):
        CaptureOptions(**bad)


@pytest.mark.parametrize("contrast", [0.15, 1.0])
def test_sharpness_ignores_contrast_and_sees_blur(contrast):
    plain = np.full((720, 960, 3), 90, np.uint8)
    cv2.circle(plain, (480, 360), 200, (int(90 + 160 * contrast),) * 3, -1, cv2.LINE_AA)
    crisp = sharpness(plain)
    assert crisp > 0.5
    assert sharpness(cv2.GaussianBlur(plain, None, 4)) < 0.34
    assert sharpness(cv2.blur(plain, (21, 1))) < 0.34


@pytest.mark.parametrize(("capture", "count"), [("captures/shoe", 36), ("captures/bottle", 36), ("mv_viking", 49)])
def test_real_captures_keep_their_photos(shared_data, capture, count):
    found = load_photos(shared_data / capture / "images")
    assert len(found.photos) == count, [v for v in found.verdicts if not v.used]


def test_skull_keeps_its_photos_and_reads_its_focal_length(shared_data):
    found = load_photos(shared_data / "mv_skull_small" / "images")
    assert len(found.photos) == 66
    assert found.photos[0].focal_px == pytest.approx(55 * 4720.44 / 25.4 * 1424 / 4272, rel=1e-3)


def test_real_photos_blurred_by_hand_are_refused(shared_data, tmp_path):
    for file in sorted((shared_data / "captures" / "shoe" / "images").iterdir())[:12]:
        pixels = np.asarray(Image.open(file))
        save(tmp_path / file.name, cv2.GaussianBlur(pixels, None, 3.5) if file.stem == "004" else pixels, quality=92)
    found = load_photos(tmp_path)
    assert [v.file for v in found.verdicts if not v.used] == ["004.jpg"]
