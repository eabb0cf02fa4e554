"""How people here write things: days and sums of money. Pure; every app may use it, and it knows none."""
