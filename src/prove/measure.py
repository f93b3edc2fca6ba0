"""Measures instances of one class at a time: bytes, and the time to make one, read and write an attribute.

Reads one JSON object a line from stdin and answers each with one on stdout:

    {"do": "load", "paths": [DIR, ...], "module": NAME, "qualname": NAME, "attributes": [NAME, ...] or null,
     "factory": EXPRESSION or null}
      -> {"attributes": [NAME, ...], "dict": BOOLEAN, "times": ["create", "read", "write"]}
    {"do": "size", "instances": NUMBER}  -> {"bytes": NUMBER, "peak": NUMBER}
    {"do": "time", "what": NAME}         -> {"nanoseconds": NUMBER}

or with {"error": TEXT}. Without a factory the constructor of the class is not run: a plain `__init__`, which stores
each attribute, takes its place. `attributes` null means those that the class and its bases hold in slots.
Works on CPython 3.8 and later.
"""

import gc
import importlib
import json
import os
import sys
import time
import tracemalloc

# up to that many early instances of a class are given room to grow
WARM_UP = 100
# one timed loop: turns, and operations in each (a loop costs, too)
TURNS = 2000
UNROLLED = 10


class Unmeasurable(Exception):
    """The class cannot be measured; the message says why."""


def load(job):
    """The class, and a function of no arguments that makes an instance with all its attributes."""
    for path in job["paths"]:
        if path not in sys.path:
            sys.path.insert(0, path)
    module = importlib.import_module(job["module"])
    cls = module
    for part in job["qualname"].split("."):
        cls = getattr(cls, "__dict__", {}).get(part)
    if not isinstance(cls, type):
        raise Unmeasurable("no class {} can be reached in module {}".format(job["qualname"], job["module"]))
    names = job["attributes"] if job["attributes"] is not None else slots_of(cls)
    if job["factory"] is not None:
        return cls, names, "({})".format(job["factory"]), vars(module)
    return (cls, names) + plain_call(cls, names)


def slots_of(cls):
    """Names of the slots of a class and its bases, mangled, those of the bases first."""
    found = {}
    for base in reversed(cls.__mro__):
        slots = vars(base).get("__slots__", ())
        for name in [slots] if isinstance(slots, str) else slots:
            bare = base.__name__.lstrip("_")
            private = name.startswith("__") and not name.endswith("__") and bare
            found["_{}{}".format(bare, name) if private else name] = None
    return [name for name in found if name not in ("__dict__", "__weakref__")]


def plain_call(cls, names):
    """Gives the class an `__init__` that only stores the attributes; the call that makes an instance, its names."""
    if type(cls).__call__ is not type.__call__:
        raise Unmeasurable("its metaclass decides what a call does: give a --factory")
    if getattr(cls, "__abstractmethods__", None):
        cls.__abstractmethods__ = frozenset()
    maker = next(base for base in cls.__mro__ if type(vars(base).get("__new__")) is type(object.__new__))
    if cls.__new__ is not maker.__new__:
        cls.__new__ = maker.__new__
    # what takes the place of a frozen class's __setattr__ costs the same on both sides
    direct = cls.__setattr__ is object.__setattr__
    takes = ["v{}".format(i) for i in range(len(names))] if maker is object else []
    body = ["def __init__(self{}):".format("".join(", " + name for name in takes)), "    pass"]
    for i, name in enumerate(names):
        value = takes[i] if takes else "None"
        body.append("    self.{} = {}".format(name, value) if direct else "    store(self, {!r}, {})".format(name, value))
    namespace = {"store": object.__setattr__}
    exec("\n".join(body), namespace)
    cls.__init__ = namespace["__init__"]
    try:
        cls(*[None] * len(takes))
    except TypeError as error:
        raise Unmeasurable("cannot be made without its constructor ({}): give a --factory".format(error))
    return "C({})".format(", ".join(["None"] * len(takes))), {"C": cls}


def function(parameters, lines, namespace):
    """A function of its own, so that the interpreter specialises it for one class; its globals are a copy."""
    scope = dict(namespace)
    exec("def made({}):\n{}".format(parameters, "".join("    {}\n".format(line) for line in lines)), scope)
    return scope["made"]


class Subject:
    """The class at hand, with timed functions that no other class has passed through."""

    def __init__(self, job):
        self.cls, self.names, call, namespace = load(job)
        self.fill = function("room", ["for i in range(len(room)):", "    room[i] = " + call], namespace)
        room = [None]
        self.fill(room)
        self.one = room[0]
        # asking for the __dict__ itself would make one
        self.has_dict = type(self.one).__dictoffset__ != 0
        bodies = {"create": [call] * 4}
        plain = type(self.one).__setattr__ is object.__setattr__
        first = next((name for name in self.names if hasattr(self.one, name)), None)
        if first is not None:
            self.value = getattr(self.one, first)
            bodies["read"] = ["o." + first] * UNROLLED
            if plain:
                bodies["write"] = ["o.{0} = v".format(first)] * UNROLLED
        self.timed = {}
        for what, body in bodies.items():
            lines = ["for _ in turns:"] + ["    " + line for line in body]
            self.timed[what] = (function("o, v, turns", lines, namespace), len(body))

    def size(self, instances):
        kept, room = [None] * WARM_UP, [None] * instances
        self.fill(kept)
        gc.collect()
        gc.disable()
        tracemalloc.start()
        try:
            before = tracemalloc.get_traced_memory()[0]
            self.fill(room)
            now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
            gc.enable()
        return {"bytes": (now - before) / instances, "peak": peak - before}

    def time(self, what):
        timed, operations = self.timed[what]
        value = getattr(self, "value", None)
        gc.disable()
        began = time.perf_counter()
        timed(self.one, value, range(TURNS))
        took = time.perf_counter() - began
        gc.enable()
        return {"nanoseconds": took / TURNS / operations * 1e9}


def answers(lines):
    subject = None
    for line in lines:
        job = json.loads(line)
        try:
            if job["do"] == "load":
                subject = Subject(job)
                answer = {"attributes": subject.names, "dict": subject.has_dict, "times": list(subject.timed)}
            elif job["do"] == "size":
                answer = subject.size(job["instances"])
            else:
                answer = subject.time(job["what"])
        except Unmeasurable as error:
            answer = {"error": str(error)}
        except BaseException as error:  # SystemExit as well
            answer = {"error": "{}: {}".format(type(error).__name__, error)}
        yield answer


def main():
    # what the measured modules read and print is none of the conversation
    lines, out = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    sys.dont_write_bytecode = True
    for answer in answers(lines):
        out.write(json.dumps(answer) + "\n")
        out.flush()
    os._exit(0)  # threads that an imported module started


if __name__ == "__main__":
    main()
