"""What any exchange needs, wherever its servers run.

reach               whether its parts answer
registry            the client of the schema registry
keys                its two secrets
provision           its topics and schemas, made from the map
require             what a worker or a publisher makes sure of
topic_log           topics as they lie on the broker
oversized           a record batch that is not read
"""
