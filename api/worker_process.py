"""What a worker process does for itself: it dies with its launcher, and collects garbage rarely."""

import ctypes
import gc
import os
import signal
import sys

PARENT_VARIABLE = "GIAMNGHEO_PARENT_PID"
_PR_SET_PDEATHSIG = 1


def die_with_parent() -> None:
    """Ties this process to the launcher named in GIAMNGHEO_PARENT_PID; does nothing where none is named.

    A launcher killed with -9 can stop nobody, and a worker left behind would keep the port from the next start.
    SIGKILL loses nothing: what was acknowledged is committed, what was not will be sent again.
    """
    named = os.environ.get(PARENT_VARIABLE)
    if not named or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # The launcher may have died before the kernel knew our wish.
    if os.getppid() != int(named):
        os.kill(os.getpid(), signal.SIGKILL)


def tune_gc() -> None:
    """Half of the write throughput: the default collector walks every parsed batch again and again in vain.

    What is loaded by now lives as long as the process, so it is never looked at again; the rest is collected rarely.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 1000)
