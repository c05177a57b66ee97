"""Drafts: entries not yet believed, and the one grammar that turns them into entries or problems.

A Draft holds text exactly as a person, a file or the command line gave it, under the column names of the ledger
CSV. `believe` is the only place where such text becomes an Entry, so every way in refuses the same things with the
same words.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberStyle:
    """Which signs numbers are written with. `group` may be empty: no grouping accepted."""

    decimal: str = "."
    group: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An entry not yet believed. Every field is text as given; "" means not given.

    Attributes:
        profile: name, compared folded; "" the default profile of the call.
        at: ISO instant, naive time (profile's zone) or date; "" now.
        gift: name of a gift, or a shorthand such as "5x30".
        paid: of a refund, the amount returned.
        planned, about: "1" or "".
        voided: instant or "".
        row: line of the file it came from (header is 1), 0 outside files.
        numbers: the style `coins`, `quantity`, `paid`, `charged` and `rate` are written in.
    """

    id: str = ""
    kind: str = ""
    at: str = ""
    zone: str = ""
    profile: str = ""
    coins: str = ""
    quantity: str = ""
    paid: str = ""
    currency: str = ""
    charged: str = ""
    rate: str = ""
    rate_on: str = ""
    region: str = ""
    channel: str = ""
    creator: str = ""
    gift: str = ""
    order_ref: str = ""
    refers_to: str = ""
    reason: str = ""
    note: str = ""
    about: str = ""
    planned: str = ""
    approval: str = ""
    voided: str = ""
    row: int = 0
    numbers: NumberStyle = NumberStyle()
