"""Salient-object networks in ONNX format, run on the CPU."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import onnxruntime as ort

from assets_pipeline.errors import InputError
from assets_pipeline.types import Array


@dataclass(frozen=True)
class Recipe:
    """What a network wants to see: square side in pixels, mean and deviation of RGB in 0..1."""

    side_px: int
    mean: tuple[float, float, float]
    deviation: tuple[float, float, float]


RECIPES = {
    "u2netp": Recipe(320, (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)),
    "isnet": Recipe(1024, (128 / 255,) * 3, (256 / 255,) * 3),
}


class SaliencyNetwork:
    """Probability that a pixel belongs to the main object (U²-Net: Qin et al. 2020; IS-Net: Qin et al. 2022)."""

    def __init__(self, name: str, file: Path, threads: int) -> None:
        if name not in RECIPES:
            raise InputError(
                "MODEL_NOT_FOR_MASKS", f"{name!r} makes no masks.", f"Use one of: {', '.join(sorted(RECIPES))}."
            )
        self._recipe = RECIPES[name]
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = ort.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        self._output = self._session.get_outputs()[0].name

    def __call__(self, pixels: Array) -> Array:
        """(H, W, 3) uint8 sRGB → (H, W) float32 in 0..1."""
        side = self._recipe.side_px
        height, width = pixels.shape[:2]
        method = cv2.INTER_AREA if max(height, width) > side else cv2.INTER_LINEAR
        scaled = cv2.resize(pixels, (side, side), interpolation=method).astype(np.float32) / 255.0
        normal = (scaled - np.array(self._recipe.mean)) / np.array(self._recipe.deviation)
        batch = np.ascontiguousarray(normal.transpose(2, 0, 1)[None], dtype=np.float32)
        found = np.asarray(self._session.run([self._output], {self._input: batch})[0])[0, 0]
        return np.clip(cv2.resize(found, (width, height), interpolation=cv2.INTER_CUBIC), 0.0, 1.0)
