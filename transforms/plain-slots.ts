// Ordinary classes: a literal `__slots__` in the body.
import type { Transform } from '../src/model/transform.js';
import * as attributes from '../src/rules/attributes.js';
import * as bases from '../src/rules/bases.js';
import * as body from '../src/rules/body.js';
import * as dataclasses from '../src/rules/dataclasses.js';
import * as frameworks from '../src/rules/frameworks.js';
import * as introspection from '../src/rules/introspection.js';
import * as lifecycle from '../src/rules/lifecycle.js';
import { metaclass } from '../src/rules/metaclass.js';
import * as sight from '../src/rules/sight.js';

export const plainSlots: Transform = {
  name: 'plain-slots',
  claims: () => true,
  rules: [
    bases.alreadySlotted,
    bases.isMetaclass,
    bases.exceptionClass,
    bases.enumClass,
    bases.tupleLike,
    frameworks.frameworkClass,
    bases.unknownBase,
    bases.baseHasDict,
    metaclass,
    bases.variableSize,
    bases.opaqueSlots,
    bases.unknownPartner,
    bases.incompleteSlots,
    attributes.outsideWrite,
    attributes.computedStore,
    attributes.shadowsDefault,
    attributes.shadowsInherited,
    attributes.dunderStore,
    attributes.noIdentifier,
    attributes.protocolMember,
    attributes.observedStore,
    attributes.unresolvedStore,
    attributes.unresolvedReflection,
    introspection.instanceDict,
    introspection.classListing,
    introspection.cachedProperty,
    introspection.classAssignment,
    introspection.classAttributeTest,
    introspection.classStore,
    introspection.errorText,
    lifecycle.stateWithoutSetstate,
    lifecycle.setstateWithoutState,
    lifecycle.oldProtocol,
    lifecycle.storedPickle,
    lifecycle.stateThroughSetattr,
    lifecycle.stateThroughProperty,
    lifecycle.reducerWithState,
    body.unknownDecorator,
    body.dynamicBody,
    body.classKeywords,
    dataclasses.hiddenOptions,
    sight.brokenFile,
    sight.namedInBrokenFile,
  ],
  holdsDict: () => true,
  cautions: () => [],
  draw: (_cls, slots, { place }) => [place(slots.map(s => s.name))],
};
