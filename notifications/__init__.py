"""What was told to whom: the notice ledger, the outbox, the delivery."""
