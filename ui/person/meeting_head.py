"""The head of a page that prepares a meeting: what and when, who attends, what was not spoken of yet."""

from __future__ import annotations

from ui.person.meeting_look import MeetingLook
from ui.widgets.strip import Strip
from ui.widgets.text_block import Span


class MeetingHead(Strip):
    """A strip of up to four lines in blue."""

    def set_meeting(self, look: MeetingLook) -> None:
        """Shows a meeting."""
        self._tone, self._icon = "info", "video"
        spans = [Span(look.title, "strong", "accent_text"), Span(f" · {look.when}", "body", "accent_text")]
        if look.people:
            spans.append(Span(f"\n{look.people}", "body", "text"))
        if look.topics:
            spans.append(Span(f"\n{look.topics}", "body", "text2"))
        self._spans = tuple(spans)
        self.setAccessibleName(look.spoken)
        self._refresh()
