"""What any exchange needs, wherever its servers run.

kafka               how to reach broker and registry: the only place that knows
reach               whether its parts answer
delivery            sending that is known to have arrived
registry            the client of the schema registry
keys                its two secrets
provision           its topics and schemas, made from the map
require             what a worker or a publisher makes sure of
topic_log           topics as they lie on the broker
oversized           a record batch that is not read
"""
