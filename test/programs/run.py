"""Runs programs that stand in memory: one line of JSON in, one line out, one interpreter for all of them.

In: {"entries": ["main", ...], "trees": [{"lib.py": "..."}, ...]}. Out: for each tree what it printed, with the
exception that ended it, if any.
"""

import contextlib
import gc
import importlib.abc
import importlib.util
import io
import json
import re
import sys
import warnings

warnings.simplefilter("ignore")
answers = sys.stdout
sys.stdout = io.StringIO()  # what threads and finalizers print later
sys.dont_write_bytecode = True
gc.disable()


class Tree(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, files):
        self.files = {path[: -len(".py")]: text for path, text in files.items()}

    def find_spec(self, name, path=None, target=None):
        if name in self.files:
            return importlib.util.spec_from_loader(name, self)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(compile(self.files[module.__name__], module.__name__ + ".py", "exec"), module.__dict__)


def run(files, entries):
    tree = Tree(files)
    sys.meta_path.insert(0, tree)
    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            try:
                for entry in entries:
                    importlib.import_module(entry)
            except BaseException as error:
                print("ended by", type(error).__name__)
                reason = "%s: %s" % (type(error).__name__, error)
            else:
                reason = ""
    finally:
        sys.meta_path.remove(tree)
        for name in tree.files:
            sys.modules.pop(name, None)
        gc.collect()
        sys.stdout.truncate(0)
    # addresses, in the usual form of a repr, and numbers of threads
    text = re.sub(r"0x[0-9a-fA-F]+", "0x", printed.getvalue())
    return {"printed": re.sub(r"Thread-\d+", "Thread", text), "reason": reason}


for line in sys.stdin:
    job = json.loads(line)
    print(json.dumps([run(tree, job["entries"]) for tree in job["trees"]]), file=answers, flush=True)
