"""The MkDocs side: the plugin and the build of one language."""
