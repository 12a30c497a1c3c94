/**
 * Dunning's G² for two words in a row: 0 where they meet as often as by chance or less.
 * @param together How often they meet, of `first` and `second` occurrences among `all` words.
 */
export function logLikelihood(together: number, first: number, second: number, all: number): number {
  const cells = [
    [together, first, second],
    [first - together, first, all - second],
    [second - together, all - first, second],
    [all - first - second + together, all - first, all - second],
  ];
  if (together * all <= first * second) return 0;
  let sum = 0;
  for (const [seen, row, column] of cells)
    if (seen > 0) sum += seen * Math.log((seen * all) / (row * column));
  return 2 * sum;
}
