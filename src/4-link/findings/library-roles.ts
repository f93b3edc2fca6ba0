// Objects that code of the standard library stores attributes on because of the part they play, whatever their class.
import type { WorldClass } from '../../model/world.js';
import type { Finder, Sight } from './sight.js';

interface Role {
  /** Methods that an object needs for the part. */
  readonly methods: readonly string[];
  /** What is stored on it, of which one name is enough. */
  readonly stores: string;
  readonly says: string;
}

const ROLES: readonly Role[] = [
  {
    methods: ['startTest', 'stopTest', 'addSuccess'],
    // `TestSuite.run(result)`, on CPython 3.8 to 3.13; also _previousTestClass and _moduleSetUpFailed
    stores: '_testRunEntered',
    says: 'looks like a test result: unittest stores ._testRunEntered on it',
  },
];

/** Finds classes that play such a part without a base of the library. */
export function newLibraryRoles({ solved: { flow, members }, note }: Sight): Finder {
  const plays = (cls: WorldClass, { methods }: Role): boolean =>
    methods.every(name => members.methods(cls, name).length > 0);
  return {
    end() {
      for (const role of ROLES)
        for (const cls of flow.classes)
          if (plays(cls, role))
            note('unresolved-store', cls, cls.file, cls.fact.at, role.says, role.stores, false);
    },
  };
}
