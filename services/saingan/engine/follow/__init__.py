"""Views that are made of views: a follower takes the keys that changed and writes tables of its own.

following    a follower as one value: sources, a pure model, outputs
follower     keys in, one transaction of outputs and clears out
modelling    the model at work: rows in, outputs out
outputs      rows that are other than what a table has, into it
state        how far a follower has come, as the store tells it
crew         all followers of some views, with the relays of their outputs
gate         a moment at which followers have caught up, for `verify`
"""
