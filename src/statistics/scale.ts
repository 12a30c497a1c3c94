/** Grades that a scale has at most: 0 to 10, and two to spare. */
const MOST_GRADES = 12;

/**
 * Whether the numbers of a column are grades of a scale, such as 1 to 5 stars, 0 to 10 points, or no and yes as 0 and 1: a few whole or half
 * numbers next to each other. Other numbers measure something, and their values are no groups.
 * @param numbers by row; NaN is missing
 */
export function isScale(numbers: Iterable<number>): boolean {
  const grades = new Set<number>();
  for (const number of numbers) {
    if (Number.isNaN(number)) continue;
    if (!Number.isInteger(2 * number)) return false;
    grades.add(number);
    if (grades.size > MOST_GRADES) return false;
  }
  return grades.size > 1 && Math.max(...grades) - Math.min(...grades) <= MOST_GRADES;
}
