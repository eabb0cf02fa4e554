"""Where strangers' things come in and ours go out: uploads, files, spreadsheet cells, how often, who was refused."""
