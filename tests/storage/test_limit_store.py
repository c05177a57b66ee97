"""The sums behind limits stay small whatever the ledger holds: they are answered from the right index."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Select

from coinbudget.domain.limits import Measure
from coinbudget.services.ledger import Ledger
from coinbudget.storage import limit_store

AT = datetime(2026, 11, 22, tzinfo=UTC)
DAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("statement", "given", "expected"),
    [
        (limit_store._PLANNED, {"since": DAY}, "ix_entry_planned (profile_id=? AND home_on>?)"),
        (limit_store._NEWEST, {}, "ix_entry_profile_day (profile_id=?)"),
        (
            limit_store._AMOUNTS[Measure.MONEY],
            {"start": AT, "end": AT},
            "ix_entry_profile_kind_at (profile_id=? AND kind=? AND at>? AND at<?)",
        ),
        (limit_store._AMOUNTS[Measure.MONEY], {"start": AT, "end": AT}, "ix_entry_refers_to (refers_to=?)"),
        (
            limit_store._AMOUNTS[Measure.COINS],
            {"start": AT, "end": AT},
            "ix_entry_profile_kind_at (profile_id=? AND kind=? AND at>? AND at<?)",
        ),
        (
            limit_store._IN_WINDOW[Measure.MONEY],
            {"start": DAY, "end": DAY},
            "(profile_id=? AND home_on>? AND home_on<?)",
        ),
        (limit_store._BY_DAY[Measure.COINS], {"start": DAY, "end": DAY}, "(profile_id=? AND home_on>? AND home_on<?)"),
    ],
)
def test_each_sum_reads_from_its_index(
    ledger: Ledger, statement: Select[Any], given: dict[str, object], expected: str
) -> None:
    with ledger.database.reading() as tx:
        compiled = statement.params(profile=1, **given).compile(dialect=tx.connection.dialect)
        values = [given.get(name, 1) for name in compiled.positiontup or ()]
        numbers = tuple(value if isinstance(value, int) else 1 for value in values)
        plan = tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", numbers).all()
    assert any(expected in row[3] for row in plan), plan
    assert not any("TEMP B-TREE FOR ORDER BY" in row[3] for row in plan), plan
