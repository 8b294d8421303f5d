"""What every build under `serve` would make anew and is the same each time: converted notebooks, compiled templates."""

from pathlib import Path

from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import Files
from mkdocs.structure.pages import Page


class Memory:
    """Lasts as long as the server."""

    def __init__(self) -> None:
        self._notebooks: dict[str, tuple[object, dict]] = {}  # source -> what it was made from, attributes of its page
        self._templates: dict[object, _Compiled] = {}

    def convert_once(self, page: Page, config: MkDocsConfig) -> None:
        """Have a notebook converted only if it, or a setting of its plugin, has changed since the last time."""
        convert, source = page.render, page.file.abs_src_path
        if source is None:
            return
        settings = {name: dict(plugin.config) for name, plugin in config.plugins.items() if "jupyter" in name}

        def render(config: MkDocsConfig, files: Files) -> None:
            made_from, made = (Path(source).read_bytes(), repr(settings)), vars(page)
            known, attributes = self._notebooks.get(source, (None, {}))
            if known != made_from:
                before = {name: made.pop(name, None) for name in ("content", "toc", "title")}
                convert(config, files)
                attributes = {name: made[name] for name in before if name in made}
                self._notebooks[source] = made_from, attributes
                made.update({name: value for name, value in before.items() if name not in made and value is not None})
            made.update(attributes)

        page.render = render  # type: ignore[method-assign]

    def compile_once(self, env: Environment, how: object) -> None:
        """Have templates compiled only if they have changed; `how` stands for what else decides what they become."""
        env.bytecode_cache = self._templates.setdefault(how, _Compiled())


class _Compiled(BytecodeCache):
    def __init__(self) -> None:
        self.known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was compiled from the same source, if it was."""
        if bucket.key in self.known:
            bucket.bytecode_from_string(self.known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it."""
        self.known[bucket.key] = bucket.bytecode_to_string()
