"""Endpoints: which model version answers under a name, kept as a log of states in the store.

Every change is made to the state that the writer saw: when somebody else was faster, Conflict is raised and nothing
is written, so two deployers cannot both win. A rollback is a new state too; the history stays whole.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pydantic import ValidationError

from mlcl import registry
from mlcl.errors import Conflict, Corrupt, NotFound, StoreError, UsageError, listing
from mlcl.models.manifest import MANIFEST
from mlcl.records import now
from mlcl.serving.states import STRATEGIES, EndpointState, Role, Settings, Strategy, Variant
from mlcl.stores import Log, Store, keys
from mlcl.stores.log import Entry, newest

__all__ = [
    "STRATEGIES",
    "Directory",
    "EndpointState",
    "Role",
    "Settings",
    "Strategy",
    "Variant",
    "configure",
    "deploy",
    "endpoints",
    "find",
    "history",
    "promote",
    "rollback",
    "undeploy",
]

Change = Callable[[EndpointState], EndpointState]


def deploy(  # noqa: PLR0913
    store: Store,
    name: str,
    bundle_digest: str,
    version: int | None,
    strategy: str = "all-at-once",
    weight: float = 10,
    forced: bool = False,
    *,
    revision: int | None = None,
    by: str = "",
) -> EndpointState:
    """Puts a model of the store into use. weight: per cent of the requests that a canary gets; revision: only if
    this is still the present state (0: none yet), else Conflict; by: who does it. A model without a version did not
    meet its goals and needs `forced`.

    On an endpoint with no live model every strategy is all-at-once. What is deployed so already stays as it is.
    """
    if strategy not in STRATEGIES:
        raise UsageError("There is no such strategy.", found=strategy, fix=f"Use one of: {listing(STRATEGIES)}")
    if strategy == "canary" and not 0 < weight < 100:
        raise UsageError("A canary's weight is above 0 and below 100 per cent.", found=f"{weight:g}")
    if version is None and not forced:
        raise UsageError("This model did not meet its goals.", fix="Deploy it all the same with --force (recorded).")
    if not store.exists(f"{keys.bundle(bundle_digest)}/{MANIFEST}"):
        raise NotFound("There is no such bundle in the store.", where=keys.bundle(bundle_digest))
    new = Variant(version=version, bundle_digest=bundle_digest, weight=100, role="live")

    def change(present: EndpointState) -> EndpointState:
        variants = _released(present, new, strategy, weight)
        if variants == present.variants:
            return present
        return present.model_copy(
            update={
                "variants": variants,
                "strategy": strategy if present.live else "all-at-once",
                "forced": forced,
                "why": f"deployed {new.label}",
                "previous": present.revision if present.variants else present.previous,
            }
        )

    return _change(store, name, change, revision, by)


def configure(
    store: Store, name: str, settings: Settings, *, revision: int | None = None, by: str = ""
) -> EndpointState:
    """Changes how an endpoint answers and captures; its models stay. revision, by: see deploy."""

    def change(present: EndpointState) -> EndpointState:
        _in_use(store, present)
        return present.model_copy(update={"settings": settings, "why": "settings changed"})

    return _change(store, name, change, revision, by)


def promote(
    store: Store, name: str, *, revision: int | None = None, why: str = "by hand", by: str = ""
) -> EndpointState:
    """Makes the canary or shadow the live model; after a blue-green deployment, lets the standby go. revision, by: see
    deploy."""

    def change(present: EndpointState) -> EndpointState:
        chosen = present.rival or (present.live if present.variant("standby") else None)
        if not chosen:
            raise UsageError(f"'{name}' has no canary, shadow or standby to promote.", found=_described(present))
        live = chosen.model_copy(update={"role": "live", "weight": 100})
        return present.model_copy(update={"variants": (live,), "why": f"promoted {chosen.label}: {why}"})

    return _change(store, name, change, revision, by)


def rollback(
    store: Store, name: str, *, revision: int | None = None, why: str = "by hand", by: str = ""
) -> EndpointState:
    """Goes back to the models that were live before the last deployment; again: to those before them. revision, by: see
    deploy."""
    log = Log(store, keys.endpoint(name))
    if log.latest() is None:
        find(store, name)  # names the endpoints that there are

    def change(present: EndpointState) -> EndpointState:
        if present.previous is None:
            raise UsageError(f"'{name}' has no earlier state to go back to.", found=_described(present))
        before = _parse(name, log.read(present.previous))
        return present.model_copy(
            update={
                "variants": _settled(before),
                "strategy": before.strategy,
                "forced": before.forced,
                "previous": before.previous,
                "why": f"rolled back: {why}",
            }
        )

    return _change(store, name, change, revision, by)


def undeploy(store: Store, name: str, *, revision: int | None = None, why: str = "", by: str = "") -> EndpointState:
    """Takes an endpoint out of use; a rollback brings it back. revision, by: see deploy."""

    def change(present: EndpointState) -> EndpointState:
        _in_use(store, present)
        told = f"undeployed: {why}" if why else "undeployed"
        return present.model_copy(update={"variants": (), "why": told, "previous": present.revision})

    return _change(store, name, change, revision, by)


def find(store: Store, name: str) -> EndpointState:
    """The present state of an endpoint in use."""
    return _in_use(store, _present(store, name))


def history(store: Store, name: str, most: int = 0) -> list[EndpointState]:
    """Every state of an endpoint, or the newest `most`, oldest first; none when there never was such an endpoint."""
    return [_parse(name, entry) for entry in Log(store, keys.endpoint(name)).history(most)]


def endpoints(store: Store) -> list[EndpointState]:
    """The endpoints in use, by name."""
    states = [_present(store, name) for name in store.children("endpoints")]
    return [state for state in states if state.variants]


class Directory:
    """The endpoints as a server sees them: cheap to ask often, and good as it was while the store cannot be read.

    error: why the last look was not whole, or ''.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self.error = ""
        self._states: dict[str, EndpointState] = {}

    def poll(self) -> dict[str, EndpointState]:
        """The endpoints in use, by name. One listing of the store, and one read for each changed endpoint.

        States only ever get added, so an endpoint that is no longer listed means a lost store and not an undeployed
        endpoint; an entry that cannot be read leaves its endpoint as it was.
        """
        self.error = ""
        try:
            numbers = newest(self.store, "endpoints")
        except StoreError as error:
            self.error, numbers = str(error), {}
        found = {key.split("/")[1]: number for key, number in numbers.items()}
        if missing := self._states.keys() - found.keys():
            self.error = self.error or f"not in the store any more: {listing(sorted(missing))}"
        for name, number in found.items():
            known = self._states.get(name)
            if known is None or number > known.revision:
                self._read(name, number)
        return {name: state for name, state in self._states.items() if state.variants}

    def bundle_folder(self, digest: str) -> Path:
        """A local folder with the bundle's files, proved whole; BundleError when they are damaged."""
        return registry.bundle_folder(self.store, digest)

    def _read(self, name: str, number: int) -> None:
        try:
            self._states[name] = _parse(name, Log(self.store, keys.endpoint(name)).read(number))
        except (StoreError, UsageError) as error:
            self.error = str(error)


def _released(present: EndpointState, new: Variant, strategy: str, weight: float) -> tuple[Variant, ...]:
    """The variants once `new` has been added to the present ones by a strategy."""
    live = present.live
    if live is None or strategy == "all-at-once":
        return (new,)
    if strategy == "blue-green":
        return (new, live.model_copy(update={"role": "standby", "weight": 0}))
    if present.rival:
        raise Conflict(
            f"'{present.name}' is trying {present.rival.label} as a {present.rival.role} already.",
            fix="Promote it or roll it back first.",
        )
    if strategy == "canary":
        rest = live.model_copy(update={"weight": 100 - weight})
        return (rest, new.model_copy(update={"role": "canary", "weight": weight}))
    return (live.model_copy(update={"weight": 100}), new.model_copy(update={"role": "shadow"}))


def _settled(state: EndpointState) -> tuple[Variant, ...]:
    return (state.live.model_copy(update={"weight": 100}),) if state.live else ()


def _change(store: Store, name: str, change: Change, revision: int | None = None, by: str = "") -> EndpointState:
    present = _present(store, name)
    if revision not in (None, present.revision):
        raise _meanwhile(present, revision)
    changed = change(present)
    if changed is present:
        return present
    state = changed.model_copy(update={"changed_at": now(), "revision": present.revision + 1, "by": by})
    try:
        Log(store, keys.endpoint(name)).append(state.model_dump(mode="json"), after=present.revision)
    except Conflict as error:
        raise _meanwhile(_present(store, name), present.revision) from error
    return state


def _meanwhile(present: EndpointState, expected: int | None) -> Conflict:
    """Says what the other one did."""
    who = f" by {present.by}" if present.by else ""
    models = f" ({_described(present)})" if present.variants else ""
    return Conflict(
        f"'{present.name}' was changed meanwhile{who}: {present.why or 'there is no such endpoint yet'}{models}.",
        where=f"endpoint '{present.name}'",
        found=f"revision {present.revision}: {present.why}; expected {expected}",
        fix="Look again and repeat.",
    )


def _present(store: Store, name: str) -> EndpointState:
    entry = Log(store, keys.endpoint(name)).latest()
    return _parse(name, entry) if entry else EndpointState(name=name)


def _parse(name: str, entry: Entry) -> EndpointState:
    try:
        return EndpointState.model_validate({**entry.document, "revision": entry.number})
    except ValidationError as error:
        where = f"{keys.endpoint(name)}, revision {entry.number}"
        raise Corrupt("A state of an endpoint is damaged.", where=where, found=str(error).splitlines()[0]) from error


def _in_use(store: Store, state: EndpointState) -> EndpointState:
    if not state.variants:
        used = [other.name for other in endpoints(store)]
        raise NotFound.among("endpoint", state.name, used, fix=f"Make one with: mlcl deploy {state.name}")
    return state


def _described(state: EndpointState) -> str:
    return listing([f"{variant.role}: {variant.label}" for variant in state.variants]) or "out of use"
