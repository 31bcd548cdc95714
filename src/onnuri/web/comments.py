"""Comments as pages show them: one list under a talk or a record, and what is the reader's own in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from django.core.paginator import Paginator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from onnuri.community import queries
from onnuri.community.comment_appeals import appeals_of, may_be_appealed
from onnuri.community.commenting import standing
from onnuri.community.reporting import folded
from onnuri.community.standing import ORDERS, order_in
from onnuri.conference.models import Session
from onnuri.errors import NotFound
from onnuri.people.models import Account
from onnuri.vocabulary import in_language, language_of
from onnuri.web import shown
from onnuri.web.decisions import APPEAL_NAMES
from onnuri.web.pictures import picture_shown

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.core.paginator import Page
    from django.http import HttpRequest

    from onnuri.community.models import Comment
    from onnuri.community.queries import Counted
    from onnuri.conversation.models import Conversation, Voice

Content = dict[str, Any]
A_PAGE: Final = 20
ONES_OWN: Final = (
    *("page", "account", "mine", "reacted", "reported", "marked", "withheld", "reasons", "voice"),
    *("appealed", "appealable"),
    *("text", "kept", "said", "on", "limit", "form_url"),
)
"""What only the reader's own page shows."""
ORDER_NAMES: Final = {
    "popular": gettext_noop("지금 인기"),
    "across": gettext_noop("여러 그룹이 공감"),
    "new": gettext_noop("새로운 것"),
}
TOGETHER: Final = {
    2: gettext_noop("두 그룹이 함께 지지"),
    3: gettext_noop("세 그룹이 함께 지지"),
    4: gettext_noop("네 그룹이 함께 지지"),
    5: gettext_noop("다섯 그룹이 함께 지지"),
}


def address_of(under: Session | Conversation) -> str:
    """Where the comments under something are."""
    if isinstance(under, Session):
        return f"/e/{under.conference.slug}/sessions/{under.pk}/comments"
    return f"/r/{under.code}/comments"


def place_of(one: Comment) -> Session | Conversation:
    """What a comment is under."""
    under = one.session or one.conversation
    if under is None:  # the database holds that it is one of the two
        raise NotFound("comment_unknown")
    return under


def beside(under: Session | Conversation) -> Conversation | None:
    """Whose voices support a comment: the record's own, else the conference's latest that has groups."""
    if not isinstance(under, Session):
        return under
    found = under.conference.conversations.filter(rounds__landscape__isnull=False)
    return found.order_by("-pk").first()


def author_name(account: Account | None) -> str:
    """The name beside a comment; never an address."""
    if account is None:
        return _("떠난 사람")
    return account.alias or _("이름 없는 사람 %(n)s") % {"n": account.pk}


# ---- the list


def comments_content(
    request: HttpRequest, under: Session | Conversation, *, account: Account | None, voice: Voice | None
) -> Content:
    """One page of comments in the reader's order, without those of whom the reader has blocked."""
    at, order = shown.now(), order_in(request.GET.get("order", ""))
    groups = _groups(under)
    blocked = queries.blocked_by(account)
    keys = queries.listed(under, order, blocked=blocked, groups=groups)
    page = Paginator(keys, A_PAGE).get_page(request.GET.get("page"))
    found, support = queries.in_full(list(page)), queries.support_of(under, groups)
    return {
        "under": under_shown(under),
        "count": queries.count_under(under, at),
        "order": order,
        "orders": [{"key": key, "name": _(ORDER_NAMES[key])} for key in ORDERS],
        "comments": [_comment_shown(one, support.get(one.comment.pk, 0), at) for one in found],
        "pages": {"number": page.number, "of": page.paginator.num_pages},
        **_own([one.comment for one in found], page, account, voice),
        "withheld": _withheld(account, under),
    }


def _groups(under: Session | Conversation) -> dict[int, int | None]:
    conversation = beside(under)
    # The whole document is read only where somebody supports something.
    if conversation is None or not queries.marks_under(under).exists():
        return {}
    published = shown.latest_landscape(conversation)
    if published is None or published.document["k"] == 1:
        return {}
    people = published.document["people"]
    return dict(zip(people["id"], people["group"], strict=True))


def under_shown(under: Session | Conversation) -> Content:
    """What the comments are about, and the way back to it."""
    if isinstance(under, Session):
        title, back = under.title, f"/e/{under.conference.slug}#session-{under.pk}"
    else:
        title, back = under.question, f"/r/{under.code}"
    return {
        "kind": "talk" if isinstance(under, Session) else "record",
        "title": in_language(title, shown.language()),
        "lang": language_of(title, shown.language()),
        "url": back,
        "comments_url": address_of(under),
        "picture": picture_shown(under) if isinstance(under, Session) else None,
    }


def _comment_shown(counted: Counted, groups: int, at: datetime) -> Content:
    one = counted.comment
    now = standing(one.state, one.hidden_until, at)
    told = {
        "id": one.pk,
        "state": now,
        "at": one.at.isoformat(timespec="seconds"),
        "at_text": f"{shown.date_text(one.at)} {shown.time_text(one.at)}",
        "lang": one.lang,
    }
    if now != "shown":
        return {**told, "author": "", "text": "", "reactions": 0, "groups": 0, "groups_text": "", "folded": False}
    return {
        **told,
        "author": author_name(one.author),
        "text": one.text,
        "reactions": counted.liked,
        "groups": groups,
        "groups_text": _(TOGETHER[groups]) if groups in TOGETHER else "",
        "folded": folded(counted.reported),
    }


def _own(found: Sequence[Comment], page: Page[int], account: Account | None, voice: Voice | None) -> Content:
    keys = [one.pk for one in found]
    mine = {one.pk for one in found if account is not None and one.author_id == account.pk}
    asked = appeals_of(mine)
    return {
        "appealed": {pk: _(APPEAL_NAMES[one.state]) for pk, one in asked.items()},
        "appealable": {one.pk for one in found if one.pk in mine - set(asked) and may_be_appealed(one)},
        "page": page,
        "account": None if account is None else {"name": author_name(account), "named": bool(account.alias)},
        "voice": voice is not None,
        "mine": mine,
        "reasons": {one.pk: _(shown.REASON_NAMES[one.reason]) for one in found if one.pk in mine and one.reason},
        "reacted": queries.reacted(account, keys),
        "reported": queries.reported_by(account, keys),
        "marked": queries.marked_by(voice.pk if voice is not None else None, keys),
    }


def _withheld(account: Account | None, under: Session | Conversation) -> list[Content]:
    counts = queries.withheld_from(account, under, shown.now())
    names = {one.pk: author_name(one) for one in Account.objects.filter(pk__in=counts)}
    return [{"author": pk, "name": names[pk], "n": n} for pk, n in sorted(counts.items())]
