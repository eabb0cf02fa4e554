"""What the table of an agreement's states cannot say, for docs/lifecycle.md."""

RULES = """\
- **Withdraw.** Before the text is frozen the drafting side may. Afterwards either side may, with a reason, until
  *both* have signed: until then there is no contract (民法典 490). The frozen text stays. What both have signed is
  terminated instead.
- **Final copies first.** Nothing is dated, scanned or certified before the copies of the frozen text are made: they are
  what is printed, sealed and counted page by page. When making them failed, either side's clerk orders them again.
- **Sign on paper.** Each side's clerk enters the day on which the own side signed: not in the future, not before the
  text was frozen. The day may be corrected until it is certified.
- **Certify.** A second person, never the uploader, who confirms each point of the list for the very scans, pages and
  days that stand there; what changed since they looked is looked at again. The term follows from the frozen text and
  the later of the two days (民法典 201, 202, 490); filing never delays it (502). From then on the database keeps every
  date.
- **Terminate.** The last day in force is today or later, never in the past: figures reported for a past day stay as
  they were. The state changes at once; `Agreement.objects.in_force(on=…)` goes by the days. Supplements end with
  their agreement.
- **Expire.** By the clock, the day after the last day of the term; a day that was missed is caught up.
- **Supersede.** Certifying a renewal ends the renewed agreement the day before the new one starts, in the same
  transaction. One that has run out by then simply expires.
- **Renewal** opens 180 days before the end of the term and stays open after it. **Supplements** need an agreement in
  force and run as long as it does.
"""
