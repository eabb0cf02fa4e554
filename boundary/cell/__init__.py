"""Where strangers' files are opened: in child processes that may use so much memory, time and disk and no more.

`door` is what the rest of the house calls: `judge` says what a file is, `draw` makes pictures of its pages. Behind it
`slots` lets so many cells work at once on the machine, `keeper` holds a warm process of ours (`template`) that has
loaded the libraries and has never seen a file. For each file it forks a child, which works under limits (`inside`),
leaves its answer as JSON and its pictures as files in a folder of its own, and ends. Whoever does not end is killed.

`template` and `inside` know neither Django nor anything else of ours but `boundary.refused` and what a
revision of ours may hold (`boundary.revisions`): no secret.
"""
