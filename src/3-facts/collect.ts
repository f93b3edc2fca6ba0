// One syntax tree -> FileFacts: what the file says, without judging it.
import { children, type Tree } from '../2-parse/tree.js';
import type { FileFacts } from '../model/facts.js';
import { armsIn } from './arms.js';
import { type Beyond, beyondBounds, emptied } from './bounds.js';
import { classFact, functionFact, membersByScope } from './definition-facts.js';
import { directivesOf } from './directives.js';
import { doctestsIn } from './doctests.js';
import { failingIn } from './failing.js';
import { lineStartsOf } from './lines.js';
import { lower } from './lower/lower.js';
import { parsePython, unsoundAt } from './match-subject.js';
import { scoping } from './names/scopes.js';
import { pickledIn } from './pickles.js';

/** Facts of one file, the examples in its strings included. Pure: the same text gives the same facts, in band and in a
 *  worker. */
export function collect(text: string, parse: (text: string) => Tree): FileFacts {
  const whole = parsePython(text, parse);
  const beyond = beyondBounds(whole);
  const t = beyond === null ? whole : emptied(whole);
  const doctests = doctestsIn(t, parse);
  return {
    ...factsOf(t, lineStartsOf(text), beyond),
    doctests: doctests && { ...factsOf(doctests.tree, doctests.lineStarts, null), doctests: null },
  };
}

function factsOf(t: Tree, lineStarts: Uint32Array, beyond: Beyond | null): Omit<FileFacts, 'doctests'> {
  const s = scoping(t);
  const low = lower(t, s);
  const members = membersByScope(t, s, low);
  const classes = s.classNodes.map(node => classFact(t, s, low, node, members));
  const functions = s.functionNodes.map(node => functionFact(t, s, low, node));
  const errorAt = beyond?.at ?? unsoundAt(t);
  return {
    lineStarts,
    statements: Uint32Array.from(children(t, 0), node => t.start[node]!),
    errorAt,
    beyond: beyond?.says ?? null,
    words: errorAt < 0 ? [] : [...new Set(t.text.match(/[A-Za-z_]\w*/g) ?? [])],
    strings: low.strings,
    values: low.values,
    acts: low.acts,
    lists: low.lists,
    presences: low.presences,
    scopes: s.scopes,
    variables: s.variables,
    functions,
    classes,
    imports: low.imports,
    exported: low.exported,
    failing: failingIn(t),
    arms: armsIn(t),
    pickled: pickledIn(t),
    directives: directivesOf(t, s.classNodes, classes),
  };
}
