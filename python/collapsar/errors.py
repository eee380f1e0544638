"""What the package raises beside the errors of Python itself."""

from __future__ import annotations

__all__ = ["ComputationError", "ConfigError"]


class ConfigError(ValueError):
    """A configuration or an argument that breaks a rule.

    Attributes
    ----------
    key : str or None
        The key at fault, ``"section.key"``, or the argument.
    value : str or None
        Its value as given.
    rule : str or None
        What it must do: continues "it must".
    line : int or None
        The line, where the configuration is a text.
    """

    def __init__(
        self,
        message: str,
        key: str | None = None,
        value: str | None = None,
        rule: str | None = None,
        line: int | None = None,
    ) -> None:
        super().__init__(message)
        self.key = key
        self.value = value
        self.rule = rule
        self.line = line

    @classmethod
    def breaking(cls, key: str, value: object, rule: str) -> ConfigError:
        """A value that breaks a rule, which continues "it must"."""
        return cls(f"`{key}` is {value}: it must {rule}", key, str(value), rule)

    def __reduce__(self) -> tuple[type[ConfigError], tuple[str | None, ...] | tuple[object, ...]]:
        return type(self), (str(self), self.key, self.value, self.rule, self.line)


class ComputationError(RuntimeError):
    """A computation that has no answer although the question is a good one."""
