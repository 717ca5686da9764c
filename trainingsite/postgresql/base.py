"""Django's PostgreSQL backend, whose connections give up on a server that hangs.

`statement_timeout` is kept by the server, and TCP's own limits by the kernel under it: with the server's processes
stopped, or its disk hanging, neither says anything, and a statement would be waited for without end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus

USABLE_WITHIN = 3.0
"""Seconds that an older connection gets to prove that it still works; without an answer a new one is made."""


class Connection(psycopg.Connection):
    """patience: seconds to wait for any one answer; None: without end."""

    patience: float | None = None

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As psycopg's. Raises OperationalError when there is no answer in time, and the connection is closed."""
        try:
            return super().wait(gen, interval, timeout or self.patience)
        except psycopg.OperationalError as error:
            # Every other error comes with an answer, or with the end of the connection.
            if self.pgconn.transaction_status != TransactionStatus.ACTIVE:
                raise
            # Whatever comes now would be taken for the answer to another question.
            self.close()
            raise psycopg.OperationalError(f"no answer from the database within {self.patience} s") from error


class DatabaseWrapper(base.DatabaseWrapper):
    """OPTIONS["answer_within"]: seconds to wait for the answer to a statement; None: without end."""

    Database = ModuleType(psycopg.__name__)
    vars(Database).update(vars(psycopg), connect=Connection.connect)

    def get_connection_params(self) -> dict[str, Any]:
        params = super().get_connection_params()
        params.pop("answer_within", None)
        return params

    def get_new_connection(self, conn_params: dict[str, Any]) -> Connection:
        connection = super().get_new_connection(conn_params)
        connection.patience = self.settings_dict["OPTIONS"].get("answer_within")
        return connection

    def is_usable(self) -> bool:
        if self.connection is None:
            return False
        patience, self.connection.patience = self.connection.patience, USABLE_WITHIN
        try:
            return super().is_usable()
        finally:
            self.connection.patience = patience

    @contextmanager
    def no_time_limit(self) -> Iterator[None]:
        """For statements that may take hours: neither the server nor we cut them short."""
        self.ensure_connection()
        with self.cursor() as cursor:
            cursor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        self.connection.patience = None
        try:
            yield
        finally:
            self.close()
