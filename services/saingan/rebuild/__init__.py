"""`saingan rebuild`: from the topics' beginning into an empty store, by all cores, to where live workers go on."""

from saingan.rebuild.rebuild import rebuild

__all__ = ["rebuild"]
