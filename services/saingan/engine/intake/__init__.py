"""From raw records to changes by key, and to dead letters.

intake              a batch, stream by stream
topic_reader        one stream: decode, admit, keep
sealing             what is refused becomes a dead letter: anyone sees why, only the operator what
flood               the limit on refusing
"""
