"""Tiny sites for tests: a few pages, a model that is only a manifest, and a bundle of stand-ins."""

import hashlib
import json
import logging
from pathlib import Path

from mkdocs.commands.build import build
from mkdocs.config import load_config

from site_tools.models.facts import DENOISE, IMAGE, LABEL, LOG_SNR, VECTOR, DenoiserFacts, Tensor
from site_tools.models.manifest import Graph, Manifest, Training

ELEMENTS = {
    "spin-noise": {
        "state": {
            "seed": {"type": "integer", "default": 0, "min": 0, "max": 99},
            "speed": {"type": "number", "default": 1, "min": 0, "max": 2},
            "colour": {"type": "choice", "default": "red", "values": ["red", "blue", "7"]},
            "label": {"type": "text", "default": ""},
            "beside": {"type": "settings", "default": ""},
            "each": {"type": "cases", "default": ""},
        },
        "files": ["data/dots.json"],
        "poster": "figures/dots-light.svg",
    },
    "draw-model": {
        "runtime": True,
        "model": {"kind": "image-denoiser"},
        "state": {"steps": {"type": "integer", "min": 1, "max": 1000}},
    },
}
BUNDLE = (
    "loader.zh.js",
    "loader.en.js",
    "frame.zh.js",
    "frame.en.js",
    "models.js",
    "live.css",
    "kernels-worker.js",
    "kernels.wasm",
    "ort-worker.js",
    "ort-wasm-simd-threaded.wasm",
    "elements/spin-noise.js",
    "elements/draw-model.js",
    "elements/lecture-slides.js",
    "elements/lesson-cards.js",
)
AFTER = {
    "models.js": ["frame.{language}.js"],
    "elements/spin-noise.js": ["frame.{language}.js"],
    "elements/draw-model.js": ["frame.{language}.js", "models.js"],
}
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 30"></svg>'

CONFIG = """
site_name: A course
site_url: {site_url}
docs_dir: {docs}
theme: {{name: material, language: {language}, font: false}}
extra_css: [styles/own.css]
plugins:
  live-models:
    assets: assets
    bundle: {bundle}
    shared: [styles]
    {lectures}
    facts: facts.yml
    offline: {offline}
    languages: {languages}
markdown_extensions:
  attr_list: {{}}
  pymdownx.superfences: {{}}
  toc: {{slugify: !!python/object/apply:pymdownx.slugs.slugify {{kwds: {{case: lower}}}}}}
validation:
  nav: {{omitted_files: warn, not_found: warn}}
  links: {{not_found: warn, anchors: warn, unrecognized_links: warn}}
"""
TWO_LANGUAGES = (
    "{zh: {name: 中文, config: mkdocs.yml, docs: docs/zh}, en: {name: English, config: mkdocs.en.yml, docs: docs/en}}"
)


IMAGES = ["B", 1, 28, 28]
INPUTS = {
    "x": Tensor(IMAGES, "float32", IMAGE, [-1.0, 1.0]),
    "log_snr": Tensor(["B"], "float32", LOG_SNR, [-14.0, 14.0]),
    "y": Tensor(["B"], "int64", LABEL, [0, 10]),
}
OUTPUTS = {"velocity": Tensor(IMAGES, "float32", VECTOR, None)}


def manifest(name: str, content: bytes) -> Manifest:
    """Of a denoiser whose bytes are `content`."""
    digest = hashlib.sha256(content).hexdigest()
    return Manifest(
        name=name,
        kind="image-denoiser",
        parameters=2_000_000,
        graphs={DENOISE: Graph(f"{name}.onnx", digest, len(content), 18, 10, "onnxruntime", "fp16", INPUTS, OUTPUTS)},
        labels={},
        metrics={"fd_cnn": 1.234, "agreement": 0.9},
        golden=f"{name}.golden.json",
        poster="",
        credit="",
        licence="MIT",
        facts=DenoiserFacts(10, 14.0, {}),
        training=Training({}, 10, 0.5),
    )


def make_site(
    root: Path,
    pages: dict[str, str],
    *,
    languages: tuple[str, ...] = ("zh", "en"),
    site_url: str = '""',
    offline: str = "false",
    lectures: bool = False,
    bundle: str = "bundle",
) -> Path:
    """Write a site whose pages are `pages` ("zh/index.md" -> Markdown); returns its main configuration.

    With `lectures`, decks below docs/lectures become pages; `bundle` may be the real one.
    """
    files = {f"bundle/{name}": f"/* {name} */" for name in BUNDLE}
    files |= {
        "bundle/elements.json": json.dumps(ELEMENTS),
        "bundle/scripts.json": json.dumps(AFTER),
        "assets/data/dots.json": "[1, 2]",
        "assets/figures/dots-light.svg": SVG,
        "assets/figures/dots-dark.svg": SVG,
        "assets/models/garments.onnx": "weights",
        "assets/models/garments.json": json.dumps(manifest("garments", b"weights").to_json()),
        "styles/own.css": "body { margin: 0 }",
        "facts.yml": "classroom: {students: 60}\n",
    }
    files |= {f"docs/{name}": text for name, text in pages.items()}
    for index, language in enumerate(languages):
        files["mkdocs.yml" if index == 0 else f"mkdocs.{language}.yml"] = CONFIG.format(
            docs=f"docs/{language}",
            language=language,
            languages=TWO_LANGUAGES if len(languages) == 2 else "{}",
            site_url=site_url,
            offline=offline,
            lectures="lectures: docs/lectures" if lectures else "",
            bundle=bundle,
        )
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root / "mkdocs.yml"


def build_site(config_file: Path, *, serve: bool = False, strict: bool = True) -> Path:
    """Build in this process; returns the folder of the site."""
    site = config_file.parent / "site"
    config = load_config(str(config_file), site_dir=str(site), strict=strict)
    config.plugins.on_startup(command="serve" if serve else "build", dirty=False)
    build(config)
    return site


def messages(caplog) -> str:
    """Everything MkDocs said from warnings up."""
    return "\n".join(record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING)
