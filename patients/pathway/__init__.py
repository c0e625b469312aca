"""From referral to first dose: which stage, whose move, how long, and what is still required.

The rules know no Django and no clock; `store` loads what they are asked about.
"""
