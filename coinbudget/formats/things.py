"""What of an order is one thing: the same item, told again at whatever price, and the row of it at one price."""

from coinbudget.formats.price_text import read_price


def thing_of(order: str, item: str) -> str:
    """Order and item; "" where a row does not name both."""
    return f"{order}|{item}" if order and item else ""


def at_price(thing: str, price: str) -> str:
    """The origin of the row of a thing at a price, however that is written."""
    return f"{thing}|{plain_price(price)}"


def plain_price(text: str) -> str:
    """A price as plain decimal text; as it stands where it is none for sure."""
    found = read_price(text)
    return text if found is None else found.canonical
