"""Faust, and how records are read.

faust_app           the app, and what the transport asks of its worker
transport           Faust's transport, in batches, positioned by the ledger
prefetch            the thread that reads ahead
inflating           bounded inflation of batches
patches             what is changed in aiokafka's fetcher
"""
