"""A worker, whatever its view: batches in, one transaction of results and positions out.

    worker, app, transport, reading, fetching, inflating    Faust, and how records are read
    loop, intake, stream, batch, flood                      a batch becomes changes, or dead letters
    fold, folding, derived, state, view                     changes become states and rows
    store, tables, migrations, build, bulk, ledger          the store
    relay, lease, reconcile, sealing, dead_letters          from the store to the topics
    observation, due, upkeep                                what time alone changes
    vitals, watchdog, health, patience, ending              how a worker is, waits and ends

docs/architecture.md, "The way of a record", says how they work together.
"""
