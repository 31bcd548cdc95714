"""Compute the mean vector of each language, from sentences written for it; wants the extra `semantic`."""

import json
import sys
from pathlib import Path

from onnuri.conversation.embedding import embedder

HERE = Path(__file__).resolve().parent
TARGET = HERE.parent / "src" / "onnuri" / "conversation" / "language_means.json"


def main() -> int:
    """Write them beside the model's id; 1 where there is no model."""
    model = embedder()
    if model is None:
        print("install onnuri[semantic] first")
        return 1
    written = json.loads((HERE / "language_means.json").read_text("utf-8"))
    means = {
        lang: [round(float(x), 5) for x in model.encode(sentences(written, lang)).mean(axis=0)]
        for lang in written["frames"]
    }
    TARGET.write_text(json.dumps({"model": model.id, "means": means}) + "\n", "utf-8")
    return 0


def sentences(written: dict, lang: str) -> list[str]:
    """Every thing in every frame."""
    return [frame.format(thing) for thing in written["things"][lang] for frame in written["frames"][lang]]


if __name__ == "__main__":
    sys.exit(main())
