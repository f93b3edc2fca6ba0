// Reading an attribute of an object of the library, of a container, of a text or a number.
import { lacks } from './built-in.js';
import type { Dicts } from './dicts.js';
import { isMethodOf, isMock, keepsAttributes } from './externals.js';
import { RAISED } from './kept.js';
import type { Bag } from './keyed.js';
import { isMaker } from './library-makers.js';
import { type Flow, newBag } from './state.js';
import { FOREIGN, UNKNOWN } from './tokens.js';

export interface LibraryReads {
  /** Lets what an attribute of a text, a number, an object from elsewhere gives flow into `into`. */
  readonly readForeign: (name: string, into: number) => void;
  /** The same for an object that may hold others; `id`: the number of its token. */
  readonly readObject: (object: Bag, id: number, name: string, into: number) => void;
}

export function newLibraryReads(flow: Flow, dicts: Dicts): LibraryReads {
  const { graph, tokens } = flow;

  let foreignItems = -1;
  /** The `__dict__` of such an object: where it has one, its own things are in it. */
  const foreignDict = (): number => {
    if (foreignItems < 0) {
      const items = graph.node();
      graph.add(items, FOREIGN);
      foreignItems = newBag(flow, 'dict', { items, keys: items });
    }
    return foreignItems;
  };

  const readForeign: LibraryReads['readForeign'] = (name, into) =>
    graph.add(into, name === '__dict__' ? foreignDict() : FOREIGN);

  const readObject: LibraryReads['readObject'] = (object, id, name, into) => {
    const { type, items } = object;
    if (type === RAISED && (name === 'value' || name === 'code')) graph.edge(items, into);
    if ((type === 'logging.LogRecord' || type === RAISED) && name === 'args')
      graph.add(into, newBag(flow, 'tuple', { items }));
    if (lacks(type, name)) return readForeign(name, into);
    if (!isMethodOf(type, name) && !isMaker(type, name))
      graph.add(into, keepsAttributes(type) ? UNKNOWN : FOREIGN);
    if (name === '__dict__') {
      const dict = dicts.objectDict(object);
      return dict ? graph.add(into, tokens.id(dict)) : undefined;
    }
    // what is read on a mock is a mock: one stands for all that come of it
    if (isMock(type)) graph.add(into, id);
    dicts.readOn(object, name, into);
    return graph.add(into, tokens.id({ kind: 'bagMethod', bag: id, name }));
  };

  return { readForeign, readObject };
}
