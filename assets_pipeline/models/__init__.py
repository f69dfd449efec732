"""Every weight file that can be used: where it comes from, its hash, its licence."""

from assets_pipeline.models.registry import MODELS, Model
from assets_pipeline.models.store import add, find_model, list_models, model_folder, path, pull, state, verify

__all__ = ["MODELS", "Model", "add", "find_model", "list_models", "model_folder", "path", "pull", "state", "verify"]
