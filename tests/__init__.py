"""The tests: `python -m tests` runs every check the project asks for, `python -m tests.bench` measures."""
