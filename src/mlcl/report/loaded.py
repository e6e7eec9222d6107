"""A bundle that shows itself in a notebook."""

from __future__ import annotations

from mlcl.models.bundle import Bundle
from mlcl.report import notebook


class LoadedModel(Bundle):
    def _repr_html_(self) -> str:
        return notebook.model(self.manifest)
