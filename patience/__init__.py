"""How long anybody waits for Valkey, which is broker, cache and counter in one: a second, and then nobody for a while.

What it does can be done without: the truth is in PostgreSQL. So whoever asks it gives up soon, and after one failure a
process asks no more for some seconds: several questions of one request do not add up. The lowest room; it knows nothing
of ours.
"""

from patience.circuit import BROKER_PATIENCE, PATIENCE, REST, Away, asking

__all__ = ["BROKER_PATIENCE", "PATIENCE", "REST", "Away", "asking"]
