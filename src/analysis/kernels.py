"""The processes that notebooks run in: fresh ones of this interpreter, with a fixed environment."""

from __future__ import annotations

import os
import signal
import threading
from typing import Any

from ipykernel.kernelspec import RESOURCES, get_kernel_dict
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager

ENVIRONMENT = {
    "PYTHONHASHSEED": "0",
    "PYTHONUTF8": "1",
    "SOURCE_DATE_EPOCH": "0",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",
}
"""What makes a notebook give the same bytes on each run, whatever the user's own environment says."""

_running: set[ReportKernel] = set()
_lock = threading.Lock()


class ReportKernel(AsyncKernelManager):
    """A kernel of the interpreter that runs this program, whatever `python3` means elsewhere on the machine."""

    def __init__(self, **options: Any) -> None:
        # Otherwise ipykernel 7.3 and later warns in every notebook that its sockets aren't encrypted.
        super().__init__(transport_encryption="auto", **options)

    @property
    def kernel_spec(self) -> KernelSpec:
        """The interpreter's own kernel with `ENVIRONMENT`; installed kernels of that name aren't looked at."""
        if self._kernel_spec is None:
            self._kernel_spec = KernelSpec(resource_dir=RESOURCES, **get_kernel_dict(), env=dict(ENVIRONMENT))
        return self._kernel_spec

    async def start_kernel(self, **options: Any) -> None:
        """Start the process, and remember it for `stop_kernels`."""
        await super().start_kernel(**options)
        with _lock:
            _running.add(self)

    async def cleanup_resources(self, restart: bool = False) -> None:
        """Forget the process, and free its sockets and files."""
        with _lock:
            _running.discard(self)
        await super().cleanup_resources(restart=restart)


def stop_kernels() -> int:
    """Kill every kernel that runs now, from any thread; their notebooks end as failed. Returns how many."""
    with _lock:
        kernels = list(_running)
    for kernel in kernels:
        pid = getattr(kernel.provisioner, "pid", None)
        if pid:
            try:
                os.kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))
            except ProcessLookupError:
                continue
    return len(kernels)
