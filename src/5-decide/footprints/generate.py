# Measures what one instance takes, by number of attributes, with and without slots, on one interpreter or on many.
"""
    python generate.py                        sizes on this interpreter, as JSON on stdout
    python generate.py --all DIR OUT          the committed table, from the newest CPython 3.N of each folder in DIR

Any CPython from 3.8 on, 64 bit. Bytes are those that tracemalloc sees: the instance, its dictionary and the header of
the garbage collector. Instances are made by an `__init__` that stores each attribute; the values are shared.

For each kind of base, three lists with one number for 0, 1, 2, ... attributes:
    plain     no slots
    slots     `__slots__` with all attributes
    weakref   the same with `__weakref__`
`object` means no base with data of its own. Below `builtin`, what the base holds itself is left out: only what a
subclass adds is counted.
"""
import gc
import json
import os
import subprocess
import sys
import tracemalloc

ATTRIBUTES = 64
INSTANCES = 1000
# up to that many early instances of a class are given room to grow
WARM_UP = 200


def make_class(base, names, slots):
    body = ["class C({}):".format(base)]
    if slots is not None:
        body.append("    __slots__ = {!r}".format(tuple(slots)))
    body.append("    def __init__(self):")
    body.append("        pass")
    body.extend("        self.{} = None".format(name) for name in names)
    namespace = {}
    exec("\n".join(body), namespace)
    return namespace["C"]


def size_of(cls):
    """Bytes that one more instance takes."""
    kept = [cls() for _ in range(WARM_UP)]
    room = [None] * INSTANCES
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for i in range(INSTANCES):
        room[i] = cls()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(kept) == WARM_UP
    return round((after - before) / INSTANCES)


def sizes(base, least):
    names = ["a{}".format(i) for i in range(ATTRIBUTES + 1)]
    own = size_of(make_class(base, [], [])) - least
    found = {"plain": [], "slots": [], "weakref": []}
    for n in range(ATTRIBUTES + 1):
        some = names[:n]
        found["plain"].append(size_of(make_class(base, some, None)) - own)
        found["slots"].append(size_of(make_class(base, some, some)) - own)
        found["weakref"].append(size_of(make_class(base, some, some + ["__weakref__"])) - own)
    return found


def measure():
    gc.disable()  # it would free other things in between
    least = size_of(make_class("object", [], []))
    return {"object": sizes("object", least), "builtin": sizes("list", least)}


def version_of(python):
    code = "import sys; print(*sys.version_info[:3])"
    return tuple(map(int, subprocess.check_output([python, "-S", "-c", code]).split()))


def measure_all(folder, out):
    newest = {}
    for name in os.listdir(folder):
        python = os.path.join(folder, name, "bin", "python3")
        if os.path.exists(python):
            version = version_of(python)
            if version >= (3, 8) and version > newest.get(version[:2], ((), ""))[0]:
                newest[version[:2]] = (version, python)
    table = {}
    for minor, (_, python) in sorted(newest.items()):
        found = subprocess.check_output([python, "-I", "-S", "-B", os.path.abspath(__file__)])
        table["{}.{}".format(*minor)] = json.loads(found)
    with open(out, "w") as file:
        file.write(readable(table) + "\n")


def readable(table):
    """JSON with each list on one line."""
    text = json.dumps(table, indent=2)
    lists = [line for kinds in table.values() for base in kinds.values() for line in base.values()]
    for numbers in lists:
        wide = json.dumps(numbers, indent=2).replace("\n", "\n      ")
        text = text.replace(wide, json.dumps(numbers))
    return text


if __name__ == "__main__":
    if sys.argv[1:2] == ["--all"]:
        measure_all(*sys.argv[2:])
    else:
        print(json.dumps(measure()))
