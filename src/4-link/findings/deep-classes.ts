// Whose instances are in what stands at a node: in containers there, in those that they hold, and so on. Containers hold
// each other in rings, so that nodes which reach each other are taken together and share one answer (Tarjan 1972).
import type { WorldClass } from '../../model/world.js';
import type { Belief } from '../flow/belief.js';
import type { Flow } from '../flow/state.js';

/** Classes of the instances at a node and within what stands there, each once. */
export type DeepClasses = (node: number) => readonly WorldClass[];

/** A node on the way of a walk. */
interface Step {
  readonly node: number;
  /** Place on the stack of nodes whose ring is not closed yet, and the lowest one that it leads back to. */
  readonly place: number;
  low: number;
  /** How many parts there were before it. */
  readonly before: number;
  readonly inner: readonly number[];
  next: number;
}

/** Only after solving. Where there are more than `most` classes, the answer is none. */
export function newDeepClasses(
  { tokens }: Flow,
  belief: Belief,
  most = Number.POSITIVE_INFINITY,
): DeepClasses {
  const answers = new Map<number, readonly WorldClass[]>();
  const unite = newUnion();

  const walk = (start: number): void => {
    const steps: Step[] = [];
    const open: number[] = [];
    const places = new Map<number, number>();
    /** What has been met at open nodes and below closed ones. */
    const parts: (readonly WorldClass[])[] = [];

    /** False where there are too many classes. */
    const enter = (node: number): boolean => {
      const own: WorldClass[] = [];
      const inner: number[] = [];
      for (const id of belief.tokens(node)) {
        const token = tokens.get(id);
        if (token.kind === 'instance') own.push(token.cls);
        else if (token.kind === 'bag') inner.push(token.items, token.keys, ...(token.places ?? []));
      }
      const place = open.push(node) - 1;
      places.set(node, place);
      steps.push({ node, place, low: place, before: parts.length, inner, next: 0 });
      if (own.length) parts.push(own);
      return own.length <= most;
    };
    /** All nodes that are open lead to the one where too much has been met. */
    const giveUp = (): void => {
      for (const node of open) answers.set(node, MANY);
    };

    if (!enter(start)) return giveUp();
    for (let step = steps.at(-1); step; step = steps.at(-1)) {
      if (step.next < step.inner.length) {
        const to = step.inner[step.next++]!;
        const known = answers.get(to);
        const place = places.get(to);
        if (known === MANY || (!known && place === undefined && !enter(to))) return giveUp();
        if (known) parts.push(known);
        else if (place !== undefined) step.low = Math.min(step.low, place);
        continue;
      }
      steps.pop();
      const above = steps.at(-1);
      if (above) above.low = Math.min(above.low, step.low);
      if (step.low < step.place) continue;
      const classes = unite(parts.splice(step.before));
      if (classes.length > most) return giveUp();
      for (const node of open.splice(step.place)) {
        answers.set(node, classes);
        places.delete(node);
      }
      parts.push(classes);
    }
  };

  return node => {
    if (!answers.has(node)) walk(node);
    return answers.get(node)!;
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
  return parts => {
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
