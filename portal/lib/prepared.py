"""Questions to the database that are put into SQL once.

For the one row that a page is about the ORM takes several times longer to write the question than PostgreSQL to answer
it. What is asked stays a queryset; only its parameters change from one request to the next.
"""

from collections.abc import Callable
from copy import copy
from functools import cached_property
from typing import Any

from django.db import connections
from django.db.models import QuerySet


class Prepared:
    """`ask(**values)` as a list of objects or of values, its SQL written at the first call and kept.

    `examples` are values of the same names that mark their places among the parameters: each must be found nowhere else in
    the question, and `ask` must only hand them on.
    """

    def __init__(self, ask: Callable[..., QuerySet], **examples: Any) -> None:
        self._ask, self._examples = ask, examples

    @cached_property
    def _written(self) -> tuple[QuerySet, Any, str, list[Any]]:
        queryset = self._ask(**self._examples)
        compiler = queryset.query.get_compiler(queryset.db)
        sql, parameters = compiler.as_sql()
        return queryset, compiler, sql, list(parameters)

    def __call__(self, **values: Any) -> list[Any]:
        queryset, compiler, sql, parameters = self._written
        names = {example: name for name, example in self._examples.items()}
        given = tuple(values[names[value]] if value in names else value for value in parameters)
        asked = queryset.all()
        mine = copy(compiler)
        # Of this thread, and of the database that this request reads.
        mine.using, mine.connection = asked.db, connections[asked.db]
        mine.as_sql = lambda *_, **__: (sql, given)
        asked.query.get_compiler = lambda *_, **__: mine  # type: ignore[method-assign]
        return list(asked)
