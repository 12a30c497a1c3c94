/** A count with its noun, the plural where it isn't 1: "1 row", "1,204 rows", "1 match" and "2 matches". */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString('en-US')} ${count === 1 ? one : many}`;
