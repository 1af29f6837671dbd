"""The common data standard: schemas, codes, identity, what a record must be, and its bytes.

    identity, codes, forms, fields, texts          what values are
    contract, topic_rules, predicates              the rules of a topic as data, checked when they are loaded
    rules, checks, issues                          the strict check, before anything is sent
    admission, quality                             the tolerant one, at a worker
    schemas, codec, encoder, decoder, octets       Avro
    projection, plain                              the fast path of plain records
    cloudevents, registry                          headers; the client of the schema registry. All else is pure

docs/standard.md says what a record must be; `schemas/rules/README.md`, how rules are written.
"""
