// What the output of a failing command says: which tests failed, which error, and the classes that it names.

export interface Failed {
  /** Names of failing tests as their runner gives them; empty when it names none. */
  readonly tests: readonly string[];
  /** Lines that say an error, e.g. `AttributeError: 'Order' object has no attribute 'note'`, in order. */
  readonly errors: readonly string[];
}

/** Lines of pytest's short summary and headings of unittest. */
const TESTS = [/^(?:FAILED|ERROR) (\S+\.py(?:::.+?)?)(?: - .*)?$/gm, /^(?:FAIL|ERROR): (.+?\))(?: .*)?$/gm];

/** Errors as the traceback module prints them; pytest puts `E` in front. */
const ERROR =
  /^(?:E {3,})?((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:Error|Exception|Warning|Exit|Interrupt)(?:: .*)?)$/gm;

/** Names of classes in messages that slots cause: attributes that are missing or read-only, weak references,
 *  pickling, `__dict__`, `__class__`. The wording is that of CPython 3.8 to 3.13. */
const NAMED = [
  /'([\w.<>]+)' object has no attribute/g,
  /'([\w.<>]+)' object attribute '\w+' is read-only/g,
  /'([\w.<>]+)' object has no __dict__/g,
  /cannot create weak reference to '([\w.<>]+)' object/g,
  /cannot pickle '?([\w.<>]+)'? object/g,
  /object layout differs from '([\w.<>]+)'/g,
  /'([\w.<>]+)' object layout differs/g,
  /type object '([\w.<>]+)' has no attribute/g,
];

/** Places of a traceback, as Python prints them and as pytest does. */
const PLACES = /^ *File "([^"]+)", line (\d+)|^(\S+\.py):(\d+): /gm;

/** Reads the output of a test runner or a script. */
export function failuresIn(output: string): Failed {
  const all = (pattern: RegExp): string[] => [...output.matchAll(pattern)].map(match => match[1]!.trim());
  return { tests: [...new Set(TESTS.flatMap(all))], errors: [...new Set(all(ERROR))] };
}

/** Simple names of classes that errors name. */
export function namedIn(text: string): ReadonlySet<string> {
  const names = NAMED.flatMap(pattern => [...text.matchAll(pattern)].map(match => match[1]!));
  return new Set(names.map(name => name.slice(name.lastIndexOf('.') + 1)));
}

/** The places that tracebacks in the output go through, in order: path as printed, 1-based line. */
export function placesIn(output: string): readonly { readonly path: string; readonly line: number }[] {
  return [...output.matchAll(PLACES)].map(m => ({ path: m[1] ?? m[3]!, line: Number(m[2] ?? m[4]) }));
}
