"""Runs a command and prints what it took: seconds of wall clock and of CPU (children included), peak memory in bytes."""
import json
import os
import resource
import subprocess
import sys
import time

started = time.perf_counter()
status = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
wall = time.perf_counter() - started
used = resource.getrusage(resource.RUSAGE_CHILDREN)
# kilobytes on Linux, bytes on macOS
unit = 1 if sys.platform == "darwin" else 1024
json.dump(
    {
        "wall": wall,
        "cpu": used.ru_utime + used.ru_stime,
        "peak": used.ru_maxrss * unit,
        "status": status.returncode,
        "says": status.stderr.decode("utf-8", "replace")[-2000:],
    },
    sys.stdout,
)
