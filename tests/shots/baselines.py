"""What the pictures looked like when somebody last agreed with them: kept small, compared pixel by pixel.

A screen keeps its whole picture, in few colours. A state keeps only the part in which it differs from the picture of
another scene, its base, which is named in the file. How far the few colours are off stands there too, and a new picture
may be off by as much.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtCore import QPoint, QRect, Qt, qVersion
from PySide6.QtGui import QImage, QPainter

FOLDER: Final = Path(__file__).parent / "baselines"
COLOURS: Final = 64
TOLERANCE: Final = 0.001
"""The share of pixels that may differ."""
_STEP: Final = 10
"""How far a channel (of 255) may be off, beyond what the few colours are, before a pixel counts as another."""
_APART: Final = 6
"""How far two of the few colours are apart at least, in some channel."""
_QUANTISED: Final = Qt.ImageConversionFlag.AvoidDither | Qt.ImageConversionFlag.ThresholdDither


class Kept(NamedTuple):
    """A baseline: the part `box` of a picture; outside of it the picture is that of the scene `base`."""

    image: QImage
    box: QRect
    base: str
    qt: str
    error: int
    """How far a channel is off at most, as the picture is kept in few colours."""


def qt_minor() -> str:
    """'6.11': pictures of another minor version of Qt may differ in every letter."""
    return ".".join(qVersion().split(".")[:2])


def file_of(name: str, folder: Path = FOLDER) -> Path:
    """Where the baseline of a picture lies."""
    return folder / f"{name}.png"


def keep(name: str, picture: QImage, bases: dict[str, QImage], folder: Path = FOLDER) -> None:
    """Makes `picture` the baseline: whole, or what differs from the base that it is most alike, by name."""
    whole = picture.rect()
    parts = {base: box_of_difference(picture, image) for base, image in bases.items() if image.rect() == whole}
    base = min(parts, key=lambda each: parts[each].width() * parts[each].height(), default="")
    box = parts[base] if base else whole
    if box.width() * box.height() > 0.8 * whole.width() * whole.height():
        base, box = "", whole
    box = box if not box.isEmpty() else QRect(0, 0, 1, 1)
    part = picture.copy(box)
    part.setDevicePixelRatio(1.0)
    kept = part.convertToFormat(QImage.Format.Format_Indexed8, _commonest(part), _QUANTISED)
    error = max(_apart(part, kept))
    for key, value in (("base", base), ("x", box.x()), ("y", box.y()), ("Qt", qt_minor()), ("error", error)):
        kept.setText(key, str(value))
    folder.mkdir(parents=True, exist_ok=True)
    kept.save(str(file_of(name, folder)), "PNG", 0)  # type: ignore[call-overload]


def read(name: str, folder: Path = FOLDER) -> Kept | None:
    """The baseline of a picture; None where there is none."""
    image = QImage(str(file_of(name, folder)))
    if image.isNull():
        return None
    corner = QPoint(int(image.text("x")), int(image.text("y")))
    return Kept(image, QRect(corner, image.size()), image.text("base"), image.text("Qt"), int(image.text("error")))


def difference(picture: QImage, kept: Kept, bases: dict[str, QImage]) -> float:
    """The share of pixels that are not as they were, 0 to 1. Another size is another picture: 1."""
    whole = picture.rect()
    if not whole.contains(kept.box) or (not kept.base and whole != kept.box):
        return 1.0
    part = picture.copy(kept.box)
    part.setDevicePixelRatio(1.0)
    changed = _count(part, kept.image, kept.error + _STEP)
    if kept.base:
        base = bases.get(kept.base)
        if base is None or base.rect() != whole:
            return 1.0
        changed += _count(_without(picture, kept.box), _without(base, kept.box), _STEP)
    return changed / (whole.width() * whole.height())


def beside(picture: QImage, kept: Kept) -> QImage:
    """What was and what is, side by side, for somebody to look at."""
    now = picture.copy(kept.box) if picture.rect().contains(kept.box) else picture.copy()
    now.setDevicePixelRatio(1.0)
    size = kept.image.size()
    both = QImage(size.width() + now.width() + 8, max(size.height(), now.height()), QImage.Format.Format_RGB32)
    both.fill(Qt.GlobalColor.magenta)
    painter = QPainter(both)
    painter.drawImage(0, 0, kept.image)
    painter.drawImage(size.width() + 8, 0, now)
    painter.end()
    return both


def box_of_difference(one: QImage, other: QImage) -> QRect:
    """The smallest box that holds every pixel in which two pictures of one size differ."""
    differing, rows = 0, []
    for y in range(one.height()):
        mine, theirs = _line(one, y), _line(other, y)
        if mine != theirs:
            rows.append(y)
            differing |= int.from_bytes(mine, "little") ^ int.from_bytes(theirs, "little")
    if not rows:
        return QRect()
    left = ((differing & -differing).bit_length() - 1) // 32
    right = (differing.bit_length() - 1) // 32
    return QRect(QPoint(left, rows[0]), QPoint(right, rows[-1]))


def _line(image: QImage, y: int) -> memoryview:
    return _bytes(image)[y * image.bytesPerLine() : y * image.bytesPerLine() + image.width() * 4]


def _bytes(image: QImage) -> memoryview:
    seen: memoryview = image.constBits()  # type: ignore[assignment]  # the stubs call it bytes
    return seen


def _commonest(image: QImage) -> list[int]:
    """The commonest colours that are well apart."""
    pixels = image.convertToFormat(QImage.Format.Format_RGB32)
    seen = Counter(_bytes(pixels).cast("I"))
    chosen: list[int] = []
    for colour, _ in sorted(seen.items(), key=lambda each: (-each[1], each[0])):
        if all(_far(colour, other) for other in chosen):
            chosen.append(colour)
            if len(chosen) == COLOURS:
                break
    return chosen


def _far(one: int, other: int) -> bool:
    return any(abs((one >> shift & 255) - (other >> shift & 255)) > _APART for shift in (0, 8, 16))


def _without(image: QImage, box: QRect) -> QImage:
    left = image.copy()
    left.setDevicePixelRatio(1.0)
    painter = QPainter(left)
    painter.fillRect(box, Qt.GlobalColor.black)
    painter.end()
    return left


def _count(one: QImage, other: QImage, step: int) -> int:
    """How many pixels differ by more than `step` in a channel."""
    far = bytes(int(value > step) for value in range(256))
    blue, green, red = (int.from_bytes(channel.translate(far), "little") for channel in _channels(one, other))
    return (blue | green | red).bit_count()


def _apart(one: QImage, other: QImage) -> tuple[int, ...]:
    """How far each channel is off at most."""
    return tuple(max(channel) for channel in _channels(one, other))


def _channels(one: QImage, other: QImage) -> tuple[bytes, bytes, bytes]:
    """How far blue, green and red of two pictures are apart, pixel by pixel."""
    apart = one.convertToFormat(QImage.Format.Format_RGB32)
    painter = QPainter(apart)
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Difference)
    painter.drawImage(0, 0, other.convertToFormat(QImage.Format.Format_RGB32))
    painter.end()
    pixels = bytes(_bytes(apart))
    return pixels[0::4], pixels[1::4], pixels[2::4]
