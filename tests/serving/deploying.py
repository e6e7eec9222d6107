"""Endpoints of bundles that need not be whole."""

from __future__ import annotations

from mlcl.serving.endpoints import EndpointState, deploy
from mlcl.stores import Store, keys


def digest(version: int) -> str:
    return f"{version:064x}"


def with_bundles(store: Store, count: int = 9) -> Store:
    for version in range(count + 1):
        store.put(f"{keys.bundle(digest(version))}/model.json", b"{}")
    return store


def put(store: Store, version: int, strategy: str = "all-at-once", **more: float) -> EndpointState:
    return deploy(store, "bank", digest(version), version, strategy, **more)


def shape(state: EndpointState) -> list[tuple[str, int | None, float]]:
    return [(variant.role, variant.version, variant.weight) for variant in state.variants]
