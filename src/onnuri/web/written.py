"""What somebody wrote, before it is stored: a guess at its language."""

from onnuri.web import shown


def language_of_text(text: str) -> str:
    """A guess for the `lang` attribute: Hangul is Korean; else the reader's language when it is not Korean."""
    if any("가" <= c <= "힣" for c in text):
        return "ko"
    return shown.language() if shown.language() != "ko" else "en"
