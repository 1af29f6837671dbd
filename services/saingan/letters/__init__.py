"""Dead letters: what could not be taken in (standard, section 10).

opened              one opened by the operator
handling            listed, shown, sent again
"""
