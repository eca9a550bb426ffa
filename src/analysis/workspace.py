"""Where things lie: the folders of one workspace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Workspace:
    """A folder with data/raw, data/processed, data/corrections.yaml, vocabulary, notebooks and site.

    Each part can be moved on its own; what isn't given lies at its usual place below `root`.

    >>> Workspace(Path("reports")).raw.as_posix()
    'reports/data/raw'
    """

    root: Path
    raw_dir: Path | None = None
    processed_dir: Path | None = None
    site_dir: Path | None = None

    @property
    def raw(self) -> Path:
        """Reports as received; never written to."""
        return self.raw_dir or self.root / "data" / "raw"

    @property
    def processed(self) -> Path:
        """The tables made from the reports; disposable."""
        return self.processed_dir or self.root / "data" / "processed"

    @property
    def converted(self) -> Path:
        """What other programs made of reports: old Word files as .docx, scans with their text recognised."""
        return self.processed / "converted"

    @property
    def site(self) -> Path:
        """The published pages; disposable."""
        return self.site_dir or self.root / "site"

    @property
    def notebooks(self) -> Path:
        """The report and comparison notebooks."""
        return self.root / "notebooks"

    @property
    def vocabulary(self) -> Path:
        """The workspace's own indicators and phrases, laid over the common ones; may be missing."""
        return self.root / "vocabulary"

    @property
    def corrections(self) -> Path:
        """The analysts' public register of corrections."""
        return self.root / "data" / "corrections.yaml"

    @property
    def roster(self) -> Path:
        """The units expected to report, by period; may be missing."""
        return self.root / "data" / "roster.csv"
