"""`publish_file`: a file as an agency exports it, row by row to its topic.

importer            the file, row by row
readers, signatures, encoding       which format it is
delimited, jsonlines, excel         the formats
table, header       what they all give: headings, and rows
mapping             which heading is which field
rows, cells, values, dates, artefacts, repeats      a row becomes a record
refused, inert      the file of refused rows
summary, show, sentences    what the clerk reads, in Thai and English
"""
