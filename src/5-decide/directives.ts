// Comments that speak to slotify and do nothing.
import type { Decision, Remark } from '../model/decision.js';
import { type DirectiveFact, lineAndColumn } from '../model/facts.js';
import type { World } from '../model/world.js';
import { RULES } from '../rules/index.js';
import { skipped } from '../rules/wishes.js';
import { isNamed } from './policy.js';

/** A remark on each directive of the decided classes' files that is not understood, stands nowhere or changes nothing. */
export function idleDirectives(world: World, decisions: readonly Decision[]): readonly Remark[] {
  const byId = new Map(decisions.map(d => [d.cls.id, d]));
  const paths = new Set(decisions.map(d => d.cls.at.path));
  const ids = new Map(world.classes.map(c => [c.fact, c.ref.id]));
  return world.files.flatMap(({ source, facts }) => {
    // a run narrowed to other files says nothing about this one
    const isJudged = source.role === 'target' && (paths.has(source.path) || facts.classes.length === 0);
    if (!isJudged || facts.errorAt >= 0) return [];
    return facts.directives.flatMap(directive => {
      const cls = facts.classes[directive.cls];
      const decision = cls === undefined ? null : (byId.get(ids.get(cls) ?? '') ?? null);
      const { line } = lineAndColumn(facts.lineStarts, directive.at);
      return remarksOn(directive, decision).map(message => ({ path: source.path, line, message }));
    });
  });
}

function remarksOn({ says, cls }: DirectiveFact, decision: Decision | null): readonly string[] {
  if (says.kind === 'unknown') {
    return [`"# slotify: ${says.text}" is not understood. Write "skip" or "ignore[reason]".`];
  }
  if (cls < 0)
    return [`This comment does nothing: it stands on no class line. Put it behind the class header.`];
  if (decision === null || says.kind === 'skip') return [];
  const isSpared = decision.kind === 'leave' && decision.reasons[0].code === skipped.code;
  return says.reasons.flatMap(name => {
    const rule = RULES.find(each => isNamed(each, name));
    if (rule === undefined) return [`There is no reason ${name} to ignore. See \`slotify explain --all\`.`];
    if (rule.final) return [`${rule.name} cannot be ignored: ${rule.why}`];
    if (isSpared || decision.ignored.some(reason => reason.code === rule.code)) return [];
    return [`Ignoring ${rule.name} does nothing: it does not hold for ${decision.cls.name}. Delete it.`];
  });
}
