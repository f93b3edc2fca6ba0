// Dotted names: `package.module.Class`.

/** The name behind the last dot; the whole where there is none. */
export const lastPart = (dotted: string): string => dotted.slice(dotted.lastIndexOf('.') + 1);

/** What stands before the last dot; nothing where there is none. */
export const withoutLast = (dotted: string): string => dotted.slice(0, Math.max(0, dotted.lastIndexOf('.')));
