"""Every weight file the pipeline can use: where it comes from, its hash, its licence."""

from assets_pipeline.models.registry import MODELS, Model
from assets_pipeline.models.store import find_model, list_models, model_folder, path, pull, verify

__all__ = ["MODELS", "Model", "find_model", "list_models", "model_folder", "path", "pull", "verify"]
