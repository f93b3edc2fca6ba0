// The `__dict__` of objects: what is put there under a name is an attribute, and attributes are found there.
import type { WorldClass } from '../../model/world.js';
import { isNamespace, keepsAttributes } from './externals.js';
import { ANY_NAME, type Fields } from './fields.js';
import type { Bag, Keyed } from './keyed.js';
import { type Flow, newBag } from './state.js';

export interface Dicts {
  /** The `__dict__` of instances of a class. */
  readonly dictOf: (cls: WorldClass) => Bag;
  /** That of an object of a library type, with what the program put there; null where there is none. */
  readonly objectDict: (object: Bag) => Bag | null;
  /** Stores what stands at a node on an object of a library type, under a name or, where that is null, under one that is
   *  computed. */
  readonly putOn: (object: Bag, name: string | null, given: number) => void;
  /** Lets what was put on such an object under a name flow into `into`. */
  readonly readOn: (object: Bag, name: string, into: number) => void;
}

export function newDicts(flow: Flow, fields: Fields, keyed: Keyed): Dicts {
  const { graph, tokens } = flow;
  const ofClasses = new Map<WorldClass, Bag>();
  /** By the node of what an object holds. */
  const ofObjects = new Map<number, Bag>();

  const dictOf: Dicts['dictOf'] = cls => {
    const known = ofClasses.get(cls);
    if (known) return known;
    const dict = tokens.get(newBag(flow, 'dict', { items: fields.everything(cls) })) as Bag;
    ofClasses.set(cls, dict);
    keyed.keepNames(dict, (name, node) => {
      fields.read(cls, name, node);
      graph.edge(node, fields.field(cls, name));
    });
    for (const node of keyed.under(dict, null)) graph.edge(node, fields.field(cls, ANY_NAME));
    return dict;
  };

  const objectDict: Dicts['objectDict'] = object => {
    if (!keepsAttributes(object.type)) return null;
    const known = ofObjects.get(object.items);
    if (known) return known;
    const dict = tokens.get(newBag(flow, 'dict')) as Bag;
    ofObjects.set(object.items, dict);
    keyed.keepNames(dict);
    if (isNamespace(object.type)) for (const node of keyed.under(dict, null)) graph.edge(object.items, node);
    return dict;
  };

  return {
    dictOf,
    objectDict,
    putOn(object, name, given) {
      const dict = objectDict(object);
      for (const node of dict ? keyed.under(dict, name === null ? null : [name]) : [])
        graph.edge(given, node);
    },
    readOn(object, name, into) {
      const dict = objectDict(object);
      for (const node of dict ? keyed.at(dict, [name]) : []) graph.edge(node, into);
    },
  };
}
