"""What no line may do with text: let Qt guess its format, start a shell, or run what it reads (S-27, S-31)."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
LABEL: Final = "ui/widgets/label.py"
"""The one QLabel: it says PlainText to itself."""

TRAY: Final = "ui/reminders/tray.py"
"""The one place that gives the desktop text: it takes out what could be markup, and counts rather than names."""

FIXED: Final = ("ui/warm.py", "ui/theme/system_motion.py")
"""Modules that are imported by the names that the file lists; the desktop's own settings, asked with fixed words."""

RICH_CLASSES: Final = {
    "QLabel",
    "QTextEdit",
    "QTextBrowser",
    "QMessageBox",
    "QErrorMessage",
    "QWhatsThis",
    "QWebEngineView",
}
RICH_CALLS: Final = {
    "setHtml",
    "setMarkdown",
    "insertHtml",
    "appendHtml",
    "setWhatsThis",
    "setStatusTip",
    "showMessage",
    "setOpenExternalLinks",
    "mightBeRichText",
    "setInformativeText",
    "setDetailedText",
}
"""Calls that take markup for markup, or whose widget does; none of them is needed here."""
SHELLS: Final = {
    "os.system",
    "os.popen",
    "os.startfile",
    "subprocess.getoutput",
    "subprocess.getstatusoutput",
    "pty.spawn",
    "eval",
    "exec",
    "compile",
    "__import__",
    "importlib.import_module",
    "runpy.run_path",
    "pickle.load",
    "pickle.loads",
    "marshal.loads",
    "shelve.open",
    "yaml.load",
    "ctypes.CDLL",
}


def sources(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    """Each file of the program, parsed."""
    for folder in folders:
        for file in sorted((ROOT / folder).rglob("*.py")):
            yield str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))


def name_of(node: ast.expr) -> str:
    """'os.system' of such an expression; '' of any other."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = name_of(node.value)
        return f"{before}.{node.attr}" if before else node.attr
    return ""


def is_plain(node: ast.expr) -> bool:
    """Whether a tooltip is empty, or went through the one function that escapes."""
    if isinstance(node, ast.Constant):
        return node.value == ""
    if isinstance(node, ast.IfExp):
        return is_plain(node.body) and is_plain(node.orelse)
    return isinstance(node, ast.Call) and name_of(node.func) == "tooltip_of"


def formats_found(file: str, tree: ast.Module) -> list[str]:
    """Where text might be taken for markup."""
    found = []
    for node in ast.walk(tree):
        where = f"{file}:{getattr(node, 'lineno', 0)}"
        if isinstance(node, ast.ClassDef):
            found += [f"{where} subclass of {name_of(base)}" for base in node.bases if name_of(base) in RICH_CLASSES]
        if not isinstance(node, ast.Call):
            continue
        called = name_of(node.func)
        last = called.rpartition(".")[2]
        if RICH_CLASSES & set(called.split(".")) or last in RICH_CALLS:
            found.append(f"{where} {called}")
        told = node.args[0] if last == "setToolTip" else node.args[1] if called.endswith("QToolTip.showText") else None
        if told is not None and not is_plain(told):
            found.append(f"{where} a tooltip that was not escaped")
        if last == "setTextFormat" and "PlainText" not in ast.unparse(node.args[0]):
            found.append(f"{where} a label that is not plain")
    return found


def shells_found(file: str, tree: ast.Module) -> list[str]:
    """Where something is started or run that was data."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = name_of(node.func)
        shell = any(word.arg == "shell" and not _is_false(word.value) for word in node.keywords)
        started = called.startswith(("subprocess.", "os.exec", "os.spawn", "os.posix_spawn")) or "QProcess" in called
        fixed = called == "importlib.import_module" and isinstance(node.args[0], ast.Constant)
        if shell or started or (called in SHELLS and not fixed):
            found.append(f"{file}:{node.lineno} {called}")
    return found


def _is_false(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is False


def test_no_widget_is_left_to_guess_whether_a_text_is_markup() -> None:
    found = [each for file, tree in sources("ui") for each in formats_found(file, tree)]

    assert [each for each in found if not each.startswith((LABEL, TRAY))] == []
    assert len([each for each in found if each.startswith(LABEL)]) == 1, "the one plain label is gone, or there are two"
    assert len([each for each in found if each.startswith(TRAY)]) == 2, (
        "the tray says more than one message and a count"
    )


def test_nothing_starts_a_program_or_runs_what_it_read() -> None:
    found = [each for file, tree in sources("ui", "companion") for each in shells_found(file, tree)]

    assert [each for each in found if not each.startswith(FIXED)] == []
    assert len(found) == len(FIXED), "each of them does one such thing"


def test_links_leave_through_one_door() -> None:
    doors = [
        file
        for file, tree in sources("ui", "companion")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and name_of(node.func).rpartition(".")[2] in ("openUrl", "open_new_tab", "webbrowser")
    ]

    assert doors == ["ui/links.py"]


def test_titles_hold_no_contents() -> None:
    """A title stands in the task bar, in the switcher, and on a screen that is shared or locked (S-47)."""
    titles = {
        ast.unparse(node.args[0])
        for _, tree in sources("ui")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and name_of(node.func).endswith(("setWindowTitle", "setWindowFilePath"))
    }

    # `title` is that of a failed sign-out, in words of ours.
    assert titles <= {"'Companion'", "self.tr('Quick log')", "f'Companion · {title}'"}


@pytest.mark.parametrize(
    "code",
    [
        "QLabel(name)",
        "QtWidgets.QLabel('x')",
        "class X(QTextBrowser): ...",
        "w.setToolTip(name)",
        "w.setToolTip(f'{name}')",
        "w.setToolTip(name if a else '')",
        "QToolTip.showText(p, name)",
        "QMessageBox.warning(w, a, b)",
        "d.setHtml(x)",
        "l.setTextFormat(Qt.TextFormat.AutoText)",
        "tray.showMessage(a, b)",
    ],
)
def test_the_lint_sees_what_it_is_there_to_see(code: str) -> None:
    assert formats_found("ui/x.py", ast.parse(code))


@pytest.mark.parametrize("code", ["w.setToolTip('')", "w.setToolTip(tooltip_of(n) if a else '')", "Label(name)"])
def test_the_lint_lets_the_plain_ways_pass(code: str) -> None:
    assert formats_found("ui/x.py", ast.parse(code)) == []


@pytest.mark.parametrize(
    "code",
    ["os.system(x)", "run(x, shell=True)", "subprocess.run([x])", "eval(x)", "pickle.loads(b)", "QProcess.execute(x)"],
)
def test_the_lint_sees_a_shell(code: str) -> None:
    assert shells_found("ui/x.py", ast.parse(code))
