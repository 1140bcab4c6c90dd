"""The code behind ``./run``: set-up, the demo, the local mail server, the chores."""
