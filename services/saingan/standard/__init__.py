"""The common data standard: schemas, codes, identity, what a record must be, and its bytes.

identity, codes, forms, texts          what values are
rules, checks, issues                  the strict check, before anything is sent
admission, quality                     the tolerant one, at a worker
schemas, codec, encoder, decoder       Avro; `projection` is the fast path of plain records
registry                               the client of the schema registry; all else is pure
"""
