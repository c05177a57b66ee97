"""How fast, how small, how it grows: `python -m tests.bench` measures ours against an anchor in one run."""
