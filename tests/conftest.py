"""Fixtures for all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assets_pipeline import models
from assets_pipeline.errors import ShowfloorError

os.environ["SHOWFLOOR_ENGINE"] = "none"  # a server of the tests loads a language model only where a test asks for it
REPOSITORY = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real photos and captures with ground truth, kept outside the repository."""
    folder = Path(os.environ.get("SHOWFLOOR_TEST_DATA") or REPOSITORY.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"no shared test data in {folder}; set SHOWFLOOR_TEST_DATA")
    return folder


@pytest.fixture(scope="session")
def mask_model() -> str:
    """Name of the installed default mask model, fetched once where the network allows."""
    try:
        models.pull("u2netp")
    except ShowfloorError as error:
        pytest.skip(f"the mask model cannot be fetched: {error}")
    return "u2netp"
