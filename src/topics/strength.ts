/** Times the others' share that a group's must be for a word to tell it from them. */
const LIFT = 2;

/**
 * How well words tell a group of texts from the others: the share of its texts that have them, times the logarithm of how many times
 * the others' share that is. 0 where it isn't LIFT times theirs, 1 where there are no others.
 * @param own texts of the group that have them, of `size`
 * @param elsewhere other texts that have them, of `others`
 */
export function strengthOf(own: number, size: number, elsewhere: number, others: number): number {
  if (others <= 0) return 1;
  const lift = own / size / (Math.max(0.5, elsewhere) / others);
  return lift < LIFT ? 0 : (own / size) * Math.log(lift);
}
