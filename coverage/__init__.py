"""Read-only figures over all the rest; no models."""
