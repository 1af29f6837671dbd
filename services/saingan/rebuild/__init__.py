"""`saingan rebuild`: from the topics' beginning into an empty store, by all cores, to where live workers go on.

Nothing is imported here: each process of a rebuild imports no more than it needs.
"""
