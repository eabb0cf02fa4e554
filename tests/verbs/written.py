"""What may become of what, written out by hand: a test that reads the product's own table would follow its mistakes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """One row: the states that it leaves, the state that it reaches, and the event, "" where nothing is logged."""

    sources: frozenset[str]
    target: str
    event: str


WRITTEN = {
    "administrator request": """
        confirm           waiting                          -> confirmed     administrator.confirmed
        refuse            waiting                          -> refused       administrator.refused
    """,
    "agreement": """
        send              draft                            -> negotiating   agreement.sent
        return            negotiating                      -> draft         agreement.returned
        agree             negotiating                      -> agreed        agreement.agreed
        withdraw          negotiating agreed signing       -> draft         agreement.withdrawn
        discard           draft                            -> discarded     agreement.discarded
        sign              agreed signing                   -> signing       agreement.signed
        certify           signing                          -> in_force      agreement.in_force
        sign_electronically agreed signing                 -> signing       agreement.signed_electronically
        complete          signing                          -> in_force      agreement.completed_on_screen
        decline_to_sign   agreed signing                   -> draft         agreement.signing_declined
        lapse             agreed signing                   -> draft         agreement.signing_lapsed
        rescind           signing                          -> rescinded     agreement.rescinded
        terminate         in_force                         -> terminated    agreement.terminated
        expire            in_force                         -> expired       agreement.expired
        supersede         in_force                         -> superseded    agreement.superseded
        give_up           draft negotiating agreed signing -> discarded     agreement.given_up
    """,
    "approval of a text": """
        approve           waiting                          -> approved      approval.approved
        decline           waiting                          -> declined      approval.declined
        take_back         waiting                          -> taken_back    approval.taken_back
        lapse             waiting                          -> lapsed        approval.lapsed
    """,
    "eligibility case": """
        answer            draft                            -> draft         eligibility.answered
        submit            draft                            -> submitted     eligibility.submitted
        review            submitted                        -> submitted     eligibility.reviewed
        confirm           submitted                        -> confirmed     eligibility.confirmed
        return            submitted                        -> returned      eligibility.refused
        withdraw          confirmed                        -> withdrawn     eligibility.withdrawn
        expire            confirmed                        -> expired       eligibility.expired
    """,
    "filing": """
        submit            due                              -> submitted     filing.submitted
        withdraw          submitted                        -> due           filing.withdrawn
        take_up           submitted                        -> under_review  filing.taken_up
        hand_over         under_review                     -> under_review  filing.handed_over
        accept            under_review                     -> accepted      filing.accepted
        return            under_review                     -> returned      filing.returned
        resubmit          returned                         -> submitted     filing.resubmitted
        waive             due                              -> closed        filing.closed
        close             returned                         -> closed        filing.closed
    """,
    "signing identity": """
        confirm           requested                        -> confirmed     signing_identity.confirmed
        vouch             confirmed                        -> vouched       signing_identity.vouched
        refuse            requested confirmed              -> refused       signing_identity.refused
        withdraw          requested confirmed vouched      -> ended         signing_identity.withdrawn
        activate          confirmed vouched                -> active        signing_identity.activated
        lock              active                           -> locked        signing_identity.locked
        revoke            active locked                    -> revoked       signing_identity.revoked
        revoke_by_clock   active locked                    -> revoked       signing_identity.revoked
        end               requested confirmed vouched active locked -> ended signing_identity.ended
    """,
    "seal": """
        confirm           registered                       -> in_use        seal.confirmed
        refuse            registered                       -> refused       seal.refused
        suspend           in_use                           -> suspended     seal.suspended
        resume            suspended                        -> in_use        seal.resumed
        destroy           in_use suspended                 -> destroyed     seal.destroyed
    """,
    "supplementary hand-in": """
        hand_in           due                              -> submitted     filing.handed_in
        note              submitted                        -> noted         filing.hand_in_noted
        return            submitted                        -> returned      filing.hand_in_returned
        replace           due submitted                    -> replaced      filing.hand_in_replaced
    """,
    "call for a rescan": """
        done              open                             -> done          filing.rescan_done
        drop              open                             -> dropped       filing.rescan_dropped
    """,
    "import": """
        set_columns       mapping checked failed           -> waiting       import.columns_set
        recheck           checked failed                   -> waiting       import.check_ordered
        decide            checked                          -> checked       import.decided
        confirm           checked                          -> ordered       import.confirmed
        abandon           received unread mapping waiting checked failed -> abandoned import.abandoned
        give_up           unread mapping checked failed    -> abandoned     import.abandoned
        reopen            unread                           -> received      import.check_ordered
        take_up/opening   received                         -> opening
        hand_back/received opening                         -> received
        read/mapping      opening                          -> mapping
        read/waiting      opening                          -> waiting
        refuse            opening                          -> refused       upload.refused
        fail/unread       opening                          -> unread        import.failed
        take_up/checking  waiting                          -> checking
        take_up/writing   ordered                          -> writing
        hand_back/waiting checking                         -> waiting
        hand_back/ordered writing                          -> ordered
        check             checking                         -> checked       import.checked
        write             writing                          -> done          import.done
        fail/failed       checking writing                 -> failed        import.failed
    """,
    "institution": """
        suspend           open                             -> suspended     institution.suspended
        close             open suspended                   -> closed        institution.closed
        reopen            suspended closed                 -> open          institution.reopened
    """,
    "duty of a person": """
        confirm            waiting                          -> effective     membership.holder_confirmed
        confirm_at_console waiting                          -> effective     membership.holder_confirmed
        doubt              effective                        -> waiting       membership.holder_doubted
    """,
    "invitation": """
        accept            open                             -> accepted      membership.invitation_accepted
        cancel            open                             -> cancelled     membership.invitation_cancelled
    """,
    "survey round": """
        close             open                             -> closed        survey.closed
    """,
}


def steps_of(life: str) -> dict[str, Step]:
    """Return the steps of a life by their verb; of a verb with two rows, by the verb and where each leads."""
    steps = {}
    for line in WRITTEN[life].strip().splitlines():
        left, right = line.split("->")
        verb, *sources = left.split()
        target, event = (*right.split(), "")[:2]
        steps[verb] = Step(frozenset(sources), target, event)
    return steps
