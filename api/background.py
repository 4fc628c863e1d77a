"""Work that a worker does beside its requests: again and again, in a thread of its own, until it is stopped."""

import logging
import threading


class Repeated:
    """Does `once` every `seconds`. A failure is logged as `failed`, and tried again."""

    def __init__(self, name: str, seconds: float, log: logging.Logger, failed: str) -> None:
        self._name, self._seconds = name, seconds
        self._log, self._failed = log, failed
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None

    def once(self) -> None:
        raise NotImplementedError

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        if self._thread is not None:
            self._thread.join(timeout=10)

    def _run(self) -> None:
        while not self._stopped.wait(self._seconds):
            try:
                self.once()
            except Exception as error:
                # not the trace: a statement's values may be somebody's
                self._log.error("%s now: %s", self._failed, type(error).__name__)
