"""The second opinion: all topics read, folded, derived and compared by code that shares nothing with the workers'.

    verify             the command
    snapshot           what is compared: topics, table and outbox at one moment
    admit              what is taken in
    outcomes           what stands, and the rows
    compare, report    the differences, in words

Nothing here imports the fold, the rules or the admission of a worker.
"""
