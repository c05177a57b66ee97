"""The collector rests while lines come in, and is as it was before afterwards."""

import gc

import pytest

from coinbudget.services.garbage import uncollected


@pytest.mark.parametrize("on", [True, False])
def test_the_collector_is_afterwards_as_it_was(on: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if on else gc.disable)()
        with uncollected():
            assert not gc.isenabled()
            with uncollected():
                pass
            assert not gc.isenabled()
        assert gc.isenabled() is on
        with pytest.raises(LookupError), uncollected():
            raise LookupError
        assert gc.isenabled() is on
    finally:
        (gc.enable if before else gc.disable)()
