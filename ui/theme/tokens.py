"""The design tokens: every colour, size and radius of the client, and the only place that holds a colour literal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal, NamedTuple

Token = Literal[
    "window",
    "surface",
    "subtle",
    "sunken",
    "hover",
    "selected",
    "selected_inactive",
    "hairline",
    "border",
    "control",
    "text",
    "text2",
    "text3",
    "accent",
    "accent_hover",
    "on_accent",
    "accent_soft",
    "accent_text",
    "warn",
    "warn_soft",
    "warn_dot",
    "bad",
    "bad_soft",
    "good",
    "good_soft",
    "focus",
    "scrim",
    "shadow",
    "track",
    "tag",
    "disc",
    "button",
    "button_hover",
    "button_pressed",
    "nav_selected",
    "accent_pressed",
    "segment",
    "accent_key",
    "toast",
    "toast_key",
    "toast_text",
    "toast_muted",
    "toast_accent",
    "toast_good",
]
"""The name of a colour; the same names in light and dark."""

Tone = Literal["none", "info", "warn", "bad", "good"]
"""What a tinted piece of text says: nothing special, news, time running out, passed or failed, done."""

TypeRole = Literal[
    "hero",
    "page_name",
    "title",
    "name",
    "heading",
    "body",
    "strong",
    "label",
    "meta",
    "meta_label",
    "section",
    "caption",
    "italic",
]
"""A role of type; its size in pixels at 100 % and its weight stand in `TYPE`."""

TONE_TEXT: Final[dict[Tone, Token]] = {
    "none": "text2",
    "info": "accent_text",
    "warn": "warn",
    "bad": "bad",
    "good": "good",
}
TONE_SOFT: Final[dict[Tone, Token]] = {
    "none": "tag",
    "info": "accent_soft",
    "warn": "warn_soft",
    "bad": "bad_soft",
    "good": "good_soft",
}


Colours = Mapping[Token, str]
"""One scheme of colours, as "#RRGGBB"."""


class TypeStyle(NamedTuple):
    """Size in logical pixels at 100 %, weight 100 to 900, tracking in pixels."""

    px: int
    weight: int
    tracking: float = 0.0
    italic: bool = False


LIGHT: Final[Colours] = {
    "window": "#F5F4F1",
    "surface": "#FFFFFF",
    "subtle": "#FAF9F7",
    "sunken": "#EFEDE8",
    "hover": "#F6F5F2",
    "selected": "#E8EFFE",
    "selected_inactive": "#EDEBE6",
    "hairline": "#E6E3DC",
    "border": "#CFCBC2",
    "control": "#8C877D",
    "text": "#1D1C1A",
    "text2": "#56524B",
    "text3": "#6B665D",
    "accent": "#1F56CF",
    "accent_hover": "#1A49B3",
    "on_accent": "#FFFFFF",
    "accent_soft": "#E8EFFE",
    "accent_text": "#1F4FBD",
    "warn": "#8A4B00",
    "warn_soft": "#FDF1DC",
    "warn_dot": "#C27803",
    "bad": "#B0251B",
    "bad_soft": "#FCE9E6",
    "good": "#1A6B42",
    "good_soft": "#E4F3EA",
    "focus": "#1F56CF",
    "scrim": "#1D1C1A",
    "shadow": "#000000",
    "track": "#E6E3DC",
    "tag": "#EFEDE8",
    "disc": "#EFEDE8",
    "button": "#FFFFFF",
    "button_hover": "#F6F5F2",
    "button_pressed": "#EFEDE8",
    "nav_selected": "#FFFFFF",
    "accent_pressed": "#163D97",
    "segment": "#FFFFFF",
    "accent_key": "#4774D8",
    "toast": "#262522",
    "toast_key": "#403F3C",
    "toast_text": "#FFFFFF",
    "toast_muted": "#D6D3CD",
    "toast_accent": "#A9C4FF",
    "toast_good": "#7FD3A3",
}
LIGHT_AVATARS: Final = (
    ("#E3ECFB", "#2A4F94"),
    ("#E6F1E7", "#2C5F3A"),
    ("#F6E9DC", "#7A4716"),
    ("#F3E4EC", "#84325B"),
    ("#E9E5F6", "#553F96"),
    ("#DFF0F1", "#1F5D63"),
    ("#F3EBD6", "#6B5210"),
    ("#EAE8E4", "#4F4B44"),
)

DARK: Final[Colours] = {
    "window": "#191919",
    "surface": "#212122",
    "subtle": "#262627",
    "sunken": "#141414",
    "hover": "#29292A",
    "selected": "#25324D",
    "selected_inactive": "#303031",
    "hairline": "#333334",
    "border": "#4A4A4C",
    "control": "#8E8D8B",
    "text": "#F0EFEC",
    "text2": "#BDBAB4",
    "text3": "#A3A09A",
    "accent": "#7EA6FF",
    "accent_hover": "#97B7FF",
    "on_accent": "#0E1A33",
    "accent_soft": "#25324D",
    "accent_text": "#9DBBFF",
    "warn": "#F0B860",
    "warn_soft": "#3A2E1A",
    "warn_dot": "#E0A33A",
    "bad": "#FF9A8F",
    "bad_soft": "#42241F",
    "good": "#7FD3A3",
    "good_soft": "#1D3528",
    "focus": "#7EA6FF",
    "scrim": "#000000",
    "shadow": "#000000",
    "track": "#4A4A4C",
    "tag": "#303032",
    "disc": "#2C2C2E",
    "button": "#262627",
    "button_hover": "#2F2F30",
    "button_pressed": "#1C1C1D",
    "nav_selected": "#2B2B2D",
    "accent_pressed": "#B3CBFF",
    "segment": "#454548",
    "accent_key": "#6F93E4",
    "toast": "#3A3A3D",
    "toast_key": "#515154",
    "toast_text": "#F0EFEC",
    "toast_muted": "#D6D3CD",
    "toast_accent": "#9DBBFF",
    "toast_good": "#7FD3A3",
}
DARK_AVATARS: Final = (
    ("#26344F", "#A9C4FF"),
    ("#23382A", "#9AD3AC"),
    ("#3F2F20", "#EBB98A"),
    ("#3E2733", "#F0A9C8"),
    ("#322B4A", "#C3B3F7"),
    ("#1F373A", "#93D3D9"),
    ("#3A321C", "#E0C476"),
    ("#363532", "#CFCBC4"),
)

TYPE: Final[dict[TypeRole, TypeStyle]] = {
    "hero": TypeStyle(26, 600, -0.3),
    "page_name": TypeStyle(22, 600, -0.3),
    "title": TypeStyle(20, 600, -0.3),
    "name": TypeStyle(18, 600, -0.3),
    "heading": TypeStyle(15, 600),
    "body": TypeStyle(13, 400),
    "strong": TypeStyle(13, 600),
    "label": TypeStyle(13, 500),
    "meta": TypeStyle(12, 400),
    "meta_label": TypeStyle(12, 500),
    "section": TypeStyle(12, 600),
    "caption": TypeStyle(11, 500),
    "italic": TypeStyle(13, 400, italic=True),
}

LEADING: Final = 20
"""Line height of a paragraph, in logical pixels at 100 %."""

RADIUS_CHIP: Final = 5
RADIUS_CONTROL: Final = 7
RADIUS_ROW: Final = 9
RADIUS_CARD: Final = 10
RADIUS_SHEET: Final = 12
