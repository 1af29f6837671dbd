"""The employment-outcome table, read a second time.

check               the view, as verify reads it
oracle              the whole table from what stands
rules               one graduation's row
"""
