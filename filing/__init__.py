"""The authority's side: one filing per authority, review, correction clock, number."""
