/** Grades that a scale has at most: 0 to 10, and two to spare. */
const MOST_GRADES = 12;

/**
 * The grades of a scale in their order, such as 1 to 5 stars, 0 to 10 points, or no and yes as 0 and 1: a few whole or half numbers next to
 * each other. Other numbers measure something, and their values are no groups: undefined.
 * @param numbers by row; NaN is missing
 */
export function gradesOf(numbers: Iterable<number>): number[] | undefined {
  const grades = new Set<number>();
  for (const number of numbers) {
    if (Number.isNaN(number)) continue;
    if (!Number.isInteger(2 * number)) return undefined;
    grades.add(number);
    if (grades.size > MOST_GRADES) return undefined;
  }
  const ascending = [...grades].sort((a, b) => a - b);
  const isScale = ascending.length > 1 && ascending[ascending.length - 1] - ascending[0] <= MOST_GRADES;
  return isScale ? ascending : undefined;
}

/** Whether the numbers of a column are {@link gradesOf a scale}. */
export const isScale = (numbers: Iterable<number>): boolean => gradesOf(numbers) !== undefined;
