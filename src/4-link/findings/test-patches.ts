// Where tests patch attributes with `unittest.mock`, by the dotted name or on an object.
import { mayCreate, spelling } from '../index-file.js';
import type { Call, Finder, Sight } from './sight.js';

/** With `create=True` mock restores an attribute only if it stood in the instance's `__dict__`, and else deletes it. */
const MADE_BY_PATCH = 'patches it with create=True, which looks into its __dict__';

/** Finds what `mock.patch()` replaces, and instances on which `patch.object()` may make attributes. */
export function newTestPatches({ solved, belief, note, onReceiver }: Sight): Finder {
  const { patched, tokens } = solved.flow;

  /** `mock.patch.object(x, "name", create=True)` */
  const call = ({ file, callee, args, at }: Call): void => {
    const [target] = args;
    if (target && /(^|\.)patch\.object$/.test(spelling(file, callee)) && mayCreate(file, args, 4))
      onReceiver('instance-dict', file, target.value, at, MADE_BY_PATCH);
  };

  /** `mock.patch("package.module.C.name")` */
  const end = (): void => {
    for (const { holder, attr, creates, file, at } of patched)
      for (const id of belief.tokens(holder)) {
        const token = tokens.get(id);
        if (token.kind === 'instance' && creates) note('instance-dict', token.cls, file, at, MADE_BY_PATCH);
        if (token.kind === 'class')
          note('class-store', token.cls, file, at, `patches .${attr} of the class`, attr);
      }
  };

  return { call, end };
}
