"""A worker, whatever its view: batches in, one transaction of results and positions out.

    start, worker, app, garbage                             the process
    transport, reading, fetching, inflating                 Faust, and how records are read
    loop, intake, stream, batch, flood                      a batch becomes changes, or dead letters
    fold, folding, derived, state, view                     changes become states and rows
    store, tables, migrations, build, ledger                the store
    bulk, statements, copying, sqlite, postgresql           reading and writing many rows
    relay, lease, reconcile                                 from the store to the topics
    sealing, dead_letters, opened                           what could not be taken in
    observation, due, upkeep                                what time alone changes
    vitals, watchdog, health, patience, diary, ending       how a worker is, waits, tells and ends

docs/architecture.md, "The way of a record", says how they work together.
"""
