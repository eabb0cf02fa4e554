"""The checklist of a region's scheme: answered with evidence, confirmed item by item, with validity."""
