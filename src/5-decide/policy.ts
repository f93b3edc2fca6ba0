// What the user wants: which classes are left alone, which reasons do not count, what slots may hold.
import { globs } from '../1-discover/roles.js';
import type { Config } from '../model/config.js';
import type { Evidence, Reason } from '../model/decision.js';
import type { RuleDoc } from '../model/rule-doc.js';
import type { Transform } from '../model/transform.js';
import type { World, WorldClass } from '../model/world.js';
import { atClass, inFileOf, reason } from '../rules/rule.js';
import { skipped, transformOff } from '../rules/wishes.js';
import { classPatterns } from './patterns.js';

/** What a caller may change about deciding. */
export interface Policy {
  /** Codes of rules that are switched off: for proving that a rule is needed, not for users. */
  readonly without: ReadonlySet<string>;
  /** Classes that are judged at all; the others are left alone without a word. */
  readonly selected: (cls: WorldClass) => boolean;
  /** Why a class is left alone although nothing in the code is against it, or null. */
  readonly spares: (cls: WorldClass, transform: Transform) => Reason | null;
  /** Whether the user says that a reason does not count for a class. */
  readonly ignores: (cls: WorldClass, rule: RuleDoc) => boolean;
  readonly weakref: Config['weakref'];
  readonly hybrid: boolean;
}

/** Why a class is left alone although nothing in the code is against it. */
export interface Withheld {
  readonly rule: RuleDoc;
  readonly evidence: readonly Evidence[];
}

/** The only classes to rewrite. */
export interface Narrow {
  /** Patterns; null for all classes. */
  readonly classes: readonly string[] | null;
  /** Absolute paths; null for all files. */
  readonly files: ReadonlySet<string> | null;
}

/** Whether a class is among those that a run is narrowed to. */
export function selectedBy({ classes, files }: Narrow): Policy['selected'] {
  const matches = classes === null ? null : classPatterns(classes);
  return cls => (matches?.(cls.ref) ?? true) && (files?.has(cls.file.source.file) ?? true);
}

/** What narrows a run besides the configuration. */
export interface Limits {
  readonly without?: Iterable<string> | undefined;
  readonly selected?: Policy['selected'] | undefined;
  /** Classes that are left alone for a reason from outside the analysis, by id. */
  readonly withheld?: ReadonlyMap<string, Withheld> | undefined;
}

/** The settings that bear on deciding. */
export type Wishes = Pick<
  Config,
  'weakref' | 'hybrid' | 'transforms' | 'skip' | 'perFileIgnores' | 'perClassIgnores'
>;

/** The policy of a configuration. */
export function policyOf(wishes: Wishes, limits: Limits = {}): Policy {
  const skips = wishes.skip.map(pattern => [pattern, classPatterns([pattern])] as const);
  const on = new Set(wishes.transforms);
  const byFile = Object.entries(wishes.perFileIgnores).map(([glob, names]) => {
    const matches = globs([glob]);
    return [(cls: WorldClass) => matches(cls.file.source.path), names] as const;
  });
  const byClass = Object.entries(wishes.perClassIgnores).map(([pattern, names]) => {
    const matches = classPatterns([pattern]);
    return [(cls: WorldClass) => matches(cls.ref), names] as const;
  });
  const ignored = [...byFile, ...byClass];
  return {
    without: new Set(limits.without),
    selected: limits.selected ?? (() => true),
    weakref: wishes.weakref,
    hybrid: wishes.hybrid,
    spares: (cls, transform) => {
      const withheld = limits.withheld?.get(cls.ref.id);
      if (withheld) {
        const seen =
          withheld.evidence.length > 0 ? withheld.evidence : [atClass(cls, 'is left out of this run')];
        return reason(withheld.rule, cls, seen);
      }
      for (const d of directives(cls))
        if (d.says.kind === 'skip')
          return reason(skipped, cls, [inFileOf(cls, d.at, 'the comment asks for it')]);
      const pattern = skips.find(([, matches]) => matches(cls.ref))?.[0];
      if (pattern !== undefined)
        return reason(skipped, cls, [atClass(cls, `the setting skip has the pattern "${pattern}"`)]);
      if (on.has(transform.name)) return null;
      return reason(transformOff, cls, [atClass(cls, `the transform ${transform.name} is switched off`)]);
    },
    ignores: (cls, rule) =>
      !rule.final &&
      (directives(cls).some(d => d.says.kind === 'ignore' && d.says.reasons.some(r => isNamed(rule, r))) ||
        ignored.some(([matches, names]) => names.some(name => isNamed(rule, name)) && matches(cls))),
  };
}

/** Whether `name` is the name or the code of a rule. */
export const isNamed = (rule: Pick<RuleDoc, 'code' | 'name'>, name: string): boolean =>
  rule.name === name || rule.code === name.toUpperCase();

/** The comments on the header of a class that speak to slotify. */
const directives = (cls: WorldClass) =>
  cls.file.facts.directives.filter(d => cls.file.facts.classes[d.cls] === cls.fact);

/** The world in which every class is referred to weakly, as `weakref = "always"` asks. A class that is only there to
 *  be inherited from has no instances to refer to, and the slot might keep it from being combined with others. */
export const referredToWeakly = (world: World): World => ({
  ...world,
  findings: (cls, kind) => {
    const found = world.findings(cls, kind);
    if (kind !== 'weak-reference') return found;
    if (world.attributes(cls).size === 0 && !world.instantiated(cls)) return found;
    const evidence = atClass(cls, 'weakref = "always" asks for it');
    return [...found, { kind, evidence, attr: null, certain: true }];
  },
});
