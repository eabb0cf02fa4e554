"""Lists as workbooks to take along: ordered at a list, written by the worker, found again, cleared away by the clock.

Each app above says of its lists what is asked for and how its rows are written (`exports.sockets`); here is the rest:
the order, the one moment as of which all is read, the progress, the file, who may have it and for how long.
"""
