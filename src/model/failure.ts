// What was thrown, in words.

/** What an error says of itself. JavaScript may throw anything: what is no Error is told as it is. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Thrown where a run would have to read without end; its message says what to do. */
export class TooMuch extends Error {}
