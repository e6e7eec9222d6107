"""The store: everything mlcl knows, as files in a folder or a bucket."""

from mlcl.stores.log import Log
from mlcl.stores.store import Store

__all__ = ["Log", "Store"]
