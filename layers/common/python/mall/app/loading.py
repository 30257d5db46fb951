"""The collector of garbage waits while the front desk is loaded, and leaves alone what was loaded.

Nothing of it is garbage, and to look through it again and again was a sixth of a cold start. Imported before
everything else; `ends` lets the collector go on, which has then only what comes later to look at.
"""

import gc

_collects = gc.isenabled()
gc.disable()


def ends() -> None:
    gc.freeze()
    if _collects:
        gc.enable()
