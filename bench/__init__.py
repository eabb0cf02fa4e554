"""What things cost, as ratios within one run, and what the tests catch; never a timed test."""
