"""What can be done: one public function is one transaction and returns one Changes (or a frozen view).

Every function takes the open `Ledger` first and `now` by name. Faults of the user raise `Refusal` with problems
and leave nothing written. No state is kept between calls; neither Qt nor SQL is known here.
"""
