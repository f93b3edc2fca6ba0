# Which modules the standard library of this interpreter has, and under which names they bind classes.
import importlib
import importlib.machinery
import os
import re
import sys
import types

# Not part of what a program builds on, or not silent when imported.
SKIP_TOP = {"test", "idlelib", "lib2to3", "turtledemo", "antigravity", "this", "__hello__", "__phello__"}
SKIP_PART = re.compile(r"^(tests?|__main__|_bundled|_test.*|_ctypes_test|_xxtest.*|xx.*|_sysconfigdata.*)$")
# In the library, but not on every platform; sys.stdlib_module_names tells only from 3.10 on.
ELSEWHERE = {
    "_dbm", "_gdbm", "_msi", "_overlapped", "_scproxy", "_winapi", "msilib", "msvcrt", "nis", "nt", "ossaudiodev",
    "spwd", "winreg", "winsound",
}
# Public by name, but nobody imports a class from there when another module has it.
BACKSTAGE = {"imp", "nt", "posix", "pyexpat", "sre_compile", "sre_constants", "sre_parse"}
# Where the rule in `rank` does not find the documented name, or finds another one in each version.
DOCUMENTED = {"asyncio.SelectorEventLoop", "enum.EnumMeta", "re.error", "weakref.ref"}


def library_files(folder, prefix=""):
    """Dotted names of the modules and packages below a folder, by their files alone."""
    suffixes = sorted(importlib.machinery.all_suffixes(), key=len, reverse=True)
    for entry in sorted(os.scandir(folder), key=lambda e: e.name):
        if entry.is_dir():
            if entry.name.isidentifier() and os.path.exists(os.path.join(entry.path, "__init__.py")):
                yield prefix + entry.name
                yield from library_files(entry.path, prefix + entry.name + ".")
            continue
        suffix = next((s for s in suffixes if entry.name.endswith(s)), None)
        stem = entry.name[: -len(suffix)] if suffix else ""
        if stem.isidentifier() and stem != "__init__":
            yield prefix + stem


def known_modules():
    """Every module name of this version's library, importable here or not, test packages left out."""
    names = set(sys.builtin_module_names) | set(getattr(sys, "stdlib_module_names", ELSEWHERE))
    for folder in sys.path:
        if os.path.isdir(folder):
            names.update(library_files(folder))
    return {n for n in names if n.split(".")[0] != "test" and not any(map(SKIP_PART.match, n.split(".")))}


def import_all(names):
    """name -> module for everything that can be imported, pseudo modules such as `os.path` included."""
    for name in sorted(names):
        if name.split(".")[0] in SKIP_TOP:
            continue
        try:
            importlib.import_module(name)
        except BaseException:  # what a platform lacks: ImportError, OSError, AttributeError, even SystemExit
            pass
    tops = {n.split(".")[0] for n in names} - SKIP_TOP
    return {n: m for n, m in sorted(sys.modules.items())
            if n.split(".")[0] in tops and isinstance(m, types.ModuleType)
            and not any(map(SKIP_PART.match, n.split(".")))}


def names_in(module):
    names = set(vars(module)) | set(public(module))
    if module.__name__ == "collections":  # up to 3.9 `collections.Mapping` still works, through __getattr__
        names |= set(public(sys.modules["collections.abc"]))
    return sorted(n for n in names if isinstance(n, str) and n.isidentifier() and not dunder(n))


def public(module):
    return [n for n in getattr(module, "__all__", ()) if isinstance(n, str)]


def dunder(name):
    return name.startswith("__") and name.endswith("__")


def bare_alias(value):
    """The class behind an unsubscripted alias of typing: collections.abc.Iterable for typing.Iterable."""
    kind = type(value)
    if kind.__module__ != "typing" or not isinstance(getattr(value, "__origin__", None), type):
        return None
    special = kind.__name__ in ("_SpecialGenericAlias", "_TupleType", "_CallableType")
    return value.__origin__ if special or vars(value).get("_special") is True else None


def collect(modules):
    """(class -> [(module, name)], dotted alias -> class) of all that is bound in the modules."""
    places, aliases = {}, {}
    for path, module in modules.items():
        for name in names_in(module):
            try:
                value = getattr(module, name)
            except BaseException:
                continue
            if isinstance(value, type):
                places.setdefault(value, []).append((path, name))
            else:
                origin = bare_alias(value)
                if origin is not None:
                    aliases[path + "." + name] = origin
    return places, aliases


def rank(cls, modules, module, name):
    """Sort key of one place where a class is bound: the documented name comes first."""
    parts, home = module.split("."), cls.__module__
    exported = name in public(modules[module])
    offered = exported and (home + ".").startswith(module + ".")  # asyncio.Protocol for asyncio.protocols.Protocol
    return (
        module != "builtins",
        module + "." + name not in DOCUMENTED,
        any(p.startswith("_") for p in parts) or name.startswith("_"),
        module in BACKSTAGE,
        bool(public(modules[module])) and not exported,
        name != cls.__name__,
        len(parts) if offered else sys.maxsize,
        module != home,
        home.lstrip("_") != module,
        not exported,
        len(parts),
        module,
        name,
    )


def name_classes(places, modules):
    """class -> canonical name; classes nested in others and bases that no module binds get one too."""
    names, taken = {}, set()
    for cls, where in places.items():
        module, name = min(where, key=lambda place: rank(cls, modules, *place))
        names[cls] = module + "." + name
        taken.add(names[cls])
    queue = sorted(names, key=names.get)
    while queue:
        cls = queue.pop(0)
        for name, inner in sorted(vars(cls).items()):
            if isinstance(inner, type) and inner not in names and inner.__qualname__ == cls.__qualname__ + "." + name:
                names[inner] = names[cls] + "." + name
                queue.append(inner)
        for hidden in cls.__bases__ + (type(cls),):
            if hidden not in names:
                # Not importable under any name, and said so: `_ctypes.<_CData>`.
                name = stem = "%s.<%s>" % (hidden.__module__, hidden.__qualname__)
                while name in taken:
                    stem += "'"
                    name = stem
                names[hidden] = name
                taken.add(name)
                queue.append(hidden)
    return names
