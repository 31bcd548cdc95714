"""Keep the message catalogues. Korean texts in templates and Python are the source; every other language translates.

    tools/messages.py extract [LANGUAGE ...]   bring the catalogues up to date; begin one for each LANGUAGE
    tools/messages.py compile                  write what Django reads (.mo)
    tools/messages.py --check                  name whatever is not as it should be, and answer 1

Needs Django and polib, which the environment has; no gettext programs. A catalogue holds no dates and no line
numbers, so that it changes only when a text does.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import polib
from django.utils.translation.template import templatize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "onnuri"
LOCALE = PACKAGE / "locale"
SETTINGS = PACKAGE / "settings.py"

SOURCE = "ko"
ONE_FORM = "nplurals=1; plural=0;"
TWO_FORMS = "nplurals=2; plural=(n != 1);"
PLURALS = {"ko": ONE_FORM, "zh-hans": ONE_FORM, "ja": ONE_FORM, "vi": ONE_FORM}

FUNCTIONS = {
    "gettext": ("singular",),
    "ngettext": ("singular", "plural"),
    "pgettext": ("context", "singular"),
    "npgettext": ("context", "singular", "plural"),
}
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(_|n?p?gettext)\(((?:\s*{STRING}\s*,?)+)")

PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w+\}")
PERCENT = re.compile(r"%\(\w+\)[a-z]|%%")
ELEMENT = re.compile(r"</?\w[^>]*>")


class Text(NamedTuple):
    """A text of the interface, as gettext knows it."""

    context: str | None
    singular: str
    plural: str | None


Texts = dict[Text, list[str]]
"""Every text with the files that say it."""


def main(arguments: list[str]) -> int:
    """Do what is asked; 1 when a check finds something, 2 when the question is not understood."""
    match arguments:
        case ["extract", *languages]:
            extract(languages)
        case ["compile"]:
            write_compiled()
        case ["--check"]:
            found = [line for language in languages_shown() for line in problems(language)]
            found += mixed_plurals(collected())
            sys.stdout.writelines(f"{line}\n" for line in found)
            return 1 if found else 0
        case _:
            sys.stderr.write(__doc__ or "")
            return 2
    return 0


# --- collecting


def collected() -> Texts:
    """Every text of the templates and of the code."""
    found: dict[Text, set[str]] = defaultdict(set)
    for path in sorted(PACKAGE.rglob("*.html")):
        for text in texts_of_template(path.read_text("utf-8")):
            found[text].add(path.relative_to(PACKAGE).as_posix())
    for path in sorted(PACKAGE.rglob("*.py")):
        for text in texts_of_code(path.read_text("utf-8")):
            found[text].add(path.relative_to(PACKAGE).as_posix())
    return {text: sorted(found[text]) for text in sorted(found, key=in_order)}


def in_order(text: Text) -> tuple[str, str]:
    """By the Korean text, so that a file moved or renamed moves nothing."""
    return text.singular, text.context or ""


def texts_of_template(source: str) -> Iterator[Text]:
    """Read the tags, through Django's own view of a template as calls of gettext.

    >>> list(texts_of_template('{% translate "다음" %}'))
    [Text(context=None, singular='다음', plural=None)]
    """
    for name, strings in CALL.findall(templatize(source)):
        yield as_text(name, [ast.literal_eval(string) for string in re.findall(STRING, strings)])


def texts_of_code(source: str) -> Iterator[Text]:
    """Read the calls of gettext and its kin, under whatever name they were imported.

    >>> list(texts_of_code('from django.utils.translation import gettext_noop as _; X = _("물결")'))
    [Text(context=None, singular='물결', plural=None)]
    """
    tree = ast.parse(source)
    names = {
        alias.asname or alias.name: alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = names.get(node.func.id, "") if isinstance(node.func, ast.Name) else ""
        if isinstance(node.func, ast.Attribute) and "translation" in names:
            name = node.func.attr
        name = name.removesuffix("_lazy").removesuffix("_noop")
        strings = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
        if name in FUNCTIONS and len(strings) >= len(FUNCTIONS[name]):
            yield as_text(name, strings)


def as_text(name: str, strings: list[str]) -> Text:
    """Name the arguments of a call."""
    parts = dict(zip(FUNCTIONS["gettext" if name == "_" else name], strings, strict=False))
    return Text(parts.get("context"), parts["singular"], parts.get("plural"))


# --- writing


def extract(begun: Iterable[str] = ()) -> None:
    """Bring every catalogue up to date: new texts empty, gone ones out; translations stay."""
    texts = collected()
    for language in sorted({*languages_there(), *languages_shown(), *begun}):
        old = {key_of(entry): entry for entry in catalogue(language)}
        new = empty(language)
        if language != SOURCE:
            new.extend(entry_of(text, files, old.get(key(text)), new) for text, files in texts.items())
            say_what_changed(language, old, new)
        path_of(language).parent.mkdir(parents=True, exist_ok=True)
        new.save(str(path_of(language)))
    write_compiled()


def say_what_changed(language: str, old: dict[Key, polib.POEntry], new: polib.POFile) -> None:
    """Tell what awaits a translation, and which translations went with their text."""
    there = {key_of(entry) for entry in new}
    for entry in new:
        if not translated(entry):
            sys.stdout.write(f"{language}: to translate: {entry.msgid}\n")
    for gone in sorted(old.keys() - there):
        sys.stdout.write(f"{language}: gone: {old[gone].msgid} = {old[gone].msgstr or old[gone].msgstr_plural}\n")


Key = tuple[str, str]


def key(text: Text) -> Key:
    """Tell texts apart as gettext does."""
    return text.context or "", text.singular


def key_of(entry: polib.POEntry) -> Key:
    """Tell entries apart in the same way."""
    return entry.msgctxt or "", entry.msgid


def entry_of(text: Text, files: list[str], old: polib.POEntry | None, into: polib.POFile) -> polib.POEntry:
    """Make the entry of a text, with the translation it already has."""
    entry = polib.POEntry(
        msgctxt=text.context,
        msgid=text.singular,
        occurrences=[(file, "") for file in files],
        flags=[*(["python-format"] if is_format(text.singular) else [])],
        tcomment=old.tcomment if old else "",
    )
    if old and old.fuzzy:
        entry.flags.append("fuzzy")
    if text.plural is None:
        entry.msgstr = (old.msgstr or old.msgstr_plural.get(0, "")) if old else ""
        return entry
    entry.msgid_plural = text.plural
    known = old.msgstr_plural if old else {}
    forms = range(forms_of(into))
    entry.msgstr_plural = {form: known.get(form, old.msgstr if old else "") for form in forms}
    return entry


def empty(language: str) -> polib.POFile:
    """Begin a catalogue: the head of a file that says nothing of when and where it was made."""
    new = polib.POFile(wrapwidth=0)
    new.metadata = {
        "Project-Id-Version": "onnuri",
        "Language": folder_of(language),
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS.get(language, TWO_FORMS),
    }
    return new


def write_compiled() -> None:
    """Write the compiled twin of every catalogue."""
    for language in languages_there():
        path_of(language).with_suffix(".mo").write_bytes(compiled(catalogue(language)))


def compiled(entries: polib.POFile) -> bytes:
    """Turn a catalogue into what Django reads; the same bytes on every machine."""
    return bytes(entries.to_binary())


# --- checking


def problems(language: str) -> Iterator[str]:
    """Name everything that keeps a language from being complete and fresh."""
    if not path_of(language).exists():
        yield f"{language}: no catalogue; begin one with: tools/messages.py extract {language}"
        return
    entries = catalogue(language)
    if language != SOURCE:
        yield from missing(language, entries)
        for entry in entries:
            yield from (f"{language}: {what}: {entry.msgid}" for what in flaws(entry, entries))
    binary = path_of(language).with_suffix(".mo")
    if not binary.exists() or binary.read_bytes() != compiled(entries):
        yield f"{language}: stale: {binary.name}; run tools/messages.py compile"


def missing(language: str, entries: polib.POFile) -> Iterator[str]:
    """Name the texts that have no entry, and the entries that have no text."""
    texts = collected()
    plurals = {key(text): text.plural for text in texts}
    there = {key_of(entry): entry for entry in entries if not entry.obsolete}
    yield from (f"{language}: not in the catalogue: {text}" for _, text in sorted(plurals.keys() - there.keys()))
    for entry in entries:
        if entry.obsolete or key_of(entry) not in plurals:
            yield f"{language}: obsolete: {entry.msgid}"
        elif (plurals[key_of(entry)] or "") != (entry.msgid_plural or ""):
            yield f"{language}: another plural in the source: {entry.msgid}"


def flaws(entry: polib.POEntry, entries: polib.POFile) -> Iterator[str]:
    """Say what is wrong with one translation."""
    if entry.fuzzy:
        yield "fuzzy"
    if not translated(entry) or (entry.msgid_plural and len(entry.msgstr_plural) != forms_of(entries)):
        yield "not translated"
        return
    for said in said_in(entry):
        if set(PLACEHOLDER.findall(said)) != set(PLACEHOLDER.findall(entry.msgid)):
            yield "placeholders differ"
        if Counter(ELEMENT.findall(said)) != Counter(ELEMENT.findall(entry.msgid)):
            yield "elements differ"
        if is_format(entry.msgid) and "%" in PERCENT.sub("", said):
            yield "a lone % (write %%)"


def mixed_plurals(texts: Texts) -> Iterator[str]:
    """Name texts said here with a plural and there without: gettext knows only one of the two.

    >>> list(mixed_plurals({Text(None, "둘", None): [], Text(None, "둘", "둘"): []}))
    ['with and without plural: 둘']
    """
    counted = Counter(key(text) for text in texts)
    yield from (f"with and without plural: {text}" for (_, text), times in counted.items() if times > 1)


def translated(entry: polib.POEntry) -> bool:
    """Whether every form is there."""
    return all(said_in(entry))


def said_in(entry: polib.POEntry) -> list[str]:
    """List all forms of a translation."""
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def is_format(text: str) -> bool:
    """Whether Python's % fills this text.

    >>> is_format("%(n)s명"), is_format("{n}자")
    (True, False)
    """
    return PERCENT.search(text) is not None


# --- languages


def languages_shown() -> list[str]:
    """Read the languages a reader may choose from the settings, without starting Django."""
    for node in ast.parse(SETTINGS.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "LANGUAGES":
            return [code for code, _name in ast.literal_eval(node.value)]
    raise LookupError("settings.py names no LANGUAGES")


def languages_there() -> list[str]:
    """List the languages that have a catalogue, shown or not yet."""
    found = LOCALE.glob("*/LC_MESSAGES/django.po")
    return sorted(path.parent.parent.name.lower().replace("_", "-") for path in found)


def folder_of(language: str) -> str:
    """Name a language as Django's folders do.

    >>> folder_of("zh-hans"), folder_of("en")
    ('zh_Hans', 'en')
    """
    main_part, _, rest = language.partition("-")
    return f"{main_part}_{rest.title()}" if rest else main_part


def path_of(language: str) -> Path:
    """Find the catalogue of a language."""
    return LOCALE / folder_of(language) / "LC_MESSAGES" / "django.po"


def catalogue(language: str) -> polib.POFile:
    """Read a catalogue; one that is not there yet is empty."""
    path = path_of(language)
    return polib.pofile(str(path), wrapwidth=0) if path.exists() else empty(language)


def forms_of(entries: polib.POFile) -> int:
    """Count the plural forms a catalogue declares."""
    return int(re.search(r"nplurals=(\d+)", entries.metadata["Plural-Forms"])[1])  # type: ignore[index]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
