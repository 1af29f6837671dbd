"""Forgetting for good: `ask` whom, `aim` and `scan` what belongs to them, `mark`, then clear `letters` and `store`.

`reading` takes in what a worker does.
"""
