"""What strangers upload: kept in quarantine and answered at once, judged by a job, shown as pictures ever after.

`receiving` keeps a file that waits; the job `judging` has it opened in a cell (`boundary.cell`), keeps the picture of
every page and hands it to the app that asked for it (`sockets.PURPOSES`), in one transaction. A file that is refused,
or with which nothing can be done any more, keeps its reason for its sender. No view opens a file, nor waits for one.
"""
