"""Pages on a nation of made-up rows."""
