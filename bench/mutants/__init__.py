"""Whether the tests bite: mutants of the code, and which test kills each. Run as `python -m bench.mutants GROUP`."""
