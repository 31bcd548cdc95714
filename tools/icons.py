"""Draw the icons of the installable page from the mark: nine points on a ring, as in icon.svg."""

import struct
import sys
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

ICONS = Path(__file__).resolve().parent.parent / "src" / "onnuri" / "web" / "static" / "icons"
INK = (0x1F, 0x4E, 0x8C)
PAPER = (0xFB, 0xFA, 0xF7)
GRID, RING, POINT, POINTS = 28.0, 10.5, 2.5, 9
SAFE = 0.72
"""A launcher may cut a maskable icon to a circle of 80 % of its width."""
FINER = 4
"""Each pixel is the mean of so many by so many."""

WANTED = {
    "icon-192.png": (192, 1.0, False),
    "icon-512.png": (512, 1.0, False),
    "icon-maskable-512.png": (512, SAFE, True),
}


def main() -> int:
    """Write all of them."""
    ICONS.mkdir(exist_ok=True)
    for name, (size, scale, filled) in WANTED.items():
        (ICONS / name).write_bytes(png(drawn(size, scale, filled=filled)))
    return 0


def drawn(size: int, scale: float, *, filled: bool) -> NDArray[np.uint8]:
    """Draw it as size x size x (red, green, blue, cover); `filled` puts paper behind it."""
    fine = size * FINER
    at = ((np.arange(fine) + 0.5) / fine * GRID - GRID / 2) / scale
    inside = np.zeros((fine, fine), dtype=bool)
    for turn in np.arange(POINTS) / POINTS * 2 * np.pi:
        across, down = at[None, :] - RING * np.cos(turn), at[:, None] - RING * np.sin(turn)
        inside |= across**2 + down**2 <= POINT**2
    cover = inside.reshape(size, FINER, size, FINER).mean(axis=(1, 3))[..., None]
    colour = np.array(INK) * cover + np.array(PAPER) * (1 - cover) if filled else np.array(INK) + 0 * cover
    alpha = np.ones_like(cover) if filled else cover
    return np.concatenate([colour, alpha * 255], axis=2).round().astype(np.uint8)


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Write eight bits a channel, each row without a filter."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">2I5B", width, height, 8, 6, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts
    )


if __name__ == "__main__":
    sys.exit(main())
