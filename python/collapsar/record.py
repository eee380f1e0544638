"""What all results have in common: fields, tables, pictures."""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from . import _native
from .errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["Record", "Result"]


class Record(Mapping[str, Any]):
    """A part of a result: its fields as attributes and as items."""

    __slots__ = ("_fields",)

    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        try:
            return _wrapped(self._fields[name])
        except KeyError:
            raise AttributeError(f"no field {name!r}: there are {', '.join(self._fields)}") from None

    def __getitem__(self, name: str) -> Any:
        return _wrapped(self._fields[name])

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def __dir__(self) -> list[str]:
        return sorted({*object.__dir__(self), *self._fields})

    def __repr__(self) -> str:
        return f"Record({', '.join(f'{name}={_short(value)}' for name, value in self._fields.items())})"

    def __reduce__(self) -> tuple[type[Record], tuple[dict[str, Any]]]:
        return type(self), (self._fields,)


def _column(texts: Iterable[str]) -> npt.NDArray[Any] | list[str]:
    """Flags, integers or numbers to the last bit, NaN for what is empty; else texts."""
    texts = list(texts)
    if texts and set(texts) <= {"true", "false"}:
        return np.array([text == "true" for text in texts])
    try:
        return np.array([int(text) for text in texts], dtype=np.int64)
    except (ValueError, OverflowError):
        pass
    if not any(texts):
        return texts
    try:
        return np.array([float(text) if text else np.nan for text in texts])
    except ValueError:
        return texts


def _wrapped(value: Any) -> Any:
    if isinstance(value, dict):
        return Record(value)
    if isinstance(value, list):
        return [_wrapped(item) for item in value]
    return value


def _short(value: Any) -> str:
    if isinstance(value, np.ndarray) and value.size > 6:
        return f"<array of shape {value.shape}>"
    if isinstance(value, list) and len(value) > 3:
        return f"<list of {len(value)}>"
    return f"<{len(value)} fields>" if isinstance(value, dict) else repr(value)


class Result(Record):
    """The answer of a study.

    Attributes
    ----------
    program, version : str
        Who made it.
    config : dict
        The resolved configuration: every choice made.
    """

    __slots__ = ("_answer",)

    def __init__(self, answer: _native.Answer) -> None:
        super().__init__(answer.record())
        self._answer = answer

    if TYPE_CHECKING:
        program: str
        version: str

    @property
    def config(self) -> dict[str, Any]:
        """The resolved configuration, which `Problem` takes again; of several variants that of the first."""
        fields = self._fields
        if "variants" in fields:
            fields = fields["variants"][0]
        config: dict[str, Any] = fields["config"]
        return config

    @property
    def summary(self) -> str:
        """What a person wants to know first, in lines."""
        return self._answer.summary()

    def to_json(self) -> str:
        """The record in one line, byte for byte that of the command line."""
        return self._answer.json()

    def to_dict(self) -> dict[str, Any]:
        """The record as plain dicts, lists and numbers."""
        record: dict[str, Any] = json.loads(self.to_json())
        return record

    def to_csv(self) -> str:
        """The record's table, that of the command line.

        Raises
        ------
        ConfigError
            It has none.
        """
        table = self._answer.table()
        if table is None:
            raise ConfigError.breaking("result", type(self).__name__, "be one that has a table")
        return table.decode()

    def to_pandas(self) -> pd.DataFrame:
        """The record's table as a data frame (needs pandas)."""
        import pandas as pd

        header, *rows = csv.reader(io.StringIO(self.to_csv()))
        columns = zip(*rows) if rows else ([] for _ in header)
        return pd.DataFrame({name: _column(column) for name, column in zip(header, columns)})

    def files(self) -> dict[str, bytes]:
        """Further files of the command line by the endings of their names: weights, reports, configurations."""
        return dict(self._answer.files())

    def svg(self, figure: int = 0) -> str:
        """A figure of the command line as SVG."""
        return self._answer.svg(figure)

    def png(self, figure: int = 0, scale: float = 2.0) -> bytes:
        """The same as PNG, `scale` pixels for one of the screen."""
        return self._answer.png(figure, scale)

    @property
    def figures(self) -> list[str]:
        """The names of the figures."""
        return self._answer.figures()

    def plot(self, ax: Axes | None = None, **style: Any) -> Axes:
        """Draws it with matplotlib on the axes given, or on new ones; what is drawn depends on the kind of result.

        Raises
        ------
        ConfigError
            There is nothing to draw for it but the figures of `svg` and `png`.
        """
        from . import plotting

        return plotting.draw(self, ax, style)

    def _repr_html_(self) -> str:
        picture = self.svg() if self.figures else ""
        return f'<pre style="font-family: monospace">{html.escape(self.summary)}</pre>{picture}'

    def __str__(self) -> str:
        return self.summary

    def __repr__(self) -> str:
        return f"<collapsar.{type(self).__name__}>\n{self.summary}"

    def __reduce__(self) -> tuple[Any, ...]:
        raise TypeError(f"a {type(self).__name__} stays in its process: send its to_dict() or its config")
