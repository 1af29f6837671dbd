"""Dead letters: what could not be taken in (standard, section 10).

sealing             made: anyone sees why, only the operator what
opened              one opened by the operator
handling            listed, shown, sent again
"""
