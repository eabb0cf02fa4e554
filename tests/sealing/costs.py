"""What it costs to try a PIN: in the product much, on purpose; in the tests next to nothing, as with passwords."""

from sealing.keys import sealed

REAL = dict(sealed.COST)
CHEAP = {"memory_cost": 8, "time_cost": 1, "parallelism": 1}
