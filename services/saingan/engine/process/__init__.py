"""A worker's life: how it starts, waits, tells how it is, and ends.

start               what must be there is checked first
worker              the process, over all its views
runner              the work on one view: a Faust app, and what the process asks of it
upkeep              what it asks of its store beside the batches
retry               calls that are repeated while a part does not answer
vitals, health      how it and its views are, and its page
watchdog            ends a worker that hangs
diary               what it tells of its work
collector           the collector of cycles, for batches
shutdown            ends in time, whatever hangs
"""
