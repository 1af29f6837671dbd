"""What changes make of a key, as pure functions of values.

batch, change       what one poll brought, and what of it the fold takes
standing            which change of a record stands
state               a key's state as bytes
derived             what a view's rules are given, and give back
folding             changes into states, states into rows
"""
