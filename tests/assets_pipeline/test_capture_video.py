"""Sharp frames out of videos, and videos without any."""

import cv2
import numpy as np
import pytest

from assets_pipeline.capture import CaptureOptions, load_video
from assets_pipeline.errors import Cancelled, CaptureError, InputError
from assets_pipeline.progress import Progress

FRAMES = 60


def frame(index):
    """A textured scene that moves from frame to frame."""
    blocks = np.random.default_rng(5).integers(0, 256, (24, 60, 3), np.uint8)
    scene = np.kron(blocks, np.ones((20, 20, 1), np.uint8))
    return np.ascontiguousarray(scene[:, 6 * index : 6 * index + 640])


def write(path, frames):
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (640, 480))
    assert writer.isOpened()
    for picture in frames:
        writer.write(picture)
    writer.release()
    return path


def test_sharpest_frame_of_each_span_is_taken(tmp_path):
    sharp = {5 * window + window % 5 for window in range(12)}
    frames = [frame(i) if i in sharp else cv2.GaussianBlur(frame(i), None, 4) for i in range(FRAMES)]
    capture = load_video(write(tmp_path / "ä b.avi", frames), CaptureOptions(video_frames=12))
    assert {int(p.file.removeprefix("frame_")) for p in capture.photos} == sharp
    first = capture.photos[0]
    expected = cv2.cvtColor(frame(int(first.file.removeprefix("frame_"))), cv2.COLOR_BGR2RGB)
    assert np.abs(first.pixels.astype(float) - expected).mean() < 12
    assert first.focal_px is None


def test_frames_are_scaled_down(tmp_path):
    path = write(tmp_path / "a.avi", [frame(i) for i in range(20)])
    capture = load_video(path, CaptureOptions(video_frames=10, max_side_px=320, min_side_px=100))
    assert {(p.width, p.height) for p in capture.photos} == {(320, 240)}


def test_standing_still_is_no_capture(tmp_path):
    path = write(tmp_path / "a.avi", [frame(0)] * 30)
    with pytest.raises(CaptureError, match=r"TOO_FEW_PHOTOS.*DUPLICATE"):
        load_video(path)


def test_text_named_video(tmp_path):
    (tmp_path / "a.mp4").write_text("no video")
    with pytest.raises(InputError) as error:
        load_video(tmp_path / "a.mp4")
    assert error.value.code == "VIDEO_UNREADABLE"


def test_video_without_frames(tmp_path):
    path = write(tmp_path / "a.avi", [])
    with pytest.raises(InputError) as error:
        load_video(path)
    assert error.value.code in ("VIDEO_NO_FRAMES", "VIDEO_UNREADABLE")


def test_video_whose_frames_are_lost(tmp_path):
    path = write(tmp_path / "a.avi", [frame(i) for i in range(10)])
    data = path.read_bytes()
    path.write_bytes(data[: data.index(b"movi") + 4])
    with pytest.raises(InputError) as error:
        load_video(path)
    assert error.value.code in ("VIDEO_NO_FRAMES", "VIDEO_UNREADABLE")


def test_missing_video(tmp_path):
    with pytest.raises(InputError, match="INPUT_NOT_FOUND"):
        load_video(tmp_path / "a.mp4")


def test_cancel(tmp_path):
    path = write(tmp_path / "a.avi", [frame(i) for i in range(10)])
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        load_video(path, progress=progress)
