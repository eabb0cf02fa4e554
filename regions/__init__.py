"""Where, when and by which rule: the region tree, schemes (the policy in force) and the working-day calendar."""
