"""The wizard: steps, one field of the right type per blank, what is saved on the draft row."""
