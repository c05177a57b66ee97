"""Which sign parts the decimals of a number of a sheet: its currency's other amounts, its currency, or the person says.

Where amounts of several currencies stand in one column each may be written in its own way, so its own rows settle it.
What they leave open is settled where prices of the currency are whole; else it is asked.
"""

from collections.abc import Callable, Iterator

from coinbudget.formats.price_text import currency_named, decimal_by_currency
from coinbudget.formats.sheet_cells import amount_of, signs_of
from coinbudget.formats.sheet_facts import SheetFacts, Written, sign_key
from coinbudget.formats.sheet_mapping import MONEY, Mapping, Role

#: The decimal sign of a number: its column, the number, the code beside it, the cell as it stands, its row's currency.
Parting = Callable[[int, str, str, str, str], str]
#: Fewer different values than that are all a column has.
_ALL_SAMPLES = 3


def doubt(facts: SheetFacts, mapping: Mapping, place: int) -> Written | None:
    """Amounts of a column that can be read in two ways, and nothing says in which; None where there are none."""
    column = facts.columns[place]
    groups = column.written or (
        Written(currency="", decimals=column.decimals, signs=column.signs, sample=column.doubtful),
    )
    chosen, settled = chosen_for(mapping, place), dict(column.settled())
    in_rows = mapping.place(Role.CURRENCY) is not None
    for group in groups:
        said = _same(group.currency, "" if in_rows and not group.currency else chosen)
        if len(group.decimals) < 2 or not group.signs or said in settled:  # noqa: PLR2004 - ways
            continue
        if not (_is_whole(group, facts, mapping, place) or _is_clear(group, facts, mapping, place)):
            return group
    return None


def _same(key: str, chosen: str) -> str:
    """The currency of numbers that have none beside them for sure, as it was said; else as they have it."""
    return chosen if chosen and (not key or chosen in key.split("/")) else key


def _is_clear(group: Written, facts: SheetFacts, mapping: Mapping, place: int) -> bool:
    """Whether each of the numbers can be read in one way alone, and the rows are of several currencies."""
    named = mapping.place(Role.CURRENCY) if mapping.roles[place] is Role.PAID else None
    several = named is not None and len(facts.columns[named].samples) > 1
    return several and len(signs_of(amount_of(group.sample)[0])) == 1


def _is_whole(group: Written, facts: SheetFacts, mapping: Mapping, place: int) -> bool:
    """Whether all currencies that amounts may be of have whole prices."""
    if mapping.roles[place] not in MONEY:
        return False
    column = facts.columns[place]
    if group.currency:
        known = {group.currency} if "/" not in group.currency else {chosen_for(mapping, place)}
    else:
        # A column of one currency is one group, its bare numbers too.
        known = set(() if column.written else column.currencies)
        known |= set(_of_rows(facts, mapping, place)) if column.bare else set()
    return bool(known) and all(decimal_by_currency("1.000", code) for code in known)


def _of_rows(facts: SheetFacts, mapping: Mapping, place: int) -> Iterator[str]:
    """Currencies of numbers without one beside them; "" where they may be any."""
    chosen = chosen_for(mapping, place)
    named = mapping.place(Role.CURRENCY) if mapping.roles[place] is Role.PAID else None
    if named is None:
        yield chosen
        return
    column = facts.columns[named]
    yield from (currency_named(sample, chosen) or "" for sample in column.samples)
    if len(column.samples) >= _ALL_SAMPLES:
        yield ""
    if column.filled < facts.rows:
        yield chosen


def chosen_for(mapping: Mapping, place: int) -> str:
    """The currency of amounts of a column that nothing in their row tells; "" where nobody said it."""
    return (mapping.priced_in() or mapping.currency) if mapping.roles[place] is Role.PAID else ""


def _settled(groups: dict[str, str], key: str, chosen: str) -> str | None:
    return groups.get(key) or groups.get(_same(key, chosen))


def parting(mapping: Mapping) -> Parting:
    """What tells the decimal sign of each number; made once for all rows."""
    written = [dict(pairs) for pairs in mapping.written] or [{} for _ in mapping.roles]
    chosen = [chosen_for(mapping, place) for place in range(len(mapping.roles))]

    def sign(place: int, number: str, code: str, cell: str, named: str) -> str:
        form, groups = mapping.forms[place], written[place]
        if form and not groups:
            return form
        key = code or sign_key(cell)
        settled = _settled(groups, key, "" if named and not key else chosen[place]) if groups else None
        if settled:
            return settled
        ways = signs_of(number)
        if len(ways) == 1 and not form:
            return next(iter(ways))
        whole = ""
        if mapping.roles[place] in MONEY and len(ways) > 1:
            row = (currency_named(named, chosen[place]) if named else "") or code or chosen[place]
            whole = decimal_by_currency(number, row)
        return whole or form or "."

    return sign
