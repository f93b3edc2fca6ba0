"""Started by every Python process below `slotify profile`, through PYTHONPATH; then gets out of the way."""

import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [path for path in sys.path if os.path.abspath(path or ".") != _here]

# the sitecustomize that would have been found without this one
_own = sys.modules.pop("sitecustomize", None)
try:
    import sitecustomize  # noqa: F401
except ImportError:
    if _own is not None:
        sys.modules["sitecustomize"] = _own

if os.environ.get("SLOTIFY_PROFILE"):
    sys.path.insert(0, _here)
    try:
        import slotify_recorder

        slotify_recorder.start(os.environ["SLOTIFY_PROFILE"], os.environ["SLOTIFY_PROFILE_ROOT"])
    finally:
        sys.path.remove(_here)
