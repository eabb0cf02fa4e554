"""Template data: what a region’s official text says, as data with a schema, and its loader."""
