"""A nation of made-up rows, as many as the real one would have: what pages and figures cost is measured on it."""
