"""The auditor's pages of the log. They name persons and things of every app, so they stand above all of them."""
