// Reading parsed options: one that is given twice arrives as an array.

/** Parsed values before they are checked. */
export type Values = Readonly<Record<string, unknown>>;

/** Every value of an option; empty when it is not given. */
export function strings(values: Values, name: string): readonly string[] {
  const value = values[name];
  return value === undefined ? [] : [value].flat().map(String);
}

/** The last value counts when an option is given twice. */
export function last(values: Values, name: string): string | undefined {
  return strings(values, name).at(-1);
}

/** Whether a switch is on; the last one counts when it is given twice. */
export function flag(values: Values, name: string): boolean {
  const value = values[name];
  return (Array.isArray(value) ? value.at(-1) : value) === true;
}
