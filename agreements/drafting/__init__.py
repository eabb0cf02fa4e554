"""The wizard: steps, one typed field per blank, what is saved on the draft row."""
