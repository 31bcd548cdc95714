"""Who writes below talks and records: Mina, Jun, Linh and Sato, each with an account and a name."""

from tests import cast

from onnuri.community import actions
from onnuri.people.models import Account

WORDS = "강변에 의자가 더 있으면 좋겠어요."


def account(name, **about):
    """Somebody who may comment."""
    return Account.objects.create(email=f"{name}@example.kr", alias=name, confirmed_by="email", **about)


def comment(under, author, text=WORDS, at=cast.MORNING):
    return actions.write(under=under, account=author, text=text, lang="ko", at=at)


def report(one, who, reason="욕설이 있어요.", at=cast.MORNING):
    return actions.report(pk=one.pk, account=who, reason=reason, at=at)


def talk(**about):
    """A talk of Mina's conference."""
    return cast.conference(**about).sessions.create(
        order=1, kind="talk", title={"ko": "작은 가게가 자라는 골목", "en": "Lanes where small shops grow"}
    )
