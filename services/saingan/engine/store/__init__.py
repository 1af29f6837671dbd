"""The store: SQLite or PostgreSQL, one set of tables.

address, opening    opening it, transactions, errors as reactions
reach               whether the database answers
turns               writers of one SQLite file queue in order
columns             the kinds of their columns
migrations          how the tables of an earlier version become these
reach               whether the database answers
build               what a view's rows were built with
ledger              where each partition goes on
lease               which worker relays, or does what else only one may do
observation, due    the dates, and the keys that they or new rules change
bulk, statements    reading and writing many rows, whatever the database
sqlite, postgresql, pgcopy    the same for each
"""
