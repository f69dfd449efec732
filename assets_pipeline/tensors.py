"""NumPy arrays as Open3D tensors."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import open3d as o3d


def tensor(values: npt.ArrayLike, dtype: npt.DTypeLike = np.float64) -> o3d.core.Tensor:
    """A CPU tensor with a copy of ``values``."""
    array: Any = np.array(values, dtype, order="C")
    return o3d.core.Tensor.from_numpy(array)
