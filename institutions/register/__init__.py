"""The register of institutions: the list with its facets, one institution's page, and the ledger."""
