"""The common data standard: schemas, codes, identity, what a record must be, and its bytes. Pure.

    identity, codes, coercion, texts               what values are
    contract, topic_rules, predicates              the rules of a topic as data, checked when they are loaded
    strict, strict_rules, strict_pairs             the strict check, before anything is sent
    field_checks, issues                           its parts: a field, and what it has to say
    admission, quality                             the tolerant one, at a worker
    schemas, codec, encoder, decoder, binary       Avro
    projection, projected_fields                   the fast path of plain records
    cloudevents                                    headers

docs/standard.md says what a record must be; `schemas/rules/README.md`, how rules are written.
"""
