"""Running numbers: one locked counter row for each series and year. Knows no thing that is numbered.

What is counted within one parent row (the editions of a survey, the versions of a template, the anchors of the log) is
counted under that row's lock and needs no counter; the number of an administrator's request is drawn by lot, because
nobody is to guess another's.
"""
