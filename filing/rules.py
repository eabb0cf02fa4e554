"""What the table of a filing's states cannot say, for docs/lifecycle.md."""

RULES = """\
- **Open.** One filing for each authority that holds a copy, in the transaction in which the agreement enters force.
- **Hand over.** To a reviewer of the same authority; also to take over from one who is away.
- **Accept, return.** By the reviewer who has it. A number is issued once and for good; a receipt follows.
- **Not one's own.** Whoever submitted the copy, or works for either side, takes nothing up, is
  handed nothing over and decides nothing of it.
- **Many at once.** A batch is a row and a job of the worker's: for each filing the same verb in a transaction of its
  own, and what became of it in words. A filing waits in one batch only; what is objected to is refused there and
  decided alone.
- **Resubmit.** A new row that refers to the returned one, which stays as it is.
- **The agreement ends.** Filing is a notice, not an approval (民法典 502): what was in force is still to be filed, and
  what is with an authority is decided as usual; both sides and the authority are told, and the log says so. What
  never was in force (dissolved before) has no filing at all.
- **Waive, close.** A reviewer of the very authority, with a reason, once the agreement has ended; nobody else, and
  never while it is in force. A copy that was due is closed itself; of one that was returned a new row is, and the
  return stays as it is. Nothing reopens it, nothing reminds of it, and no number is used.
"""
