"""The employment-outcome table, read a second time.

oracle              the whole table from the whole topics
rules               one graduation's row
"""
