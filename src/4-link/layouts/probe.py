# What a class of this interpreter allows its subclasses and instances, found out by trying.
# The rules behind it are those of CPython's Objects/typeobject.c: type_new_slots, best_base, extra_ivars.
import sys
import types
import weakref

from library import dunder

MANAGED_WEAKREF, MANAGED_DICT, HEAP_TYPE = 1 << 3, 1 << 4, 1 << 9
CONFLICT = "lay-out conflict"
NO_SLOTS = "nonempty __slots__ not supported for subtype"
POINTER = 8


def build(bases, body=(), raw=False):
    """A class over `bases`, as the class statement makes it; `raw` leaves the metaclass's own code out."""
    body = dict(body, __module__=__name__)
    if raw:
        return type.__new__(type(bases[0]), "Probe", bases, body)
    return types.new_class("Probe", bases, {}, lambda space: space.update(body))


def attempt(bases, body=()):
    """(class, '') or (None, message), where the message is about layouts if that can be found out."""
    message = ""
    for raw in (False, True):
        try:
            return build(bases, body, raw), ""
        except BaseException as error:
            message = str(error)
            if CONFLICT in message or NO_SLOTS in message:
                break
    return None, message


def solid_base(cls):
    base = solid_base(cls.__base__) if cls.__base__ else object
    return cls if extra_ivars(cls, base) else base


def extra_ivars(cls, base):
    """Objects/typeobject.c, extra_ivars up to 3.11: more than a `__dict__` or `__weakref__` behind the base's
    fields. From 3.12 on (shape_differs) the two sizes alone are compared."""
    size = cls.__basicsize__
    if cls.__itemsize__ or base.__itemsize__:
        return size != base.__basicsize__ or cls.__itemsize__ != base.__itemsize__
    for offset in ("__weakrefoffset__", "__dictoffset__") if sys.version_info < (3, 12) else ():
        own = getattr(cls, offset)
        if own and not getattr(base, offset) and own + POINTER == size and cls.__flags__ & HEAP_TYPE:
            size -= POINTER
    return size != base.__basicsize__


def is_solid(cls):
    """Whether no sibling with a slot of its own can be combined with the class (best_base)."""
    if cls.__base__ is None:
        return False
    sibling, _ = attempt((cls.__base__,), {"__slots__": ("_sibling",)})
    if sibling is not None:
        both, message = attempt((cls, sibling))
        if both is not None or CONFLICT in message:
            return both is None
    return solid_base(cls) is cls  # nothing to try it with: a base that takes no slots, or no subclass


def takes_no_slots(cls):
    """Whether a subclass may not have slots of its own (type_new_slots: tp_itemsize != 0)."""
    probe, message = attempt((cls,), {"__slots__": ("_probe",)})
    if probe is not None:
        return False
    return NO_SLOTS in message or cls.__itemsize__ != 0  # the latter for what takes no subclass at all


def is_final(cls):
    """Whether the class cannot be a base."""
    typing = sys.modules["typing"]
    try:
        # a bare Generic is refused as a base, but every subscripted one is it
        types.new_class("Probe", (typing.Generic[typing.T],)) if cls is typing.Generic else build((cls,))
    except TypeError:
        return True
    except BaseException:  # subclasses must bring something along, as those of ctypes.Array do
        return False
    return False


def has_setter(descriptor):
    """Whether a getset descriptor of C code can be stored to; False where that cannot be read."""
    try:
        import ctypes
    except ImportError:
        return False
    if sys.implementation.name != "cpython" or object.__basicsize__ != 2 * POINTER:
        return False
    # PyGetSetDescrObject: head, d_type, d_name, d_qualname, d_getset; PyGetSetDef: name, get, set
    getset = ctypes.c_void_p.from_address(id(descriptor) + 5 * POINTER).value
    return bool(ctypes.c_void_p.from_address(getset + 2 * POINTER).value)


def is_storage(value):
    """A slot, a member of a C structure (even a read-only one), or a getset of C code that takes a value."""
    if isinstance(value, types.MemberDescriptorType):
        return True
    return isinstance(value, types.GetSetDescriptorType) and has_setter(value)


def facts(cls, names):
    """The fields of ExternalClass in src/model/layouts.ts, and `final`."""
    # ABCMeta binds `_abc_impl` on each of its classes, the project's own included: no fact about this one
    members = sorted(n for n in vars(cls) if isinstance(n, str) and not dunder(n) and n != "_abc_impl")
    return {
        "name": names[cls],
        "bases": [names[b] for b in cls.__bases__ if b is not object],
        "hasDict": cls.__dictoffset__ != 0 or bool(cls.__flags__ & MANAGED_DICT and sys.version_info >= (3, 11)),
        "hasWeakref": cls.__weakrefoffset__ != 0
        or bool(cls.__flags__ & MANAGED_WEAKREF and sys.version_info >= (3, 12)),
        "variableSize": takes_no_slots(cls),
        "solid": is_solid(cls),
        "metaclass": None if type(cls) is type else names[type(cls)],
        "members": members,
        "slots": [n for n in members if is_storage(vars(cls)[n])],
        "isException": issubclass(cls, BaseException),
        "final": is_final(cls),
    }


def verify(cls, found):
    """Compares with a real instance where making one runs no code of the class."""
    if cls.__new__ is not object.__new__ or hasattr(cls, "__del__"):
        return
    try:
        instance = object.__new__(cls)
    except TypeError:  # abstract, or laid out in C
        return

    def works(trial):
        try:
            trial()
            return True
        except Exception:
            return False

    real = {
        "hasDict": works(lambda: object.__getattribute__(instance, "__dict__")),
        "hasWeakref": works(lambda: weakref.ref(instance)),
    }
    for field, value in real.items():
        if value != found[field]:
            raise AssertionError("%s: %s is %s" % (found["name"], field, value))


def special_forms(names):
    """NamedTuple and TypedDict as bases: facts of the class a statement over them makes, whatever they are."""
    import typing

    row, record = typing.NamedTuple("Row", [("field", int)]), typing.TypedDict("Record", {"field": int})
    as_tuple = facts(row, {**names, row: "typing.NamedTuple"})
    as_dict = facts(record, {**names, record: "typing.TypedDict"})
    for field in ("members", "slots"):
        as_tuple[field] = [n for n in as_tuple[field] if n != "field"]
    # calling a TypedDict class gives a dict, not an instance of that class
    as_dict.update(hasDict=False, hasWeakref=False, final=False)
    return as_tuple, as_dict
