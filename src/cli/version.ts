// Which slotify this is.
import { createRequire } from 'node:module';

/** As in package.json. */
export function version(): string {
  return createRequire(import.meta.url)('slotify/package.json').version;
}
