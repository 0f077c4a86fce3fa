"""What a process really did to the files of a folder, as strace saw it: writes, barriers, marks between them."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

CALLS: Final = (
    "openat,close,lseek,write,pwrite64,pwritev,writev,sendfile,ftruncate,truncate,fallocate,fsync,fdatasync,"
    "rename,renameat,renameat2,unlink,unlinkat,link,linkat,mkdir"
)
UNSEEN: Final = ("-shm",)
"""Ends of names that no power cut has to spare: SQLite makes the file anew at each start."""


@dataclass(frozen=True, slots=True)
class Wrote:
    """Bytes at an offset of a file; a file is a number, since its name may change."""

    file: int
    at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """A file's new length."""

    file: int
    size: int


@dataclass(frozen=True, slots=True)
class Synced:
    """All that was written to a file before this is on the disk; with None the names in a `folder` are."""

    file: int | None
    folder: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """A name now leads to a file (made or renamed), or with None to nothing. `was` is the name it had before.

    Names are paths below the watched folder. On the disk as soon as one of the folders that it changes is synced.
    """

    name: str
    file: int | None
    was: str | None = None

    @property
    def folders(self) -> set[str]:
        """Where it changes something."""
        return {each.rpartition("/")[0] for each in (self.name, self.was) if each is not None}


@dataclass(frozen=True, slots=True)
class Marked:
    """What the process said about itself at this moment."""

    said: dict[str, Any]


Event: TypeAlias = Wrote | Cut | Synced | Named | Marked


def why_not() -> str | None:
    """Why no process can be watched here; None where one can."""
    if shutil.which("strace") is None:
        return "strace is not installed"
    tried = subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    return None if tried.returncode == 0 else f"strace may not watch processes here: {tried.stderr.strip()[:200]}"


def watch(command: Sequence[str], trace: Path, cwd: Path) -> None:
    """Runs a command to its end under strace. Raises RuntimeError with its words if it fails."""
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-y", "-xx", "-s", "99999999", "-e", f"trace={CALLS}"]
    done = subprocess.run(
        [*strace, "-o", str(trace), *command], cwd=cwd, capture_output=True, text=True, check=False, timeout=300
    )
    if done.returncode:
        raise RuntimeError(f"the scenario failed: {done.stderr[-3000:]}")


class Recording:
    """Reads a trace: what happened in `folder`, and what was written to the file `marks` outside of it."""

    def __init__(self, folder: Path, marks: Path, before: Mapping[str, bytes]) -> None:
        """`before` is what the folder held when it began, by name."""
        self.folder, self.marks = str(folder), str(marks)
        self.files: dict[str, int] = {name: number for number, name in enumerate(before)}
        self._live = [bytearray(content) for content in before.values()]
        self._open: dict[int, int | str] = {}
        self._at: dict[int, int | None] = {}
        """Where each descriptor writes next; None at the end of its file."""
        self._said = b""

    def read(self, trace: Path) -> Iterator[Event]:
        """Every event in its order. Raises ValueError at a call that it can't follow."""
        with trace.open(encoding="ascii") as lines:
            for line in lines:
                if " exited with " in line or line.split(" ", 1)[-1].lstrip().startswith(("---", "+++")):
                    continue
                if "<unfinished" in line or " resumed>" in line:
                    raise ValueError("two threads at once: the order of their calls is not told")
                call = re.match(r"\d+ +(\w+)\((.*)\) += (-?\d+)", line)
                if call is None:
                    raise ValueError(line[:200])
                name, arguments, answer = call[1], call[2], int(call[3])
                if answer >= 0:
                    yield from self._event(name, arguments, answer)

    def _event(self, name: str, arguments: str, answer: int) -> Iterator[Event]:
        match name:
            case "openat":
                yield from self._opened(arguments, answer)
            case "close":
                self._open.pop(_number(arguments), None)
            case "lseek":
                self._at[_number(arguments)] = answer
            case "write" | "pwrite64":
                yield from self._wrote(name, arguments, answer)
            case "sendfile":
                yield from self._copied(arguments, answer)
            case "ftruncate":
                kept = self._open.get(_number(arguments))
                if isinstance(kept, int):
                    yield self._cut(kept, int(arguments.rpartition(", ")[2]))
            case "fsync" | "fdatasync":
                kept = self._open.get(_number(arguments))
                if isinstance(kept, int):
                    yield Synced(kept)
                elif kept is not None and kept != self.marks:
                    yield Synced(None, kept.removeprefix(self.folder).removeprefix("/"))
            case "rename" | "unlink":
                yield from self._renamed([_text(each) for each in re.findall(r'"((?:\\x..)*)"', arguments)])
            case "mkdir":
                pass  # folders come with what is in them
            case _ if "".join(f"\\x{each:02x}" for each in self.folder.encode()) in arguments:
                raise ValueError(f"{name} is not followed")

    def _opened(self, arguments: str, descriptor: int) -> Iterator[Event]:
        path, flags = _text(arguments.split('"')[1]), arguments.rpartition('", ')[2]
        self._open.pop(descriptor, None)
        name = self._inside(path)
        if path in (self.folder, self.marks) or (
            name is not None and name not in self.files and "O_CREAT" not in flags
        ):
            self._open[descriptor] = path
            return
        if name is None:
            return
        if name not in self.files:
            self.files[name] = len(self._live)
            self._live.append(bytearray())
            yield Named(name, self.files[name])
        elif "O_TRUNC" in flags:
            yield self._cut(self.files[name], 0)
        self._open[descriptor] = self.files[name]
        self._at[descriptor] = None if "O_APPEND" in flags else 0

    def _wrote(self, name: str, arguments: str, length: int) -> Iterator[Event]:
        descriptor = _number(arguments)
        kept = self._open.get(descriptor)
        if kept is None:
            return
        _, text, rest = arguments.split('"')
        data = _bytes(text)[:length]
        if isinstance(kept, str):
            self._said += data
            *whole, self._said = self._said.split(b"\n")
            yield from (Marked(json.loads(each)) for each in whole)
        elif name == "pwrite64":
            yield self._put(kept, int(rest.rpartition(", ")[2]), data)
        else:
            yield self._append(descriptor, kept, data)

    def _copied(self, arguments: str, length: int) -> Iterator[Event]:
        """A copy made within the kernel: its bytes are those of the other file."""
        out, source, start = re.match(r"(\d+).*?, (\d+).*?, \[(\d+)\]", arguments).groups()  # type: ignore[union-attr]
        target, origin = self._open.get(int(out)), self._open.get(int(source))
        if isinstance(target, int) and length:
            assert isinstance(origin, int), "copied from elsewhere"
            yield self._append(int(out), target, bytes(self._live[origin][int(start) : int(start) + length]))

    def _append(self, descriptor: int, file: int, data: bytes) -> Wrote:
        at = self._at[descriptor]
        if at is not None:
            self._at[descriptor] = at + len(data)
        return self._put(file, len(self._live[file]) if at is None else at, data)

    def _put(self, file: int, at: int, data: bytes) -> Wrote:
        put(self._live[file], at, data)
        return Wrote(file, at, data)

    def _cut(self, file: int, size: int) -> Cut:
        cut(self._live[file], size)
        return Cut(file, size)

    def _renamed(self, paths: list[str]) -> Iterator[Event]:
        was, became = self._inside(paths[0]), self._inside(paths[-1])
        if was is None and became is None:
            return
        assert was is not None
        assert became is not None, "moved out of the folder"
        file = self.files.pop(was)
        if len(paths) == 1:
            yield Named(was, None)
        else:
            self.files[became] = file
            yield Named(became, file, was)

    def _inside(self, path: str) -> str | None:
        inside = path.startswith(f"{self.folder}/") and not path.endswith(UNSEEN)
        return path[len(self.folder) + 1 :] if inside else None


def put(content: bytearray, at: int, data: bytes) -> None:
    """Writes as a disk does: what lies between the old end and the new bytes is zeros."""
    if at > len(content):
        content.extend(bytes(at - len(content)))
    content[at : at + len(data)] = data


def cut(content: bytearray, size: int) -> None:
    """Shortens, or lengthens with zeros."""
    del content[size:]
    content.extend(bytes(size - len(content)))


def _number(arguments: str) -> int:
    return int(re.match(r"\d+", arguments)[0])  # type: ignore[index]


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


def _text(text: str) -> str:
    return _bytes(text).decode()
