"""Mappings: an agency's headings and codes, in YAML.

mapping             loaded
layout              which keys it has
plain_yaml          every value a text, as it is written
translation         from the agency's codes to ours
problems            what is wrong with it, in words
"""
