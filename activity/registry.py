"""Who wants to hear of events. The rooms above register their handlers in `AppConfig.ready`."""

from collections.abc import Callable, Iterable

from activity.models import Event

Handler = Callable[[Event], None]

_verbs_of: dict[Handler, frozenset[str]] = {}


def register(handler: Handler, *, verbs: Iterable[str] = ()) -> None:
    """Have `handler` called for each event with one of `verbs`, or for every event.

    A handler may be called again for an event it has seen (another handler failed, a worker died): it writes only what
    a unique constraint keeps from being written twice.
    """
    _verbs_of[handler] = frozenset(verbs)


def unregister(handler: Handler) -> None:
    _verbs_of.pop(handler, None)


def handlers_for(verb: str) -> list[Handler]:
    """In the order of registration."""
    return [handler for handler, verbs in _verbs_of.items() if not verbs or verb in verbs]
