"""What the table of an agreement's states cannot say, for docs/lifecycle.md."""

RULES = """\
- **Withdraw.** Back to draft, under the same number. Before the text is frozen the drafting side may; afterwards either
  side, until *both* have signed: until then there is no contract (民法典 490). It takes a reason once one side has
  signed, and of the side that did not draft. A frozen text stays as a voided row with its digest and copies; the next
  freezing is another edition, and an old page scans as 已作废的文本. Its signature and scans count no more.
- **Discard.** The separate and final act: of a draft, after asking. Whoever was shown a text of it is told.
- **Rescind.** What both have signed and nobody has certified is dissolved by both (民法典 562): a clerk of one side
  asks, with the reason, one of the other side's agrees. Meanwhile nothing is scanned or certified; either side may
  let it be.
- **Overlap.** Of the same two parties only one agreement by the same template is in force on any day. What stands in
  the way is told when the partner and the template are chosen, refused when the text is sent and agreed to, and told
  again while it is signed. A renewal or a replacement stands in nobody's way of its own predecessor.
- **Final copies first.** Nothing is dated, scanned or certified before the copies of the frozen text are made: they are
  what is printed, sealed and counted page by page. When making them failed, either side's clerk orders them again.
- **Scan.** Each page is known by its code: which page of which copy, of which text. Certifying takes every page of the
  copies that the template wants back (one whole copy, or all), each once; pages that are missing, unsigned, of another
  text or of another agreement stand in the way. What cannot be read its uploader assigns by hand, with a reason.
  Whoever uploaded a file takes it back or replaces it while it is undecided; the second person turns down whole files,
  or single pages with a reason, and the others stay. Once in force, new scans are taken while an authority has returned
  its copy; a second person certifies them, and nothing else changes.
- **Remind.** The side that waits reminds the one whose turn it is, at most once a working day.
- **Sign on paper.** Each side's clerk enters the day on which the own side signed: not in the future, not before the
  text was frozen. The day may be corrected until it is certified.
- **Sign on screen.** Each side chooses paper or screen when it sends or agrees, and the choice is frozen. A signatory
  of that side alone, who has been shown every page of that very text, signs all copies in one act, with PIN and second
  factor, with a seal or without: all copies or none. Licence, mandate, certificate and duty are asked for again at that
  moment. The day is that of the act. The second signature of two on screen brings the agreement into force by itself;
  where one side signs on paper, certifying waits for the signature on screen and compares the ink of the other alone.
- **Decline.** A signatory whose turn it is says no, with a reason, until both have signed: the text is voided with the
  signatures on it, and goes back to draft.
- **Window.** A text of which a side signs on screen has a last day, 30 days after it was frozen. A clerk or signatory
  of either side puts it off, to 180 days at most. What is not signed by then goes back to draft, and both are told who
  had signed. On paper there is none.
- **Certify.** A second person, never the uploader, who has ticked every page beside its text, what was assigned by hand
  by itself, and confirms each point of the list for the very scans, pages and days that stand there; what changed since
  they looked is looked at again. The term follows from the frozen text and
  the later of the two days (民法典 201, 202, 490); filing never delays it (502). From then on the database keeps every
  date.
- **Terminate.** The last day in force is today or later, never in the past: figures reported for a past day stay as
  they were. The state changes at once; `Agreement.objects.in_force(on=…)` goes by the days.
- **Give up.** Whatever ends an agreement ends its supplements: those in force are terminated on the same day, also by a
  renewal (nobody renews a supplement), or expire with it; those not in force yet are given up with the reason, whoever
  has signed them. Both sides are told. Its open filings stay owed until the authority decides or waives them.
- **Expire.** By the clock, the day after the last day of the term; a day that was missed is caught up.
- **Supersede.** Certifying a renewal or a replacement ends what it follows the day before the new one starts, in the
  same transaction. One that has run out by then simply expires.
- **Renewal that counts from its signature.** The text is never read otherwise: signing on the day after the old term or
  later joins the two. It is told when the renewal begins, at the check, at agreeing and where days are entered; signing
  earlier takes both sides' consent to the number of days that the old agreement loses.
- **Renewal** opens 180 days before the end of the term and stays open after it. A **replacement** (换签) may be begun
  as long as the agreement is in force; the answering side accepts that it ends early. **Supplements** need an
  agreement in force and run as long as it does.
"""
