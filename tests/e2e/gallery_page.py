"""A page of the gallery in a headless Chromium: looks, clicks, types and drops files as a person does."""

from __future__ import annotations

import base64
import io
import json
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.assets_pipeline.browser import Browser

WATCH = """
window.problems = [];
addEventListener("error", (e) => problems.push(String(e.error?.stack ?? e.message ?? e.target.src)), true);
addEventListener("unhandledrejection", (e) => problems.push(`rejected: ${e.reason}`));
addEventListener("securitypolicyviolation", (e) => problems.push(`policy: ${e.violatedDirective} ${e.blockedURI}`));
"""


class Page(Browser):
    """Call ``prepare`` first. ``problems`` are the errors and policy violations of the page that is open."""

    def prepare(self) -> None:
        self._call("Page.enable")
        self._call("Page.addScriptToEvaluateOnNewDocument", source=WATCH)
        self.resize(1280, 800)

    def resize(self, width: int, height: int, *, phone: bool = False) -> None:
        """Size in CSS pixels."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1}
        self._call("Emulation.setDeviceMetricsOverride", **size, mobile=phone)

    def prefer(self, **features: str) -> None:
        """Media features, as ``prefers_color_scheme="dark"``."""
        wanted = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self._call("Emulation.setEmulatedMedia", features=wanted)

    def run(self, expression: str) -> Any:
        """The value of JavaScript, awaited; an exception of the page fails the test."""
        answer = self._call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]["exception"].get("description")
        return answer["result"].get("value")

    def go(self, hash_: str) -> None:
        self.run(f"location.hash = {json.dumps(hash_)}")

    def until(self, expression: str, seconds: float = 60) -> None:
        """Wait until the expression is true, or fail with what the page shows."""
        if not self.wait_for(f"Boolean({expression})", seconds):
            raise AssertionError(f"not {expression}; the page says: {self.text('body')[:2000]} {self.problems}")

    def text(self, selector: str) -> str:
        return str(self.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''"))

    def texts(self, selector: str) -> list[str]:
        text = "(e) => e.innerText ?? e.textContent"  # SVG has no innerText
        return list(self.run(f"[...document.querySelectorAll({json.dumps(selector)})].map({text})"))

    def click(self, selector: str, text: str = "") -> None:
        """Click the first element, or the first that says ``text``."""
        matching = f"(e) => e.innerText.includes({json.dumps(text)})"
        found = f"[...document.querySelectorAll({json.dumps(selector)})].find({matching})"
        self.until(found)
        self.run(f"{found}.click()")

    def type(self, selector: str, text: str) -> None:
        """Type into a field in place of what is there."""
        self.run(f"document.querySelector({json.dumps(selector)}).select()")
        if text:
            self._call("Input.insertText", text=text)
        else:
            self.press("Delete", 46)

    def press(self, key: str, code: int) -> None:
        text = {"text": "\r"} if key == "Enter" else {}
        for kind, more in (("keyDown", text), ("keyUp", {})):
            self._call("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code, **more)

    def drop(self, files: Iterable[Path], x: int = 600, y: int = 400) -> None:
        """Drag files or folders from the desktop and drop them."""
        data = {"items": [], "files": [str(f.absolute()) for f in files], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            self._call("Input.dispatchDragEvent", type=kind, x=x, y=y, data=data)

    def until_model(self, holds: Callable[[np.ndarray[Any, Any]], bool], seconds: float = 60) -> None:
        """Wait until the stage shows what it should; without a GPU a frame takes its time."""
        deadline = time.monotonic() + seconds
        while not holds(self.model()):
            assert time.monotonic() < deadline, "the stage does not show what it should"
            time.sleep(0.1)

    def model(self) -> np.ndarray[Any, Any]:
        """What a person sees on the stage once what is new has been drawn, (H, W, 3) uint8."""
        self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done())))")
        box = self.run("document.querySelector('.stage').getBoundingClientRect().toJSON()")
        clip = {name: box[name] for name in ("x", "y", "width", "height")} | {"scale": 1}
        picture = base64.b64decode(self._call("Page.captureScreenshot", format="png", clip=clip)["data"])
        return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))

    def screenshot(self, file: Path) -> None:
        file.write_bytes(base64.b64decode(self._call("Page.captureScreenshot", format="png")["data"]))

    @property
    def problems(self) -> list[str]:
        return list(self.run("problems"))
