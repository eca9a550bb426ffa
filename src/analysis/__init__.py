"""Figures of Vietnamese administrative-reform (CCHC) reports, from prose to published pages.

The nouns, in the order that data meets them: Document, Quantity, Observation, table, Correction,
Finding, chart, narrative, notebook, page. `docs/glossary.md` explains each; `tests/test_layers.py`
keeps the modules in that order.
"""

__version__ = "0.1.0"
