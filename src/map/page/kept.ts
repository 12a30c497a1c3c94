/** Whether all that something was made of is what it was. */
export const isSame = (one: readonly unknown[], other: readonly unknown[]): boolean =>
  one.length === other.length && one.every((part, i) => part === other[i]);

/** What was last made of the same parts, or is made now. */
export function kept<T>(): (parts: readonly unknown[], make: () => T) => T {
  let last: { parts: readonly unknown[]; made: T } | null = null;
  return (parts, make) => {
    if (!last || !isSame(last.parts, parts)) last = { parts, made: make() };
    return last.made;
  };
}
