// Classes and functions that random programs use by name; only those that a program names are put into it.

/** Python by the name it defines. */
export const HELPERS: Readonly<Record<string, string>> = {
  T: 'T = typing.TypeVar("T")',
  made: 'made = []',
  shared: 'shared = None',
  fill: 'def fill(thing):\n    thing.filled = 1',
  _put: 'def _put(thing, name, value):\n    setattr(thing, name, value)',
  hidden: 'def hidden(thing, name, value):\n    setattr(thing, name, value)',
  known: 'def known(thing):\n    made.append(thing)\n    return made[-1]',
  queue_of: 'def queue_of(thing):\n    queue = Queue()\n    queue.put(thing)\n    return queue',
  Holder: `class Holder:
    def __init__(self, item):
        self.item = item

    def get(self):
        return self.item

    @property
    def prop(self):
        return self.item

    @classmethod
    def of(cls, item):
        return cls(item)`,
  Pair: 'class Pair(typing.NamedTuple):\n    one: object\n    two: object',
  Box: `class Box:
    def __init__(self, *things):
        self.things = list(things)

    def __getitem__(self, place):
        return self.things[place]

    def __iter__(self):
        return iter(self.things)`,
  Scope: `class Scope:
    def __init__(self, thing):
        self.thing = thing

    def __enter__(self):
        return self.thing

    def __exit__(self, *args):
        return None`,
  opened: '@contextlib.contextmanager\ndef opened(thing):\n    yield thing',
  Trouble: `class Trouble(Exception):
    def __init__(self, thing):
        super().__init__(thing)
        self.thing = thing`,
  Cell: `class Cell:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        return 0

    def __set__(self, instance, value):
        made.append(value)`,
  Keeper: `class Keeper:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        return self if instance is None else instance.__dict__.get(self.name)

    def __set__(self, instance, value):
        instance.__dict__[self.name] = value`,
  traced: `def traced(call):
    @functools.wraps(call)
    def around(*args, **rest):
        return call(*args, **rest)

    return around`,
  same: 'def same(cls):\n    return cls',
  tagged: 'def tagged(cls):\n    cls.tag = "t"\n    return cls',
  wrapped: 'def wrapped(cls):\n    class Wrapped(cls):\n        pass\n\n    return Wrapped',
  Counted: `class Counted:
    total = 0
    below = []

    def __init_subclass__(cls, **rest):
        super().__init_subclass__(**rest)
        Counted.below.append(cls.__name__)

    def count(self):
        self.counted = True
        type(self).total += 1
        return self`,
  Loud: `class Loud:
    def shout(self, size=None):
        self.size = size
        return self`,
  Named: `class Named:
    name = "none"

    def called(self, name):
        self.name = name
        return self`,
  Sealed: `class Sealed:
    sealed = False

    def __setattr__(self, name, value):
        if self.sealed:
            raise TypeError(name)
        super().__setattr__(name, value)`,
  Lazy: `class Lazy:
    def __getattr__(self, name):
        if name != "lazy":
            raise AttributeError(name)
        self.lazy = 1
        return self.lazy`,
  Mirror: `class Mirror:
    def __eq__(self, other):
        return type(self) is type(other) and vars(self) == vars(other)

    __hash__ = None`,
  Registry: `class Registry(type):
    known = {}

    def __init__(cls, name, bases, body):
        super().__init__(name, bases, body)
        Registry.known[name] = cls`,
  Single: `class Single(type):
    made = None

    def __call__(cls, *args, **rest):
        if cls.made is None:
            cls.made = super().__call__(*args, **rest)
        return cls.made`,
  Adding: `class Adding(type):
    def __new__(mcs, name, bases, body):
        return super().__new__(mcs, name, bases, dict(body, colour="added"))`,
  registered:
    'def registered(name):\n    def take(cls):\n        made.append((name, cls))\n        return cls\n\n    return take',
};

/** Imports by the names they bind. */
const FROM: Readonly<Record<string, readonly string[]>> = {
  abc: ['ABC', 'ABCMeta'],
  collections: ['OrderedDict', 'UserDict', 'deque', 'namedtuple'],
  'collections.abc': ['Hashable', 'Iterator', 'Sized'],
  contextlib: ['AbstractContextManager', 'ContextDecorator', 'nullcontext', 'suppress'],
  dataclasses: ['InitVar', 'dataclass', 'field'],
  functools: ['cached_property', 'partial', 'partialmethod', 'total_ordering', 'update_wrapper'],
  queue: ['Queue'],
  typing: ['ClassVar', 'Generic', 'Protocol'],
  unittest: ['mock'],
};

const MODULES =
  'asyncio collections concurrent.futures contextlib contextvars copy dataclasses functools gc heapq inspect io itertools json operator pickle random reprlib sys threading types typing weakref'.split(
    ' ',
  );

/** Whether a text uses a name, as far as words tell. */
export const names = (text: string, name: string): boolean =>
  new RegExp(`(?<![\\w.])${name.replace('.', '\\.')}(?!\\w)`).test(text);

/** The import statements that a text needs from the standard library. */
export function importsFor(text: string): string {
  const whole = MODULES.filter(module => names(text, module)).map(module => `import ${module}`);
  const parts = Object.entries(FROM).flatMap(([module, all]) => {
    const used = all.filter(name => names(text, name));
    return used.length > 0 ? [`from ${module} import ${used.join(', ')}`] : [];
  });
  return [...whole, ...parts].join('\n');
}

/** The helpers that a text names, those that these name included, in the order of the table. */
export function helpersFor(text: string): readonly string[] {
  const wanted = new Set<string>();
  const look = (inside: string): void => {
    for (const [name, helper] of Object.entries(HELPERS)) {
      if (wanted.has(name) || !names(inside, name)) continue;
      wanted.add(name);
      look(helper);
    }
  };
  look(text);
  return Object.keys(HELPERS).filter(name => wanted.has(name));
}
