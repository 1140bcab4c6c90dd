"""``./run mutate``: what breaks when a rule is taken away, or an engine is changed.

``rules`` removes each rule of the addons in turn, ``engines`` changes the engines sign
by sign; where no test falls, one is missing.
"""
