"""Structure from motion with COLMAP: features, matches, global mapping (Pan et al., GLOMAP, ECCV 2024)."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pycolmap

from assets_pipeline.camera.options import CameraOptions
from assets_pipeline.progress import Progress
from assets_pipeline.types import Array, Photo

FINE_PIXELS = 500_000  # photos with fewer pixels are searched for features at twice their resolution
PEAK_THRESHOLD = 0.004  # contrast of the weakest features kept; 0.0067 leaves plain products with too few
TRACKS_PER_PHOTO = 80  # kept for global mapping; the rest is triangulated afterwards


@dataclass(frozen=True)
class Pose:
    """A solved photo: ``R`` (3, 3), ``t`` (3,) are ``cam_from_sfm``; ``focal`` in pixels of the photo, ``k`` radial."""

    R: Array
    t: Array
    focal: float
    k: float

    @property
    def center(self) -> Array:
        return -self.R.T @ self.t


@dataclass(frozen=True)
class Solution:
    """``poses`` by photo index; ``points`` (M, 3) float64 in the SfM frame.

    ``observations`` (L, 4) float64 rows are point index, photo index, x, y (pixels of the photo).
    """

    poses: dict[int, Pose]
    points: Array
    observations: Array
    reprojection_px: float


def run_interruptible(work: Callable[[pycolmap.CancellationToken | None], Any], progress: Progress) -> Any:
    """Run COLMAP code in a thread and stop it when the caller cancels."""
    token = pycolmap.CancellationToken() if hasattr(pycolmap, "CancellationToken") else None
    outcome: dict[str, Any] = {}

    def body() -> None:
        try:
            outcome["value"] = work(token)
        except BaseException as error:
            outcome["error"] = error

    thread = threading.Thread(target=body, daemon=True)
    thread.start()
    try:
        while thread.is_alive():
            thread.join(0.2)
            progress.check()
    except BaseException:
        if token is not None:
            token.cancel()
        thread.join()
        raise
    if "error" in outcome:
        raise outcome["error"]
    return outcome.get("value")


class Matcher:
    """A COLMAP database of one set of photos in a working folder."""

    def __init__(
        self,
        folder: Path,
        photos: Sequence[Photo],
        masks: Sequence[Array] | None,
        options: CameraOptions,
        progress: Progress,
        fine: bool | None = None,
    ) -> None:
        self.folder = folder
        self.photos = photos
        self.masks = masks
        self.options = options
        self.progress = progress
        self.fine = fine
        self.threads = max(1, min(options.threads, os.cpu_count() or 1))
        self.database = folder / "database.db"
        self.images = folder / "images"
        self.scales = [min(1.0, options.max_side_px / max(p.pixels.shape[:2])) for p in photos]

    @staticmethod
    def name(index: int) -> str:
        return f"{index:05d}.png"

    def extract(self) -> None:
        """Detect SIFT features, only within the masks when there are any."""
        self.images.mkdir(parents=True, exist_ok=True)
        mask_folder = self.folder / "masks"
        mask_folder.mkdir(exist_ok=True)
        sizes = []
        for i, photo in enumerate(self.photos):
            self.progress.check()
            size = (round(photo.width * self.scales[i]), round(photo.height * self.scales[i]))
            grey = cv2.cvtColor(photo.pixels, cv2.COLOR_RGB2GRAY)
            if size != (photo.width, photo.height):
                grey = cv2.resize(grey, size, interpolation=cv2.INTER_AREA)
            cv2.imwrite(str(self.images / self.name(i)), grey, [cv2.IMWRITE_PNG_COMPRESSION, 1])
            if self.masks is not None:
                mask = cv2.resize(self.masks[i], size, interpolation=cv2.INTER_NEAREST)
                cv2.imwrite(str(mask_folder / (self.name(i) + ".png")), grow(mask))
            sizes.append(size)
        extraction = pycolmap.FeatureExtractionOptions()
        extraction.num_threads = self.threads
        extraction.use_gpu = False
        extraction.sift.max_num_features = self.options.max_features
        extraction.sift.peak_threshold = PEAK_THRESHOLD
        small = sizes[0][0] * sizes[0][1] < FINE_PIXELS
        extraction.sift.first_octave = -1 if (small if self.fine is None else self.fine) else 0
        groups: dict[tuple[Any, ...], list[int]] = {}
        for i, photo in enumerate(self.photos):
            groups.setdefault((sizes[i], photo.focal_px, photo.pixels.shape), []).append(i)
        pycolmap.Database.open(self.database).close()
        for members in groups.values():
            reader = pycolmap.ImageReaderOptions()
            reader.camera_model = "SIMPLE_RADIAL"
            if self.masks is not None:
                reader.mask_path = str(mask_folder)
            names = [self.name(i) for i in members]
            pycolmap.import_images(  # numbers the images in order, where parallel extraction would not
                self.database, self.images, pycolmap.CameraMode.SINGLE, names, reader
            )

            def work(token: Any, names: list[str] = names, reader: Any = reader) -> None:
                pycolmap.extract_features(
                    self.database,
                    self.images,
                    image_names=names,
                    camera_mode=pycolmap.CameraMode.SINGLE,
                    reader_options=reader,
                    extraction_options=extraction,
                    device=pycolmap.Device.cpu,
                    cancellation_token=token,
                )

            run_interruptible(work, self.progress)

    def set_focals(self, use_prior: bool) -> None:
        """Start every camera from its EXIF focal length, or from a usual one (1.2 × the longer side)."""
        with pycolmap.Database.open(self.database) as database:
            cameras = {c.camera_id: c for c in database.read_all_cameras()}
            for image in database.read_all_images():
                index = int(image.name[:5])
                camera = cameras[image.camera_id]
                prior = self.photos[index].focal_px if use_prior else None
                scale = camera.width / self.photos[index].width
                focal = prior * scale if prior else 1.2 * max(camera.width, camera.height)
                camera.params = [focal, camera.width / 2, camera.height / 2, 0.0]
                camera.has_prior_focal_length = prior is not None
            for camera in cameras.values():
                database.update_camera(camera)

    def match(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Match and verify the features of the given pairs."""
        matching = pycolmap.FeatureMatchingOptions()
        matching.num_threads = self.threads
        matching.use_gpu = False
        listing = self.folder / "pairs.txt"
        listing.write_text("".join(f"{self.name(a)} {self.name(b)}\n" for a, b in pairs))
        pairing = pycolmap.ImportedPairingOptions()
        pairing.match_list_path = str(listing)

        def work(token: Any) -> None:
            pycolmap.match_image_pairs(
                self.database,
                matching_options=matching,
                pairing_options=pairing,
                verification_options=self.verification(),
                device=pycolmap.Device.cpu,
                cancellation_token=token,
            )

        run_interruptible(work, self.progress)

    def verify_again(self) -> None:
        """Redo the two-view geometries, as after a change of focal lengths."""
        with pycolmap.Database.open(self.database) as database:
            database.clear_two_view_geometries()
        verifier = pycolmap.GeometricVerifierOptions()
        verifier.num_threads = self.threads

        def work(token: Any) -> None:
            pycolmap.geometric_verification(
                self.database,
                verifier_options=verifier,
                two_view_geometry_options=self.verification(),
                cancellation_token=token,
            )

        run_interruptible(work, self.progress)

    def verification(self) -> pycolmap.TwoViewGeometryOptions:
        options = pycolmap.TwoViewGeometryOptions()
        options.ransac.max_num_trials = 2000
        options.ransac.random_seed = self.options.seed
        return options

    def matches(self) -> dict[tuple[int, int], Array]:
        """Raw matches by photo pair: (n, 2) keypoint indices."""
        with pycolmap.Database.open(self.database) as database:
            index = {image.image_id: int(image.name[:5]) for image in database.read_all_images()}
            ids, lists = database.read_all_matches()
            result = {}
            for pair, rows in zip(ids, lists):
                a, b = pycolmap.pair_id_to_image_pair(pair)
                result[(index[a], index[b])] = np.asarray(rows)
        return result

    def verified(self) -> dict[tuple[int, int], int]:
        """Geometrically verified matches by photo pair."""
        with pycolmap.Database.open(self.database) as database:
            index = {image.image_id: int(image.name[:5]) for image in database.read_all_images()}
            ids, counts = database.read_two_view_geometry_num_inliers()
            pairs = [pycolmap.pair_id_to_image_pair(pair) for pair in ids]
            return {(index[a], index[b]): int(n) for (a, b), n in zip(pairs, counts)}

    def coarse_features(self, count: int) -> list[Array]:
        """Unit descriptors (n, 128) float32 of the ``count`` largest features of every photo."""
        result: list[Array] = [np.zeros((0, 128), np.float32)] * len(self.photos)
        with pycolmap.Database.open(self.database) as database:
            for image in database.read_all_images():
                points = np.asarray(database.read_keypoints(image.image_id))
                data = np.asarray(database.read_descriptors(image.image_id).data, np.float32)
                if len(points) == 0:
                    continue
                largest = np.argsort(-np.hypot(points[:, 2], points[:, 4]), kind="stable")[:count]
                data = data[largest]
                result[int(image.name[:5])] = data / np.maximum(np.linalg.norm(data, axis=1, keepdims=True), 1e-6)
        return result

    def keypoints(self) -> list[Array]:
        """Keypoints (n, 2) of every photo in its own pixels."""
        result: list[Array] = [np.zeros((0, 2))] * len(self.photos)
        with pycolmap.Database.open(self.database) as database:
            for image in database.read_all_images():
                index = int(image.name[:5])
                points = np.asarray(database.read_keypoints(image.image_id), np.float64)[:, :2]
                result[index] = points / self.scales[index]
        return result

    def solve(self) -> Solution | None:
        """The largest model that global mapping finds, or None."""
        options = pycolmap.GlobalPipelineOptions()
        options.num_threads = self.threads
        options.random_seed = self.options.seed
        options.mapper.keep_max_num_tracks = max(3000, TRACKS_PER_PHOTO * len(self.photos))
        output = self.folder / "models"
        output.mkdir(exist_ok=True)
        models = run_interruptible(
            lambda token: pycolmap.global_mapping(self.database, self.images, output, options), self.progress
        )
        if not models:
            return None
        return self.solution(max(models.values(), key=lambda m: m.num_reg_images()))

    def solution(self, model: pycolmap.Reconstruction) -> Solution:
        poses: dict[int, Pose] = {}
        index_of = {}
        scale_of = {}
        for image_id in model.reg_image_ids():
            image = model.image(image_id)
            index = int(image.name[:5])
            camera = model.camera(image.camera_id)
            scale = camera.width / self.photos[index].width
            matrix = image.cam_from_world().matrix()
            poses[index] = Pose(matrix[:, :3], matrix[:, 3], camera.params[0] / scale, float(camera.params[3]))
            index_of[image_id] = index
            scale_of[image_id] = scale
        points, rows, errors = [], [], []
        for number, point in enumerate(model.points3D.values()):
            points.append(point.xyz)
            errors.append(point.error)
            for element in point.track.elements:
                xy = model.image(element.image_id).points2D[element.point2D_idx].xy
                scale = scale_of[element.image_id]
                rows.append((number, index_of[element.image_id], xy[0] / scale, xy[1] / scale))
        mean = 1.0 / max(float(np.mean(list(scale_of.values()) or [1.0])), 1e-6)
        return Solution(
            poses,
            np.asarray(points, np.float64).reshape(-1, 3),
            np.asarray(rows, np.float64).reshape(-1, 4),
            float(np.mean(errors)) * mean if errors else float("inf"),
        )


def grow(mask: Array, share: float = 0.012) -> Array:
    """Dilate a mask by a share of the longer side, at least 2 px."""
    radius = max(2, round(share * max(mask.shape)))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * radius + 1, 2 * radius + 1))
    return np.asarray(cv2.dilate(mask, kernel))
