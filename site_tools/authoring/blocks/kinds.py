"""The registry of block kinds: a new kind is one file beside this one, and one row here."""

from site_tools.authoring.blocks.demo import Demo
from site_tools.authoring.blocks.exercise import Exercise
from site_tools.authoring.blocks.lessons import Lessons
from site_tools.authoring.blocks.screen import Screen
from site_tools.authoring.page import Item

# info word of the fence -> what it becomes
KINDS: dict[str, type[Item]] = {
    "demo": Demo,
    "exercise": Exercise,
    "lessons": Lessons,
    "screen": Screen,
}
