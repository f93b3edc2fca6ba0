// What is known of classes that are not in the analysed code.

/** Facts about one class of the standard library on one Python version. */
export interface ExternalClass {
  /** Canonical dotted name, e.g. `builtins.int`, `collections.abc.Mapping`. */
  readonly name: string;
  /** Canonical names of the bases, in order, without `builtins.object`. */
  readonly bases: readonly string[];
  /** Instances of the class itself (not of a subclass without slots) carry a `__dict__`. */
  readonly hasDict: boolean;
  readonly hasWeakref: boolean;
  /** A subclass may not have non-empty slots (`int`, `tuple`, `bytes`, `type`: tp_itemsize != 0). */
  readonly variableSize: boolean;
  /** The class adds to the memory layout of its base (C fields or non-empty slots): two such classes of
   *  different lines cannot be combined. */
  readonly solid: boolean;
  /** Canonical name of the metaclass when it is not `builtins.type`. */
  readonly metaclass: string | null;
  /** Names bound on the class itself (methods, properties, class variables, slots), dunder names left out. */
  readonly members: readonly string[];
  /** Those of `members` that are slots or C members: instance storage that a store goes to. */
  readonly slots: readonly string[];
  readonly isException: boolean;
}
