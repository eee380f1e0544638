"""Progress bars of tqdm, or of what looks like one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from typing import Any, Iterator

__all__ = ["Progress"]

Progress = bool | Callable[..., Any] | None
"""True for a bar of ``tqdm.auto``, or what makes one: called with ``total`` and ``unit``; ``update(n)`` and ``close()`` of
what comes back are called, and ``set_postfix_str(text)`` if it is there."""


@contextmanager
def told(progress: Progress) -> Iterator[Callable[[int, int, str, str], None] | None]:
    """A function that the library tells of its progress; none if nobody wants to know."""
    if not progress:
        yield None
        return
    make: Callable[..., Any]
    if progress is True:
        from tqdm.auto import tqdm

        make = tqdm
    else:
        make = progress
    bar: Any = None
    shown = 0
    said = ""

    def tell(done: int, total: int, unit: str, message: str) -> None:
        nonlocal bar, shown, said
        if total == 0:
            return
        if bar is None:
            bar = make(total=total, unit=f" {unit}" if unit else "it")
        done = min(done, total)
        if done > shown:
            bar.update(done - shown)
            shown = done
        if message != said and hasattr(bar, "set_postfix_str"):
            bar.set_postfix_str(message)
            said = message

    try:
        yield tell
    finally:
        if bar is not None:
            bar.close()
