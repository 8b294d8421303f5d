"""Fonts of a deck that this machine lacks, and what is taken for them: a font of the same kind, chosen beforehand.

Left alone, LibreOffice sets 微软雅黑 and 宋体 alike in a wide Latin font with Chinese characters borrowed
from another, and lines break elsewhere than the author saw.
"""

import shutil
from collections.abc import Iterable
from pathlib import Path
from xml.sax.saxutils import escape

from site_tools.lectures.converting.programs import ToolError, run_tool
from site_tools.lectures.record import Font

# The first five are as wide as what they stand for, letter by letter.
STAND_INS = {
    "Carlito": ("Calibri",),
    "Caladea": ("Cambria",),
    "Liberation Sans": ("Arial", "Helvetica"),
    "Liberation Serif": ("Times New Roman", "Times"),
    "Liberation Mono": ("Courier New", "Courier"),
    "Noto Sans CJK SC": (
        "微软雅黑", "微软雅黑 Light", "Microsoft YaHei", "Microsoft YaHei UI", "Microsoft YaHei Light",
        "等线", "等线 Light", "DengXian", "DengXian Light", "黑体", "SimHei", "幼圆", "YouYuan",
        "华文黑体", "STHeiti", "华文细黑", "STXihei", "苹方", "苹方-简", "PingFang SC", "Hiragino Sans GB",
        "思源黑体", "思源黑体 CN", "Source Han Sans SC", "Source Han Sans CN", "Noto Sans SC",
        "HarmonyOS Sans SC", "阿里巴巴普惠体", "Alibaba PuHuiTi",
    ),
    "Noto Serif CJK SC": (
        "宋体", "SimSun", "新宋体", "NSimSun", "华文宋体", "STSong", "华文中宋", "STZhongsong", "宋体-简", "Songti SC",
        "思源宋体", "思源宋体 CN", "Source Han Serif SC", "Source Han Serif CN", "Noto Serif SC",
        "仿宋", "仿宋_GB2312", "FangSong", "华文仿宋", "STFangsong",
        "楷体", "楷体_GB2312", "KaiTi", "华文楷体", "STKaiti", "楷体-简", "Kaiti SC", "方正小标宋简体", "方正书宋简体",
    ),
}  # fmt: skip


def installed() -> frozenset[str] | None:
    """The families this machine has, in lower case and all their languages; None if it cannot tell."""
    if not shutil.which("fc-list"):
        return None
    try:
        listed = run_tool("fc-list", "--format", "%{family}\n", seconds=60).decode("utf-8", "replace")
    except ToolError:
        return None
    return frozenset(name.strip().lower() for line in listed.splitlines() for name in line.split(","))


def missing(names: Iterable[str], families: frozenset[str] | None) -> tuple[Font, ...]:
    """Those of a deck's fonts that are not there, each with its stand-in if that is; none if it is unknown."""
    if families is None:
        return ()
    stand_ins = {name.lower(): stand_in for stand_in, known in STAND_INS.items() for name in known}
    found = []
    for name in sorted({name.strip() for name in names}, key=str.lower):
        if name.lower() not in families:
            stand_in = stand_ins.get(name.lower(), "")
            found.append(Font(name, stand_in if stand_in.lower() in families else ""))
    return tuple(found)


def environment(folder: Path) -> dict[str, str]:
    """Environment variables that make programs using fontconfig take the stand-ins; writes its file into `folder`."""
    aliases = "".join(
        f'<alias binding="same"><family>{escape(name)}</family><accept><family>{stand_in}</family></accept></alias>\n'
        for stand_in, names in STAND_INS.items()
        for name in names
    )
    system = '<include ignore_missing="yes">/etc/fonts/fonts.conf</include>'
    config = folder / "fonts.conf"
    config.write_text(f'<?xml version="1.0"?>\n<fontconfig>\n{system}\n{aliases}</fontconfig>\n', encoding="utf-8")
    return {"FONTCONFIG_FILE": str(config)} if Path("/etc/fonts/fonts.conf").is_file() else {}
