"""The second opinion: all topics read, folded, derived and compared by code that shares nothing with the workers'.

    verify                  the command
    check, checks           what must be known of a view, and where that is found
    store, table, snapshot  what is compared: a view's table, outbox and positions at one moment
    reading                 what the topics say
    admit, refusals         what of it is taken in, and why the rest is not
    standing, dates         which change of a record stands; days
    outcomes, register      what the rows of a view are then
    judge, published        a view and its topic, judged
    moment                  a follower and its sources, when nothing is left to be followed
    compare, comparison     the differences, and their numbers
    report, screen          what is shown

Nothing here imports the fold, the rules or the admission of a worker.
"""
