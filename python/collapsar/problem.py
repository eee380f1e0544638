"""Problems: what is fitted to what, how it is annealed, and where it starts."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import _native
from .errors import ConfigError

__all__ = ["Problem"]

Sections = Mapping[str, Mapping[str, Any]]


class Problem:
    """A target, a family, a schedule and a start, with the settings of the studies.

    Sections and keys are those of a configuration of the command line (``collapsar config`` lists them), checked by the
    same rules. A value may be a number, a text, a flag, a list, a dict or a NumPy array; None stands for a key that is
    not given.

    >>> import collapsar
    >>> problem = collapsar.Problem(
    ...     target={"separation": 3.0},
    ...     family={"preset": "free"},
    ...     schedule={"kind": "exponential", "initial_temperature": 5.0, "rate": 0.3},
    ...     start={"means": [[0.9, 0.4], [0.3, -0.2]]},
    ... )
    >>> collapsar.solve(problem).collapsed
    False

    Raises
    ------
    ConfigError
        An unknown section or key. Values are checked by the study that reads them.
    """

    __slots__ = ("_document", "_name", "_sections")

    def __init__(self, sections: Sections | None = None, /, **more: Mapping[str, Any]) -> None:
        given: dict[str, Any] = {name: _plain(section, name) for name, section in (sections or {}).items()}
        for name, section in more.items():
            given[name] = {**given.get(name, {}), **_plain(section, name)}
        self._name = "problem"
        self._document = _native.Document.from_values(self._name, given)
        self._sections: dict[str, dict[str, Any]] | None = None

    @classmethod
    def from_toml(cls, source: str | os.PathLike[str]) -> Problem:
        """The problem of a file in TOML, or of a text (one with a line break).

        Raises
        ------
        ConfigError
            With the line.
        OSError
            The file cannot be read.
        """
        if isinstance(source, str) and "\n" in source:
            return cls._of_text("text", source)
        path = Path(source)
        return cls._of_text(str(path), path.read_text(encoding="utf-8"))

    @classmethod
    def from_dict(cls, sections: Sections) -> Problem:
        """The problem of a dict of sections, such as `to_dict` gives."""
        return cls(sections)

    @classmethod
    def _of_text(cls, name: str, text: str) -> Problem:
        problem = cls.__new__(cls)
        problem._name = name
        problem._document = _native.Document.from_text(name, text)
        problem._sections = None
        return problem

    @property
    def name(self) -> str:
        """What it is called in errors: its file, or "problem"."""
        return self._name

    def to_dict(self) -> dict[str, dict[str, Any]]:
        """The sections as given, as a dict of its own."""
        return self._document.sections()

    def to_toml(self) -> str:
        """The problem as a configuration for the command line."""
        return self._document.text

    def with_(self, sections: Sections | None = None, /, **more: Mapping[str, Any]) -> Problem:
        """The same problem with further or other values; None takes a key away.

        >>> import collapsar
        >>> problem = collapsar.Problem(target={"separation": 3.0}, schedule={"kind": "constant", "initial_temperature": 1.0})
        >>> problem.with_(target={"separation": 4.0}).to_dict()["target"]
        {'separation': 4.0}
        """
        merged = self.to_dict()
        for extra in (sections or {}), more:
            for name, section in extra.items():
                merged[name] = {**merged.get(name, {}), **_plain(section, name)}
        return type(self)(merged)

    def __getitem__(self, section: str) -> dict[str, Any]:
        if self._sections is None:
            self._sections = self.to_dict()
        return dict(self._sections[section])

    def __contains__(self, section: object) -> bool:
        if self._sections is None:
            self._sections = self.to_dict()
        return section in self._sections

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Problem) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Problem({self.to_dict()!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        if self._name == "problem":
            return Problem, (self.to_dict(),)
        return Problem._of_text, (self._name, self.to_toml())


def _plain(section: object, name: str) -> dict[str, Any]:
    if not isinstance(section, Mapping):
        raise ConfigError.breaking(name, repr(section), "be a dict of its keys")
    return dict(section)


def problem_of(named: Problem | Sections | str | os.PathLike[str]) -> Problem:
    """The problem that a Problem, a dict or the path of a file names."""
    if isinstance(named, Problem):
        return named
    return Problem(named) if isinstance(named, Mapping) else Problem.from_toml(named)


def document_of(named: Problem | Sections | str | os.PathLike[str], settings: Sections) -> _native.Document:
    """The document of whatever names a problem, with the settings of a call."""
    problem = problem_of(named)
    given = {name: section for name, section in settings.items() if section}
    return (problem.with_(given) if given else problem)._document
