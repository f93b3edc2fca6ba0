// The transforms, the most particular first.
import type { Transform } from '../src/model/transform.js';
import { attrsSlots } from './attrs-slots.js';
import { dataclassSlots } from './dataclass-slots.js';
import { plainSlots } from './plain-slots.js';

export const TRANSFORMS: readonly Transform[] = [dataclassSlots, attrsSlots, plainSlots];
