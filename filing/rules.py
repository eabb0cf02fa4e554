"""What the table of a filing's states cannot say, for docs/lifecycle.md."""

RULES = """\
- **Open.** One filing for each authority that holds a copy, in the transaction in which the agreement enters force.
- **Hand over.** To a reviewer of the same authority; also to take over from one who is away.
- **Accept, return.** By the reviewer who has it. A number is issued once and for good; a receipt follows.
- **Many at once.** A batch is a row and a job of the worker's: for each filing the same verb in a transaction of its
  own, and what became of it in words. A filing waits in one batch only; what is objected to is refused there and
  decided alone.
- **Resubmit.** A new row that refers to the returned one, which stays as it is.
"""
