// Whose instances are in what stands at a node: in containers there, in those that they hold, and so on. Containers hold
// each other in rings, so that nodes which reach each other are taken together and share one answer (Tarjan 1972).
import type { WorldClass } from '../../model/world.js';
import type { Belief } from '../flow/belief.js';
import { newColumn } from '../flow/columns.js';
import type { Flow } from '../flow/state.js';

/** Classes of the instances at a node and within what stands there, each once. */
export type DeepClasses = (node: number) => readonly WorldClass[];

/** A node, or a container, on the way of a walk. */
interface Step {
  /** Place on the stack of those whose ring is not closed yet, and the lowest one that it leads back to. */
  readonly place: number;
  low: number;
  /** How many parts there were before it. */
  readonly before: number;
  readonly inner: readonly number[];
  next: number;
}

/** Only after solving. Where there are more than `most` classes, the answer is none. */
export function newDeepClasses(
  { graph, tokens }: Flow,
  belief: Belief,
  most = Number.POSITIVE_INFINITY,
): DeepClasses {
  /** Containers are numbered behind the nodes: many nodes lead to one, and it is gone into once. */
  const containers = graph.count();
  /** By number: 0 where a walk has not been, else where its answer stands, or `~place` while it is under way. */
  const known = newColumn(containers + tokens.count());
  const answers: (readonly WorldClass[])[] = [NONE];
  /** Whether a token is one that is looked for, or gone into: most are not, and they lie far apart. */
  const counts = Uint8Array.from({ length: tokens.count() }, (_, id) => {
    const { kind } = tokens.get(id);
    return Number(kind === 'instance' || kind === 'bag');
  });
  const unite = newUnion();

  const walk = (start: number): void => {
    const steps: Step[] = [];
    const open: number[] = [];
    /** What has been met at open nodes and below closed ones. */
    const parts: (readonly WorldClass[])[] = [];

    /** False where there are too many classes. */
    const enter = (number: number): boolean => {
      const place = open.push(number) - 1;
      known[number] = ~place;
      const own: WorldClass[] = [];
      const inner: number[] = [];
      const isTooMuch = (id: number): boolean => {
        if (counts[id] === 0) return false;
        const token = tokens.get(id);
        if (token.kind === 'instance') own.push(token.cls);
        else if (token.kind === 'bag') inner.push(containers + id);
        return own.length > most;
      };
      if (number < containers) {
        if (belief.some(number, isTooMuch)) return false;
      } else {
        const token = tokens.get(number - containers);
        if (token.kind === 'bag') inner.push(token.items, token.keys, ...(token.places ?? []));
      }
      steps.push({ place, low: place, before: parts.length, inner, next: 0 });
      if (own.length) parts.push(own);
      return true;
    };
    const conclude = (classes: readonly WorldClass[], from = 0): void => {
      const answer = answers.push(classes) - 1;
      for (const number of open.splice(from)) known[number] = answer;
    };
    /** All that are open lead to the one where too much has been met. */
    const giveUp = (): void => conclude(MANY);

    if (!enter(start)) return giveUp();
    for (let step = steps.at(-1); step; step = steps.at(-1)) {
      if (step.next < step.inner.length) {
        const to = step.inner[step.next++]!;
        const state = known[to]!;
        if (state < 0) step.low = Math.min(step.low, ~state);
        else if (state > 0) {
          const classes = answers[state]!;
          if (classes === MANY) return giveUp();
          parts.push(classes);
        } else if (!enter(to)) return giveUp();
        continue;
      }
      steps.pop();
      const above = steps.at(-1);
      if (above) above.low = Math.min(above.low, step.low);
      if (step.low < step.place) continue;
      const classes = unite(parts.splice(step.before));
      if (classes.length > most) return giveUp();
      conclude(classes, step.place);
      parts.push(classes);
    }
  };

  return node => {
    if (known[node] === 0) walk(node);
    return answers[known[node]!]!;
  };
}

const NONE: readonly WorldClass[] = [];
/** The answer where there are too many; not the same list. */
const MANY: readonly WorldClass[] = [];

/** Unites lists of classes; the longest one itself where the others add nothing to it. */
function newUnion(): (parts: readonly (readonly WorldClass[])[]) => readonly WorldClass[] {
  /** What was united last: mostly that is the longest part of what comes next. */
  let last = NONE;
  let members = new Set<WorldClass>();
  return given => {
    // most lead to rings, whose nodes share one list
    const parts = new Set(given);
    parts.delete(NONE);
    const [only = NONE] = parts;
    if (parts.size < 2) return only;
    let longest = NONE;
    for (const part of parts) if (part.length > longest.length) longest = part;
    if (longest !== last) {
      last = longest;
      members = new Set(longest);
    }
    let added: WorldClass[] | null = null;
    for (const part of parts) {
      if (part === longest) continue;
      for (const cls of part)
        if (!members.has(cls)) {
          members.add(cls);
          (added ??= []).push(cls);
        }
    }
    if (added) last = [...longest, ...added];
    return last;
  };
}
