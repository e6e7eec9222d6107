"""Actions that the roles may do and the life cycle of the tests did not: why each is there.

(roles, pattern of actions) -> reason; '*' stands for every role.
"""

from __future__ import annotations

UNUSED: dict[tuple[str, str], str] = {}
