"""Takes the README's picture: the top of one area's page, from the site that `make site` made.

.venv/bin/python tools/screenshot.py site/areas/thi-xa-duy-tien-349/index.html docs/images/area.png
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright


def take_screenshot(page_file: Path, picture: Path, *, width: int = 1280, height: int = 1500) -> None:
    """Writes the first `height` pixels of a page as a PNG; needs Chromium on the PATH."""
    chromium = shutil.which("chromium") or sys.exit("Chromium is not on the PATH.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": width, "height": height})
        page.goto(page_file.resolve().as_uri())
        picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    take_screenshot(Path(sys.argv[1]), Path(sys.argv[2]))
