"""Checks rewritten Python files against their originals: compile, compare trees, look at slots, import on request.

Reads one JSON object from stdin and prints one to stdout, or in the second mode one a line for each module:

    {"mode": "compare", "before": DIR, "after": DIR, "files": [PATH, ...]}
      -> {"faults": [[PATH, KIND, DETAIL], ...], "compiled": NUMBER}
    {"mode": "import", "root": DIR, "modules": [[NAME, [QUALNAME, ...]], ...]}
      -> {"error": TEXT or null, "classes": {QUALNAME: LAYOUT or null}}

Nothing of the compared code is run in the first mode. Works on Python 3.8 and later.
"""

import ast
import dis
import json
import os
import struct
import sys
import threading
import types
import warnings

POINTER = struct.calcsize("P")


def read(root, path):
    with open(os.path.join(root, path), "rb") as file:
        return file.read()


def compiled(source, path):
    """The code object of a file, or the error."""
    try:
        return compile(source, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return error


def compare(before_root, after_root, path):
    """Yields (kind, detail) for everything wrong with one file; None when the original is no Python here."""
    before, after = read(before_root, path), read(after_root, path)
    before_code, after_code = compiled(before, path), compiled(after, path)
    if isinstance(before_code, Exception):
        return None
    if isinstance(after_code, Exception):
        return [("does not compile", str(after_code))]
    faults = [("bad slots", f) for f in sorted(slot_faults(after_code) - slot_faults(before_code))]
    old, new = ast.parse(before), ast.parse(after)
    undo(old, new)
    old_dump, new_dump = ast.dump(old), ast.dump(new)
    if old_dump != new_dump:
        faults.append(("tree differs", first_difference(old_dump, new_dump)))
    return faults


# ---- the tree of a rewritten file without what a rewrite adds


def undo(old, new):
    """Takes out of `new` what slotify may add; every other difference stays."""
    todo = [(old, new)]
    while todo:
        a, b = todo.pop()
        if type(a) is not type(b):
            continue
        if isinstance(a, ast.ClassDef):
            undo_slots(a, b)
            undo_decorators(a, b)
        if isinstance(a, ast.Call):
            undo_super(a, b)
        for name in a._fields:
            left, right = getattr(a, name, None), getattr(b, name, None)
            if isinstance(left, ast.AST):
                todo.append((left, right))
            elif isinstance(left, list) and isinstance(right, list):
                todo.extend(p for p in zip(left, right) if isinstance(p[0], ast.AST))


def is_slots(statement):
    return (
        isinstance(statement, ast.Assign)
        and len(statement.targets) == 1
        and isinstance(statement.targets[0], ast.Name)
        and statement.targets[0].id == "__slots__"
    )


def undo_slots(old, new):
    if not any(map(is_slots, old.body)):
        added = [s for s in new.body if is_slots(s)]
        if len(added) == 1 and is_plain_tuple(added[0].value):
            new.body.remove(added[0])


def is_plain_tuple(value):
    return isinstance(value, ast.Tuple) and all(
        isinstance(e, ast.Constant) and isinstance(e.value, str) for e in value.elts
    )


def undo_decorators(old, new):
    for i, (a, b) in enumerate(zip(old.decorator_list, new.decorator_list)):
        if not isinstance(b, ast.Call):
            continue
        had = {k.arg for k in a.keywords} if isinstance(a, ast.Call) else set()
        b.keywords = [k for k in b.keywords if k.arg in had or not is_slots_flag(k)]
        if not isinstance(a, ast.Call) and not b.args and not b.keywords:
            new.decorator_list[i] = b.func


def is_slots_flag(keyword):
    value = keyword.value
    return keyword.arg in ("slots", "weakref_slot") and isinstance(value, ast.Constant) and value.value is True


def undo_super(old, new):
    """`super()` may have become `super(Name, self)`."""
    is_super = isinstance(new.func, ast.Name) and new.func.id == "super"
    if is_super and not old.args and len(new.args) == 2 and all(isinstance(a, ast.Name) for a in new.args):
        new.args = []


def first_difference(a, b):
    at = next((i for i, (x, y) in enumerate(zip(a, b)) if x != y), min(len(a), len(b)))
    return "... {} became ... {}".format(a[max(0, at - 40) : at + 80], b[max(0, at - 40) : at + 80])


# ---- slots as the compiler sees them


def slot_faults(code, inside=""):
    """What would be wrong with the literal `__slots__` of the class bodies in a code object."""
    faults = set()
    qualname = "{}.{}".format(inside, code.co_name) if inside else code.co_name
    slots, bound, last = None, set(), None
    for step in dis.get_instructions(code):
        if step.opname == "STORE_NAME":
            if step.argval == "__slots__" and isinstance(last, tuple):
                slots = last
            bound.add(step.argval)
        last = step.argval if step.opname == "LOAD_CONST" else None
    names = [mangled(code.co_name, n) for n in slots or () if isinstance(n, str)]
    for name in names:
        if name in bound:
            faults.add("{} binds its slot {}".format(qualname, name))
        if names.count(name) > 1:
            faults.add("{} names its slot {} twice".format(qualname, name))
        if not name.isidentifier():
            faults.add("{} has a slot {!r}, which is no name".format(qualname, name))
    for inner in code.co_consts:
        if hasattr(inner, "co_code"):
            faults |= slot_faults(inner, qualname)
    return faults


def mangled(cls, name):
    bare = cls.lstrip("_")
    private = name.startswith("__") and not name.endswith("__") and bare
    return "_{}{}".format(bare, name) if private else name


# ---- running the code, on request only


def import_all(root, modules):
    """Imports modules from `root` one after the other, and yields what each gives."""
    sys.path.insert(0, root)
    sys.dont_write_bytecode = True
    for name in [n for n in sys.modules if lies_in(root, n)]:
        del sys.modules[name]
    for module, classes in modules:
        yield imported(root, module, classes)


def imported(root, module, classes):
    import importlib

    try:
        found = importlib.import_module(module)
    except BaseException as error:  # SystemExit as well
        return {"error": "{}: {}".format(type(error).__name__, error), "classes": {}}
    place = os.path.realpath(getattr(found, "__file__", None) or "")
    if not place.startswith(os.path.realpath(root) + os.sep):
        return {"error": "was imported from {!r}".format(place), "classes": {}}
    return {"error": None, "classes": {name: layout(found, name) for name in classes}}


def lies_in(root, module):
    """Whether a module that is loaded already would come from `root`: a standard library replaces the real one."""
    first = module.split(".")[0]
    path = os.path.join(root, *module.split("."))
    essential = first in ("importlib", "encodings", "threading", "__main__")
    return not essential and (os.path.isfile(path + ".py") or os.path.isdir(path))


def layout(module, qualname):
    """The layout of a class, as src/prove/layout-claims.ts describes it; None when there is none that was made here."""
    value = module
    for part in qualname.split("."):
        value = getattr(value, "__dict__", {}).get(part)
    if not isinstance(value, type) or value.__module__ != module.__name__:
        return None
    base = value.__base__
    # a positive offset takes a pointer in the instance; a negative one lies before it or at the end of a tuple
    own = [
        getattr(value, name) > 0 and not getattr(base, name) for name in ("__weakrefoffset__", "__dictoffset__")
    ]
    return {
        "dict": bool(value.__dictoffset__),
        "weakref": bool(value.__weakrefoffset__),
        "baseWeakref": any(b.__weakrefoffset__ for b in value.__mro__[1:]),
        "members": [n for n, v in vars(value).items() if isinstance(v, types.MemberDescriptorType)],
        "slotted": "__slots__" in vars(value),
        "written": any(isinstance(v, types.FunctionType) for v in vars(value).values()),
        "grown": (value.__basicsize__ - base.__basicsize__) // POINTER - sum(own),
    }


def answers(job):
    if job["mode"] == "import":
        yield from import_all(job["root"], job["modules"])
        return
    results = {path: compare(job["before"], job["after"], path) for path in job["files"]}
    yield {
        "faults": [(path, *fault) for path, found in results.items() for fault in found or ()],
        "compiled": sum(found is not None for found in results.values()),
    }


def main():
    warnings.simplefilter("ignore")
    job = json.load(sys.stdin)
    # what imported code reads and prints is not part of the conversation
    out = os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    for found in answers(job):
        print(json.dumps(found), file=out, flush=True)
    os._exit(0)  # threads that an imported module started


if __name__ == "__main__":
    # some sources nest deeper than the usual stack allows
    sys.setrecursionlimit(30000)
    threading.stack_size(512 << 20)
    thread = threading.Thread(target=main)
    thread.start()
    thread.join()
