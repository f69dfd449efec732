"""Pages that an artist looks through: ``OUT/index.html`` and ``OUT/<name>/report.html``, opened from disk or served."""

from __future__ import annotations

import contextlib
from pathlib import Path

from assets_pipeline.errors import InputError
from assets_pipeline.files import write_atomic
from assets_pipeline.pages.index import index_html
from assets_pipeline.pages.product import product_html
from assets_pipeline.pages.viewer import install_viewer, write_preview
from assets_pipeline.report import Report


class Pages:
    """The pages of one output folder. They show what lies there, results of earlier runs included."""

    def __init__(self, out_dir: Path) -> None:
        self.out_dir = out_dir
        self.has_viewer = install_viewer(out_dir)
        self._reports: dict[str, Report] = {}
        for file in out_dir.glob("*/report.json"):
            with contextlib.suppress(InputError):
                self._add(Report.read(file.parent))

    def add(self, report: Report) -> None:
        """Write the page of a product that just ended, and the index with it."""
        self._add(report)
        self.write_index()

    def write_index(self) -> Path:
        """Write ``index.html`` and return its path."""
        reports = sorted(self._reports.values(), key=lambda r: r.name.casefold())
        return write_atomic(self.out_dir / "index.html", index_html(reports, self.out_dir, self.has_viewer).encode())

    def _add(self, report: Report) -> None:
        folder = self.out_dir / report.name
        if not folder.is_dir():
            return
        self._reports[report.name] = report
        preview = write_preview(self.out_dir, report.name) if self.has_viewer else None
        write_atomic(folder / "report.html", product_html(report, folder, preview is not None).encode())


def write_pages(out_dir: Path) -> Path:
    """Write the pages for everything that lies in ``out_dir``; returns the path of ``index.html``."""
    return Pages(out_dir).write_index()
