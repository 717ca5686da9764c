"""TTML (.ttml, .dfxp, .xml): captions as XML, timed by clock, frames or ticks (https://www.w3.org/TR/ttml1/ §10).

Read as a stream by defusedxml, which refuses entities: no tree is built of what a stranger sent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from modules.pipeline.languages import language_code
from modules.pipeline.types import PipelineError

from .markup import CONTROL, one_line
from .shown import MAX_SHOWN, NO_END, Content, Shown, with_ends

MAX_DEPTH = 50
_HEAD = 5_000  # characters in which the root element begins
_ROOT = re.compile(r"<(?:[A-Za-z][\w-]{0,20}:)?tt[\s>]")
_CLOCK = re.compile(r"([0-9]{2,4}):([0-9]{2}):([0-9]{2})(?:(\.[0-9]{1,9})|:([0-9]{2,4})(?:\.([0-9]{1,3}))?)?")
_OFFSET = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,9})?)(h|m|s|ms|f|t)")
_UNITS = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
_HIGHEST_RATE = 1e12
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def is_ttml(text: str) -> bool:
    """Whether the root element is TTML's, in whatever of its namespaces."""
    return text.startswith("<") and bool(_ROOT.search(text[:_HEAD]))


def read_ttml(text: str) -> Content:
    """The captions as they stand in the file; of several languages, the one that says most."""
    reader = _Reader()
    parser = DefusedXMLParser(target=reader)
    try:
        parser.feed(CONTROL.sub("", text))
        parser.close()
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise PipelineError("captions_unreadable") from error
    languages = Counter(language for language, _ in reader.shown)
    main = languages.most_common(1)[0][0] if languages else ""
    shown = with_ends([caption for language, caption in reader.shown if language == main])
    return Content([caption for caption in shown if caption.start < caption.end], language_code(main))


@dataclass(frozen=True)
class _Clock:
    """How times are counted. rate: frames in a second as times write them; effective: as they pass."""

    rate: float = 30.0
    effective: float = 30.0
    sub_frames: float = 1.0
    ticks: float = 1.0
    counts_frames: bool = False
    dropped: str = ""

    @classmethod
    def of(cls, attributes: Mapping[str, str]) -> _Clock:
        """By the parameters of the root element, their namespace left out. Raises ValueError for odd ones."""
        rate = float(attributes.get("frameRate", 30))
        over, _, under = attributes.get("frameRateMultiplier", "1 1").replace(":", " ").partition(" ")
        sub_frames, divisor = float(attributes.get("subFrameRate", 1)), float(under or 1)
        effective = rate * float(over) / divisor if divisor else 0.0
        ticks = float(attributes.get("tickRate", effective * sub_frames if "frameRate" in attributes else 1))
        if not all(0 < one < _HIGHEST_RATE for one in (rate, effective, sub_frames, ticks)):
            raise ValueError("no such rate")
        smpte = attributes.get("timeBase") == "smpte"
        return cls(rate, effective, sub_frames, ticks, smpte, attributes.get("dropMode", "") if smpte else "")

    def seconds(self, said: str) -> float | None:
        """A time expression in seconds; None for what is none."""
        if offset := _OFFSET.fullmatch(said.strip()):
            unit = {"f": 1 / self.effective, "t": 1 / self.ticks}.get(offset[2]) or _UNITS[offset[2]]
            return float(offset[1]) * unit
        if not (clock := _CLOCK.fullmatch(said.strip())):
            return None
        hours, minutes, seconds = int(clock[1]), int(clock[2]), int(clock[3])
        frames = float(clock[5] or 0) + float(clock[6] or 0) / self.sub_frames
        whole = hours * 3600 + minutes * 60 + seconds
        if not self.counts_frames:
            return whole + float(clock[4] or 0) + frames / self.effective
        passed = whole * self.rate - self._dropped(hours, minutes) + frames
        return passed / self.effective + float(clock[4] or 0)

    def _dropped(self, hours: int, minutes: int) -> int:
        """Frame numbers that were left out, so that the count follows the clock (§6.2.3)."""
        if self.dropped == "dropNTSC":
            return (hours * 54 + minutes - minutes // 10) * 2
        if self.dropped == "dropPAL":
            return (hours * 27 + minutes // 2 - minutes // 20) * 4
        return 0


@dataclass
class _Element:
    """An open element. start, end: seconds from the beginning; following: where the next child in a row begins.

    timed: it, or what is around it, says a time.
    """

    name: str
    start: float = 0.0
    end: float = NO_END
    in_row: bool = False
    following: float = 0.0
    language: str = ""
    timed: bool = False


@dataclass
class _Reader:
    """What the parser tells its events. shown: (language, caption) in order."""

    shown: list[tuple[str, Shown]] = field(default_factory=list)
    clock: _Clock = _Clock()
    open: list[_Element] = field(default_factory=list)
    runs: list[tuple[float, float, str]] = field(default_factory=list)

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins. Raises ValueError for one that is nested too deep."""
        if len(self.open) >= MAX_DEPTH:
            raise ValueError("nested too deep")
        plain = {name.rpartition("}")[2]: value for name, value in attributes.items()}
        if not self.open:
            self.clock = _Clock.of(plain)
        parent = self.open[-1] if self.open else _Element("")
        element = self._timed(tag.rpartition("}")[2], plain, parent)
        element.language = attributes.get(_LANGUAGE, parent.language)
        self.open.append(element)
        if element.name == "br":
            self.runs.append((parent.start, parent.end, "\n"))

    def data(self, text: str) -> None:
        """Text of the element that is open: what stands in a paragraph is shown, but for its metadata."""
        names = [element.name for element in self.open]
        if "p" in names and names[-1] in ("p", "span") and self.open[-1].timed:
            self.runs.append((self.open[-1].start, self.open[-1].end, text.replace("\n", " ")))

    def end(self, tag: str) -> None:
        """An element ends. The texts of a paragraph that are shown together are one caption.

        Raises ValueError when there are too many.
        """
        element = self.open.pop()
        if self.open:
            self.open[-1].following = element.end if element.end < NO_END else element.start
        if element.name != "p":
            return
        together: dict[tuple[float, float], list[str]] = {}
        for start, end, text in self.runs:
            together.setdefault((start, end), []).append(text)
        for (start, end), texts in together.items():
            if lines := [line for line in map(one_line, "".join(texts).split("\n")) if line.strip()]:
                self.shown.append((element.language, Shown(round(start, 3), round(end, 3), lines)))
        self.runs.clear()
        if len(self.shown) > MAX_SHOWN:
            raise ValueError("too many captions")

    def close(self) -> None:
        """The file is over."""

    def _timed(self, name: str, attributes: Mapping[str, str], parent: _Element) -> _Element:
        """Times count from the beginning of the parent, or from the end of the element before in a row (§10.3)."""
        said = {one: self.clock.seconds(attributes[one]) for one in ("begin", "end", "dur") if one in attributes}
        origin = parent.following if parent.in_row else parent.start
        start = origin + (said.get("begin") or 0.0)
        ends = [parent.end]
        if (end := said.get("end")) is not None:
            ends.append(origin + end)
        if (lasts := said.get("dur")) is not None:
            ends.append(start + lasts)
        if None in said.values():
            # A time that cannot be read: nobody knows when this is shown.
            ends.append(start)
        in_row = attributes.get("timeContainer") == "seq"
        return _Element(name, start, min(ends), in_row, following=start, timed=bool(said) or parent.timed)
