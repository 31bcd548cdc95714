"""The keys that sign voices: one for the hall, one for online, so that the key says the channel and nobody's word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from onnuri import blind
from onnuri.conversation.actions import locked, touch

if TYPE_CHECKING:
    from onnuri.conversation.models import Conversation
    from onnuri.folder import Folder

SIGNED_CHANNELS: Final = ("hall", "online")
"""Who joins openly, with neither ticket nor code, needs no signature: nothing could be joined to a name."""

Keys = dict[str, str]
"""Channel -> modulus in base64url; the exponent is always 65537."""


def keys_of(*, code: str, folder: Folder) -> Keys:
    """The public keys of a conversation; made by whoever asks first, and never again.

    Everybody must be given the same: a key of one's own would mark its voice. So they are fixed with the rules, shown
    on the rules page and published in the record.
    """
    with transaction.atomic():
        conversation = locked(code)
        keys: Keys = conversation.voice_keys or _made(conversation, folder)
        return keys


def _made(conversation: Conversation, folder: Folder) -> Keys:
    private = {channel: blind.new_key() for channel in SIGNED_CHANNELS}
    # First on the disk, then in the database: a start that is cut off leaves files, never a key without its file.
    for channel, pem in private.items():
        folder.keep_voice_key(conversation.code, channel, pem)
    public = {channel: blind.modulus(pem) for channel, pem in private.items()}
    conversation.voice_keys = public
    conversation.save(update_fields=["voice_keys"])
    touch(conversation)
    return public


def fingerprints(keys: Keys) -> dict[str, str]:
    """What the rules, the rules page and the record say of the keys."""
    return {channel: blind.fingerprint(n) for channel, n in sorted(keys.items())}
