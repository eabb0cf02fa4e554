"""How much one import takes, and the sheets that we put beside its tables."""

MOST_SHEETS = 20
MOST_ROWS = 100_000
NOTES_SHEET, REGIONS_SHEET = "说明", "行政区划"
