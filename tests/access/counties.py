"""Two whole counties, made by the verbs: both bureaus, institutions, people of every duty, and all that they leave.

Every word that is confidential bears the county's own character, so that one search finds whatever slipped through.
"""

from dataclasses import dataclass, field

from accounts.models import User
from agreements.models import TemplateVersion
from duties import inviting
from duties.requesting import Applicant
from filing import lifecycle as filings
from filing import opening
from imports import check_run
from institutions.models import Authority, Duty, Institution
from surveys import rounds, saving
from tests import factories
from tests.access.surveyed import applied
from tests.agreements.making import complete_draft, in_force, scan_pdf, sent
from tests.imports.making import book, home, uploaded
from tests.surveys.answers import ELDER_CARE
from tests.uploading import requested


@dataclass
class County:
    """One county, and the words of its own that nobody of the other may read."""

    mark: str  # stands in every name of the county's people
    code: str
    people: dict[str, User] = field(default_factory=dict)
    open_names: set[str] = field(default_factory=set)  # of institutions: public in the register, nowhere else
    numbers: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    phones: set[str] = field(default_factory=set)  # of institutions: only after the act that is logged

    @property
    def confidential(self) -> set[str]:
        """What is public nowhere."""
        people = self.people.values()
        contacts = self.phones | {each.mobile for each in people} | {each.email for each in people}
        return self.numbers | self.words | contacts | {f"{self.mark}员", f"p{self.code}-"}


def build(mark: str, code: str, version: TemplateVersion) -> County:
    """Make the county: what it has signed and filed, what it is asked, whom it invites, what it imports."""
    county = County(mark, code)
    elder_care, medical = _institutions(county)
    health, civil_affairs = (_authority(county, kind) for kind in Authority.Kind)
    for duty in (Duty.CLERK, Duty.SIGNATORY, Duty.ADMINISTRATOR):
        _person(county, f"elder-care-{duty}", duty, institution=elder_care)
    _person(county, "medical-clerk", Duty.CLERK, institution=medical)
    for duty in (Duty.REVIEWER, Duty.SUPERVISOR, Duty.ADMINISTRATOR):
        _person(county, f"health-{duty}", duty, authority=health)
        _person(county, f"civil-affairs-{duty}", duty, authority=civil_affairs)
    _agreements(county, elder_care, medical, version)
    _survey(county, health, elder_care)
    _requests(county, elder_care)
    _eligibility(county, medical)
    _import(county, health)
    return county


def _institutions(county: County) -> tuple[Institution, Institution]:
    region = factories.region(county.code)
    elder_care = factories.OpenElderCareFactory.create(
        name=f"{county.mark}区颐年养老院", region=region, phone=f"0575-{county.code}1"
    )
    medical = factories.OpenMedicalInstitutionFactory.create(
        name=f"{county.mark}区卫生服务中心", region=region, phone=f"0575-{county.code}2"
    )
    closed = factories.ClosedElderCareFactory.create(name=f"{county.mark}区旧养老院", region=region)
    county.open_names |= {elder_care.name, medical.name, elder_care.uscc, medical.uscc}
    county.words |= {closed.name, closed.uscc}
    county.phones |= {elder_care.phone, medical.phone}
    return elder_care, medical


def _authority(county: County, kind: Authority.Kind) -> Authority:
    return factories.AuthorityFactory.create(region=factories.region(county.code), kind=kind)


def _person(
    county: County,
    role: str,
    duty: Duty,
    *,
    institution: Institution | None = None,
    authority: Authority | None = None,
) -> None:
    number = len(county.people)
    user = factories.UserFactory.create(
        username=f"p{county.code}-{number}",
        full_name=f"{county.mark}员{number}",
        mobile=f"139{county.code}{number:02d}",
        email=f"p{county.code}-{number}@example.org",
    )
    factories.MembershipFactory.create(user=user, duty=duty, institution=institution, authority=authority)
    county.people[role] = user


def _agreements(county: County, elder_care: Institution, medical: Institution, version: TemplateVersion) -> None:
    clerk, answerer = county.people["elder-care-clerk"], county.people["medical-clerk"]

    others = [sent(complete_draft(elder_care, medical, version, by=clerk), by=clerk)]
    others.append(complete_draft(elder_care, medical, version, by=clerk))
    running = in_force(complete_draft(elder_care, medical, version, by=clerk), drafter=clerk, answerer=answerer)
    county.numbers |= {agreement.number for agreement in (running, *others)}
    reviewers = {"health": "health-reviewer", "civil_affairs": "civil-affairs-reviewer"}
    for filing in opening.open_filings(running, by=clerk):
        reviewer = county.people[reviewers[filing.authority.kind]]
        handed_in = filings.submit(filing, by=clerk, remark=f"{county.mark}报送说明")
        if filing.authority.kind == Authority.Kind.HEALTH:
            accepted = filings.accept(filings.take_up(handed_in, by=reviewer), by=reviewer)
            county.numbers.add(accepted.number)
    county.words.add(f"{county.mark}报送说明")


def _survey(county: County, health: Authority, elder_care: Institution) -> None:
    title, remark = f"{county.mark}摸底", f"{county.mark}填报说明"
    reviewer, clerk = county.people["health-reviewer"], county.people["elder-care-clerk"]
    rounds.ask(health, by=reviewer, title=title, due_on=factories.today() + 30 * factories.ONE_DAY, remark="")
    saving.hand_in(elder_care, by=clerk, revision=0, values={**ELDER_CARE, "remark": remark})
    county.words |= {title, remark}


def _requests(county: County, elder_care: Institution) -> None:
    inviter = county.people["elder-care-administrator"]
    inviting.invite(f"{county.mark}受邀", Duty.CLERK, elder_care, by=inviter)
    applicant = Applicant(f"{county.mark}申请", f"137{county.code}00")
    asked = requested(elder_care, applicant, scan_pdf(), "许可证.pdf")
    county.numbers.add(asked.number)
    county.words |= {f"{county.mark}受邀", applicant.full_name, applicant.mobile}


def _eligibility(county: County, medical: Institution) -> None:
    county.words.add(f"{county.mark}资格说明")
    applied(medical, county.people["medical-clerk"], words=f"{county.mark}资格说明")


def _import(county: County, health: Authority) -> None:
    """A sheet whose row could be added, and one whose row is wrong: what is in them is nobody else's."""
    for number, (word, changes) in enumerate({"待增": {}, "待改": {"beds": "很多"}}.items()):
        name, file_name = f"{county.mark}区{word}养老院", f"{county.mark}区{word}.xlsx"
        sheet = book(home(number, name=name, region=county.code, **changes))
        check_run.check(uploaded(sheet, health, county.people["health-reviewer"], file_name).pk)
        county.words |= {name, file_name}
