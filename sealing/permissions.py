"""Who may do what with signing identities and seals. Pages and verbs ask here."""

from __future__ import annotations

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from accounts.names import same_name
from institutions.models import (
    AuthorityQuerySet,
    Duty,
    Institution,
    Membership,
    Role,
    authorities_of,
    has_duty,
    institutions_held_by,
    institutions_led_by,
    memberships_in_use,
)
from institutions.permissions import is_competent
from regions.models import Region
from regions.rules import SigningVouchedBy
from regions.schemes import rules_for
from sealing.keys import licensed
from sealing.models import Level, Seal, SealAuthorisation, SigningIdentity
from sealing.models.identity import ON_THE_WAY, WITH_KEY

State = SigningIdentity.State
CONFIRM_SEALS = (Duty.ADMINISTRATOR, Duty.APPROVER, Duty.SIGNATORY)


def signs_for(user: User, institution: Institution) -> bool:
    """Whether the person holds the duty of a signatory there, at the place they act for."""
    return _holds(user, institution, Duty.SIGNATORY)


def looks_after(user: User, institution: Institution) -> bool:
    return _holds(user, institution, Duty.ADMINISTRATOR)


def is_still_signatory(identity: SigningIdentity) -> bool:
    """Whether the person holds the duty that the identity rests on, wherever they act just now."""
    held = Membership.objects.effective().filter(duty=Duty.SIGNATORY, institution=identity.institution_id)
    return held.filter(user=identity.person_id).exists()


def is_legal_representative(user: User, institution: Institution) -> bool:
    """Whether the person has the name that is registered for the institution's legal representative."""
    return same_name(user.full_name, institution.legal_representative)


def levels_for(institution: Institution) -> tuple[Level, ...]:
    """Return the levels on which one can be asked for at this site."""
    demo = (Level.DEMO,) if settings.DEMO else ()
    return (*demo, Level.AGREED, *((Level.LICENSED,) if licensed.are_configured() else ()))


def levels_to_ask(user: User, institution: Institution) -> tuple[Level, ...]:
    """Return the levels on which the person can ask: those on which they have nothing, and nothing on the way."""
    own = SigningIdentity.objects.filter(person=user, institution=institution, state__in=[*ON_THE_WAY, *WITH_KEY])
    taken = set(own.values_list("level", flat=True))
    return tuple(level for level in levels_for(institution) if level not in taken)


def may_bring_into_force(identity: SigningIdentity) -> bool:
    """Whether what is signed with it may enter force: a demo's certificate only on a demo."""
    return settings.DEMO or identity.level != Level.DEMO


def needs_voucher(institution: Institution) -> bool:
    """Whether the region's scheme asks for the bureau's word on who signs."""
    return _asks_for_voucher(institution.region)


def _asks_for_voucher(region: Region) -> bool:
    applied = rules_for(region).get(SigningVouchedBy)
    return applied is not None and applied.rule.by == SigningVouchedBy.BUREAU


def visible_identities(user: User) -> QuerySet[SigningIdentity]:
    """Return one's own, those of the institutions where one holds a duty, and those that one's bureau answers for."""
    own = Q(person=user) | Q(institution__in=institutions_held_by(user).values("pk"))
    found = SigningIdentity.objects.with_facts()
    if has_duty(user, Duty.REVIEWER):
        own |= _below(authorities_of(user, Duty.REVIEWER).answering())
    return found.filter(own)


def is_theirs(user: User, identity: SigningIdentity) -> bool:
    """Whether it is the person's own, and they act as a signatory of its institution."""
    return user.pk == identity.person_id and signs_for(user, identity.institution)


def confirms(user: User, identity: SigningIdentity) -> bool:
    """Whether the person confirms for the institution: an administrator, never who asks.

    Where nobody else looks after the institution, the bureau that watches it.
    """
    if user.pk == identity.person_id:
        return False
    if looks_after(user, identity.institution):
        return True
    return is_competent(user, identity.institution) and not other_administrators(identity).exists()


def other_administrators(identity: SigningIdentity) -> QuerySet[Membership]:
    """Return the duties of those who can confirm for the institution itself."""
    held = Membership.objects.effective().filter(duty=Duty.ADMINISTRATOR, institution=identity.institution_id)
    return held.filter(user__is_active=True).exclude(user=identity.person_id)


def vouches(user: User, identity: SigningIdentity) -> bool:
    """Whether the person answers for the bureau that watches the institution; never who asks or has confirmed."""
    others = user.pk not in {identity.person_id, identity.confirmed_by_id}
    return others and is_competent(user, identity.institution)


def waiting_for_bureau(user: User) -> QuerySet[SigningIdentity]:
    """Return what the person confirms or vouches for as a reviewer: all for which `confirms` or `vouches` holds, and
    whose state wants it. Asked of the database, so that however many wait for others none of theirs is left out."""
    watched = SigningIdentity.objects.with_facts().filter(_watched_by(user)).exclude(person=user)
    others = Membership.objects.effective().filter(duty=Duty.ADMINISTRATOR, institution=OuterRef("institution"))
    is_alone = ~Exists(others.filter(user__is_active=True).exclude(user=OuterRef("person")))
    to_vouch = watched.filter(state=State.CONFIRMED).exclude(confirmed_by=user)
    asking = [each.pk for each in _regions_of(to_vouch) if _asks_for_voucher(each)]
    to_confirm = Q(is_alone, state=State.REQUESTED)
    return watched.filter(to_confirm | Q(state=State.CONFIRMED, institution__region__in=asking) & ~Q(confirmed_by=user))


def _watched_by(user: User) -> Q:
    """Return the condition for rows of institutions of which the person's bureau has the watch (`is_competent`)."""
    found = Q(pk__in=[])
    for role in Role:
        offices = authorities_of(user, Duty.REVIEWER).answering().of_kind(role.watched_by)
        found |= Q(institution__role=role) & _below(offices)
    return found


def _below(offices: AuthorityQuerySet) -> Q:
    """Return the condition of lying in the regions of these authorities or below them, read: of these alone, for a
    person may review here and only supervise elsewhere."""
    seats = Region.objects.filter(authorities__in=offices).distinct()
    below = (Q(institution__region__code__startswith=seat.prefix) for seat in seats)
    return Q(pk__in=[]) | Q(*below, _connector=Q.OR)


def _regions_of(rows: QuerySet[SigningIdentity]) -> QuerySet[Region]:
    """Return them asked for by their keys: who waits is few, and the database would begin with all institutions."""
    return Region.objects.filter(pk__in=list(rows.order_by().values_list("institution__region", flat=True).distinct()))


def refuses(user: User, identity: SigningIdentity) -> bool:
    """Whether the person turns it down: whoever could take its next step."""
    return confirms(user, identity) if identity.state == State.REQUESTED else vouches(user, identity)


def revokes(user: User, identity: SigningIdentity) -> bool:
    """Whether the person ends it: its holder at any time, and whoever looks after the institution."""
    return user.pk == identity.person_id or looks_after(user, identity.institution)


def visible_seals(user: User) -> QuerySet[Seal]:
    """Return the seals of the institutions where the person holds a duty."""
    related = ("institution__region", "keeper", "picture", "registered_by", "confirmed_by", "settled_by")
    return Seal.objects.filter(institution__in=institutions_held_by(user).values("pk")).select_related(*related)


def keeps_register_of_seals(user: User, seal: Seal) -> bool:
    return looks_after(user, seal.institution)


def confirms_seal(user: User, seal: Seal) -> bool:
    """Whether the person confirms it: one who answers for the institution, never who registered it or keeps it."""
    house = any(_holds(user, seal.institution, duty) for duty in CONFIRM_SEALS)
    return house and user.pk not in {seal.registered_by_id, seal.keeper_id}


def authorises(user: User, seal: Seal) -> bool:
    """Whether the person lets others use it: its keeper, and whoever looks after the institution."""
    is_keeper = user.pk == seal.keeper_id and institutions_held_by(user).filter(pk=seal.institution_id).exists()
    return is_keeper or looks_after(user, seal.institution)


def takes_back(user: User, authorisation: SealAuthorisation) -> bool:
    return authorises(user, authorisation.seal)


def audits(user: User, institution: Institution) -> bool:
    """Whether the person sees every use: leaders of the institution, and whoever looks after it."""
    return institutions_led_by(user).filter(pk=institution.pk).exists() or looks_after(user, institution)


def sees_uses(user: User, seal: Seal) -> bool:
    return audits(user, seal.institution) or authorises(user, seal)


def _holds(user: User, institution: Institution, duty: Duty) -> bool:
    return memberships_in_use(user).filter(duty=duty, institution=institution.pk).exists()
