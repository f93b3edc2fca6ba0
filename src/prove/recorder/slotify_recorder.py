"""Records what a program does with instances of the classes of a project, while it runs.

Each class statement of the project passes through a wrapped `__build_class__`. Wanted classes get hooks: `__init__`
counts, `__del__` counts back and looks for weak references, `__setattr__` notes each attribute name once with the place
that stored it, the `__dict__` descriptor notes who asks for it, `__reduce_ex__` notes pickling. The program keeps its
own classes, with their own names, signatures and results. A hook that stands for an inherited method goes on along the
MRO of the instance, as the method would have been found. Decorated classes are hooked when their decorators are done.

The folder given to `start` holds `classes.json`: {ID: whether it is decorated} for the wanted classes.

Each process appends JSON lines to a file of its own:

    {"class": ID, "attribute": NAME, "path": PATH or null, "line": NUMBER}
    {"class": ID, "dict": true, "path": PATH or null, "line": NUMBER}
    {"class": ID, "weakref": true}
    {"class": ID, "protocol": NUMBER, "path": PATH or null, "line": NUMBER}
    {"counts": {ID: [CREATED, MOST_ALIVE], ...}, "python": [MAJOR, MINOR]}      the last line of this kind counts

An id is `path.py:Outer.Inner`, the path relative to the project root. Works on CPython 3.8 and later.
"""

import atexit
import builtins
import functools
import gc
import itertools
import json
import linecache
import os
import sys
import time
import types
from _weakref import getweakrefcount

_build_class = builtins.__build_class__
_exit = os._exit
_getframe = sys._getframe
_clock = time.monotonic

# how many instances of a class are asked for their attributes when they die: what bypasses __setattr__
_INSPECTED = 100
# a snapshot of the counts is due after so many new instances, when the last one is older than a second
_SNAPSHOT_EVERY = 4096


class _Record:
    """What is known of one class; counters that no lock needs to protect."""

    __slots__ = ("id", "names", "created", "died", "now", "gone", "most", "inspected", "weak", "dict_at", "protocols")

    def __init__(self, id):
        self.id = id
        self.names = set()
        self.dict_at = set()
        self.protocols = set()
        self.weak = False
        self.restart()

    def restart(self):
        self.created, self.died = itertools.count(1), itertools.count(1)
        self.now = self.gone = self.most = self.inspected = 0


_records = {}  # class -> _Record
_out = None
_folder = None
_root = None
_made = itertools.count(1)
_last = 0.0
_asking = {}  # (code, line) -> whether it asks for a dictionary
_paths = {}  # file name -> path in the project, or None


def _path_of(filename):
    """The path of a source file relative to the project; None outside, and for code without a file."""
    try:
        return _paths[filename]
    except KeyError:
        pass
    full = os.path.realpath(filename)
    inside = full.startswith(_root + os.sep) and not filename.startswith("<")
    path = os.path.relpath(full, _root).replace(os.sep, "/") if inside else None
    if path is not None and "site-packages/" in path:
        path = None
    _paths[filename] = path
    return path


def _place(frame):
    """The nearest place in the project at or above a frame."""
    while frame is not None:
        path = _path_of(frame.f_code.co_filename)
        if path is not None:
            return {"path": path, "line": frame.f_lineno}
        frame = frame.f_back
    return {"path": None, "line": 0}


def _write(data):
    global _out
    if _out is None:
        name = "{}-{}.jsonl".format(os.getpid(), time.time_ns())
        _out = os.open(os.path.join(_folder, name), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.write(_out, (json.dumps(data) + "\n").encode())


def _note(record, **fact):
    fact["class"] = record.id
    try:
        _write(fact)
    except (OSError, TypeError):  # the disk is full, or the interpreter goes down
        pass


def _snapshot(final=False):
    global _last
    _last = _clock()
    if final:
        _look_at_survivors()
    counts = {}
    for record in list(_records.values()):
        if record.now:
            created, most = counts.get(record.id, (0, 0))
            counts[record.id] = (created + record.now, most + record.most)
    if not counts:
        return
    try:
        _write({"counts": counts, "python": sys.version_info[:2]})
    except (OSError, TypeError):
        pass


def _look_at_survivors():
    """Attributes of instances that are alive at the end."""
    for thing in gc.get_objects():
        record = _records.get(type(thing))
        if record is not None:
            _inspect(thing, record)


def _inspect(thing, record):
    if not record.weak and getweakrefcount(thing):
        record.weak = True
        _note(record, weakref=True)
    if record.inspected < _INSPECTED:
        record.inspected += 1
        for name in _dict_of(thing):
            if name not in record.names:
                record.names.add(name)
                _note(record, attribute=str(name), path=None, line=0)


def _dict_of(thing):
    """The instance dictionary, past the hook that watches it."""
    for base in type(thing).__mro__:
        descriptor = base.__dict__.get("__dict__")
        if descriptor is not None:
            return getattr(descriptor, "original", descriptor).__get__(thing, type(thing))
    return {}


def _created(cls):
    record = _records[cls]
    record.now = next(record.created)
    alive = record.now - record.gone
    if alive > record.most:
        record.most = alive
    if not next(_made) % _SNAPSHOT_EVERY and _clock() - _last > 1:
        _snapshot()


# ---- hooks


def _next(own, hook, name):
    """What would have been found without a hook: the next method of that name along the MRO of an instance's class.

    The hook is looked for, not the class it was made for: decorators copy namespaces into new classes."""
    found = False
    for base in own.__mro__:
        method = base.__dict__.get(name)
        if method is hook:
            found = True
        elif found and method is not None:
            return method
    return getattr(object, name, None)


def _hook_init(cls):
    own_method = cls.__dict__.get("__init__")
    nexts = {}

    def __init__(self, /, *args, **keywords):
        own = type(self)
        if own in _records and own.__init__ is __init__:
            _created(own)
        method = own_method
        if method is None:
            method = nexts.get(own)
            if method is None:
                method = nexts[own] = _next(own, __init__, "__init__")
            if method is object.__init__:
                if (args or keywords) and own.__new__ is object.__new__:
                    raise TypeError(own.__name__ + "() takes no arguments")
                return None  # arguments were for __new__
        return method(self, *args, **keywords)

    _install(cls, "__init__", functools.wraps(cls.__init__)(__init__))


def _hook_del(cls):
    own_method = cls.__dict__.get("__del__")

    def __del__(self):
        own = type(self)
        record = _records.get(own) if _records else None
        if record is not None and own.__del__ is __del__:
            record.gone = next(record.died)
            if not record.weak or record.inspected < _INSPECTED:
                _inspect(self, record)
        method = own_method or _next(own, __del__, "__del__")
        if method is not None:
            method(self)

    _install(cls, "__del__", __del__)


class _Everything:
    """The record of classes that nobody asked for: all their names are known."""

    class names:
        def __contains__(self, name):
            return True

    names = names()


def _hook_setattr(cls):
    own_method = cls.__dict__.get("__setattr__")
    known = {}

    def __setattr__(self, name, value, /):
        pair = known.get(type(self))
        if pair is None:
            own = type(self)
            method = own_method or _next(own, __setattr__, "__setattr__")
            pair = known[own] = (_records.get(own, _Everything), method)
        record, method = pair
        if name not in record.names:
            record.names.add(name)
            _note(record, attribute=str(name), **_place(_getframe(1)))
        method(self, name, value)

    _install(cls, "__setattr__", __setattr__)


def _install(cls, name, hook):
    hook.slotify = True
    type.__setattr__(cls, name, hook)


class _DictWatch:
    """Stands for the `__dict__` descriptor of a class."""

    __slots__ = ("original",)

    def __init__(self, original):
        self.original = original

    def __get__(self, instance, owner=None):
        if instance is None:
            return self.original.__get__(instance, owner)
        record = _records.get(type(instance))
        if record is not None:
            frame = _getframe(1)
            if _asks_for_dict(frame):
                place = _place(frame)
                key = (place["path"], place["line"])
                if key not in record.dict_at and len(record.dict_at) < 20:
                    record.dict_at.add(key)
                    _note(record, dict=True, **place)
        return self.original.__get__(instance, owner)

    def __set__(self, instance, value):
        record = _records.get(type(instance))
        if record is not None:
            _note(record, dict=True, **_place(_getframe(1)))
        self.original.__set__(instance, value)

    def __delete__(self, instance):
        self.original.__delete__(instance)


def _asks_for_dict(frame):
    """Whether a frame wants the dictionary itself, by the source of its line. Copying, pickling and dir() ask for it
    from C, or from modules that do as well without."""
    if frame.f_globals.get("__name__") in ("copy", "copyreg", "pickle"):
        return False
    key = (frame.f_code, frame.f_lineno)
    if key not in _asking:
        line = linecache.getline(frame.f_code.co_filename, frame.f_lineno)
        _asking[key] = not line or "__dict__" in line or "vars" in line
    return _asking[key]


def _hook_dict(cls):
    # the attribute of a type object cannot be assigned; the dictionary behind its proxy can
    namespace = next((d for d in gc.get_referents(cls.__dict__) if isinstance(d, dict)), None)
    if namespace is None or "__dict__" not in namespace:
        return
    namespace["__dict__"] = _DictWatch(namespace["__dict__"])
    # attribute caches of the interpreter hear of changes that are made in the usual way only
    type.__setattr__(cls, "__doc__", cls.__doc__)


def _hook_reduce(cls):
    own_method = cls.__dict__.get("__reduce_ex__")

    def __reduce_ex__(self, protocol, /):
        own = type(self)
        record = _records.get(own)
        frame = _getframe(1)
        if record is not None:
            if frame.f_globals.get("__name__") == "copy":
                _created(own)
            elif protocol not in record.protocols:
                record.protocols.add(protocol)
                _note(record, protocol=protocol, **_place(frame))
        method = own_method or _next(own, __reduce_ex__, "__reduce_ex__")
        return method(self, protocol)

    _install(cls, "__reduce_ex__", __reduce_ex__)


def _is_hooked(function):
    return getattr(function, "slotify", False)


def _watch(cls, id):
    """Hooks a class, as far as its bases have not brought the hooks already."""
    if cls in _records or not cls.__dictoffset__ or issubclass(cls, (type, BaseException)):
        return
    if any(getattr(base, "_is_protocol", False) for base in cls.__mro__):
        return  # typing replaces __init__ of such classes at the first call
    _records[cls] = _Record(id)
    for name, hook in (("__init__", _hook_init), ("__del__", _hook_del), ("__setattr__", _hook_setattr)):
        own = cls.__dict__.get(name)
        is_method = own is None or isinstance(own, types.FunctionType)  # not a partialmethod or the like
        if is_method and not _is_hooked(getattr(cls, name, None)):
            hook(cls)
    if "__dict__" in cls.__dict__:
        _hook_dict(cls)
    if "__reduce_ex__" in cls.__dict__ or cls.__reduce_ex__ is object.__reduce_ex__:
        _hook_reduce(cls)


# ---- classes


_wanted = {}  # id -> whether it is decorated
_undecorated = []  # (class, id, frame of the class statement): decorators may still be at work


def _building(function, name, *bases, **keywords):
    cls = _build_class(function, name, *bases, **keywords)
    frame = id(_getframe(1))
    _flush(frame)
    path = _path_of(function.__code__.co_filename)
    if path is not None and isinstance(cls, type):
        name = "{}:{}".format(path, cls.__qualname__.replace("<locals>.", ""))
        if _wanted.get(name, False):
            _undecorated.append((cls, name, frame))
            _follow_dataclasses()
        elif name in _wanted:
            _try_watch(cls, name)
    return cls


def _try_watch(cls, id):
    try:
        _watch(cls, id)
    except Exception:  # a class that resists stays as it is
        _records.pop(cls, None)


def _flush(frame):
    """Hooks classes whose decorators are done: another class statement of the same frame is reached, or the module
    has been imported."""
    for each in _undecorated[:]:
        cls, name, started = each
        spec = getattr(sys.modules.get(cls.__module__), "__spec__", None)
        if started == frame or (spec is not None and not getattr(spec, "_initializing", False)):
            _undecorated.remove(each)
            _try_watch(cls, name)


def _follow_dataclasses():
    """Hooks a dataclass as soon as it is one: before, a method of its own would keep dataclasses from adding theirs."""
    module = sys.modules.get("dataclasses")
    process = getattr(module, "_process_class", None)
    if process is None or _is_hooked(process):
        return

    def _process_class(cls, *args, **kwargs):
        waiting = [each for each in _undecorated if each[0] is cls]
        for each in waiting:
            _undecorated.remove(each)
        result = process(cls, *args, **kwargs)
        for _, name, _ in waiting:
            _try_watch(result, name)
        return result

    _process_class.slotify = True
    module._process_class = _process_class


# ---- processes


def _after_fork():
    global _out
    _out = None
    for record in _records.values():
        record.restart()


def _leave(status):
    _snapshot(final=True)
    _exit(status)


def start(folder, root):
    """Begins to record classes that are made from now on, in this process and in those it forks."""
    global _folder, _root, _last
    _folder, _root, _last = folder, os.path.realpath(root), _clock()
    with open(os.path.join(folder, "classes.json"), encoding="utf-8") as file:
        _wanted.update(json.load(file))
    builtins.__build_class__ = _building
    os._exit = _leave
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork)
    atexit.register(_snapshot, True)
