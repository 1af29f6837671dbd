"""`saingan rebuild`: from the topics' beginning into an empty store, by all cores, to where live workers go on.

Nothing is imported here: a process that is not a fork imports `units` and what that needs, not the command's part.
"""
