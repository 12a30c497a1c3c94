/** At most `limit` values, evenly spread. */
export function spread<T>(values: ArrayLike<T>, limit: number): T[] {
  if (values.length <= limit) return Array.from(values);
  return Array.from({ length: limit }, (_, i) => values[Math.floor((i * values.length) / limit)]);
}
