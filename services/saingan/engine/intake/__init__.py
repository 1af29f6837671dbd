"""From raw records to changes by key, and to dead letters.

intake              a batch, stream by stream
topic_reader        one stream: decode, admit, keep
flood               the limit on refusing
"""
