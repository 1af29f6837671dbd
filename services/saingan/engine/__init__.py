"""A worker, whatever its view: batches in, one transaction of results and positions out.

    view, result        a view as one value: the face of the engine; what it has in common with a follower's output
    tables              the tables of a store
    apply, writing      a batch becomes one transaction
    keys                sets of changed keys, from whoever writes a table to whoever reads it
    rounds              a thread that works on beside the batches
    register            a view made of a topic's schema
    relay, reconcile    from the store to the topics
    follow              views that are made of views
    survey              a view's work seen from outside
    core                what changes make of a key: pure
    intake              from raw records to changes, or to dead letters
    store               the tables, and reading and writing many rows
    kafka               Faust, and how records are read
    process             a worker's life

docs/architecture.md, "The way of a record", says how they work together.
"""
