// Annotations of variables, parameters and results: they add what they name, and keep out what they rule out.
import type { WorldFile } from '../../model/world.js';
import { guardOf, nothingAllowed } from './allowed.js';
import { annotate } from './annotations.js';
import { isMapping, isPlainContainer } from './externals.js';
import type { Bag } from './keyed.js';
import type { Flow } from './state.js';
import { UNKNOWN } from './tokens.js';

/** An annotated class with more classes below it than this is the root of a large hierarchy. */
export const BROAD = 8;

/** Annotates a node; where the annotation says all there is to say, values of other types are kept out. An annotation
 *  may be wrong, so what surely arrives is let in all the same. */
export function constrain(flow: Flow, file: WorldFile, value: number, into: number): void {
  constrainBy(flow, file, value, flow.graph.node(), into);
}

/** The same for a variable or an attribute, whose containers take in what its annotation says of their elements. */
export function constrainKept(flow: Flow, file: WorldFile, value: number, into: number): void {
  const said = flow.graph.node();
  constrainBy(flow, file, value, said, into);
  const [bag, another] = bagsAt(flow, said);
  if (!bag || another || bag.places) return;
  flow.graph.listen(into, id => {
    const token = flow.tokens.get(id);
    if (token.kind !== 'bag' || token === bag || token.places || !isPlainContainer(token.type)) return;
    if (isMapping(token.type) !== isMapping(bag.type)) return;
    flow.graph.guardAs(token.items, bag.items);
    flow.graph.guardAs(token.keys, bag.keys);
  });
}

const bagsAt = ({ graph, tokens }: Flow, node: number): Bag[] =>
  graph
    .tokens(node)
    .map(tokens.get)
    .filter(token => token.kind === 'bag');

/** `said`: a fresh node, for what the annotation says. */
function constrainBy(flow: Flow, file: WorldFile, value: number, said: number, into: number): void {
  const allowed = nothingAllowed();
  const certainty = annotate(flow, file, value, said, allowed);
  const { classes } = allowed;
  const isBroad = classes.some(c => c.descendants.length > BROAD);
  if (certainty !== 'closed' || !isBroad) flow.graph.edge(said, into);
  if (certainty === 'open') return;
  if (certainty === 'closed') flow.graph.refuse(into, UNKNOWN);
  // the root of a large hierarchy says little: what arrives tells more, where nothing unknown does
  if (certainty === 'closed' && isBroad)
    flow.graph.fallback(into, said, id => {
      const token = flow.tokens.get(id);
      if (token.kind !== 'instance') return token.kind === 'unknown';
      return classes.some(c => c.mro.some(e => e.kind === 'class' && e.cls === token.cls));
    });
  else if (allowed.bounds.length) {
    // where no call is seen, what bounds a type variable is all that is known
    const bound = flow.graph.node();
    for (const each of allowed.bounds) flow.graph.edge(each, bound);
    flow.graph.fallback(into, bound, id => id === UNKNOWN);
  }
  flow.graph.guard(into, guardOf(flow, allowed));
}
