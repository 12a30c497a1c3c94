import { readNumbers } from '../map/columns.js';
import type { Topic } from '../shapes.js';
import { scoreWords } from '../topics/log-odds.js';
import { isScale } from './scale.js';
import { wilson, Z95 } from './share.js';
import { otherCounts, type TellingWord, tellingWords, type WordTable } from './words.js';

/** How much of one topic one value of a column has. */
export interface TopicShare {
  /** The topic; −1 for rows in none. */
  id: number;
  name: string;
  rows: number;
  /** Of the rows with the value, with its 95 % interval (Wilson). */
  share: number;
  low: number;
  high: number;
  /** Of the rows with other values. */
  elsewhere: number;
  /** Standard deviations of the log-odds ratio to the other values, with an informative prior (Monroe et al. 2008). */
  score: number;
  /** `over` or `under` from 1.96 standard deviations on. */
  tells: 'over' | 'under' | '';
}

/** One value of a column. */
export interface GroupProfile {
  value: string;
  rows: number;
  /** Most over-represented first; topics of no row with the value are there too. */
  topics: TopicShare[];
  /** Words that set its texts apart from those of the other values. */
  words: TellingWord[];
}

/** What sets the values of a column apart. */
export interface GroupTable {
  column: string;
  /** Rows without a value, which are left out. */
  blank: number;
  /** Largest first; grades of a scale, such as 1 to 5, in their order. */
  values: GroupProfile[];
}

/**
 * Topics and words of each value of a column.
 *
 * @param values by row; '' is blank
 * @param labels topic of each row; −1 for none
 */
export function groupTable(
  column: string,
  values: readonly string[],
  labels: Int32Array,
  topics: readonly Pick<Topic, 'id' | 'name'>[],
  words?: WordTable,
): GroupTable {
  const rowsOf = new Map<string, number[]>();
  for (const [row, value] of values.entries()) {
    if (value === '') continue;
    const rows = rowsOf.get(value);
    if (rows) rows.push(row);
    else rowsOf.set(value, [row]);
  }
  const held = [...rowsOf.values()].flat();
  const all = countTopics(held, labels);
  const allWords = words?.counts(held);
  const profiles = Array.from(rowsOf, ([value, rows]): GroupProfile => {
    const own = countTopics(rows, labels);
    const ownWords = words?.counts(rows);
    return {
      value,
      rows: rows.length,
      topics: sharesOf(own, all, rows.length, held.length, topics),
      words: ownWords && allWords ? tellingWords(ownWords, allWords) : [],
    };
  });
  profiles.sort(orderOf(profiles));
  return { column, blank: values.length - held.length, values: profiles };
}

/** Grades of a scale by their number, and values that are none after them; other values by their rows. */
function orderOf(profiles: readonly GroupProfile[]): (a: GroupProfile, b: GroupProfile) => number {
  const bySize = (a: GroupProfile, b: GroupProfile) => b.rows - a.rows || (a.value < b.value ? -1 : 1);
  const numbers = readNumbers(profiles.map(({ value }) => value));
  const grades = numbers.filter(Number.isFinite);
  if (!isScale(grades) || 2 * grades.length < profiles.length) return bySize;
  const gradeOf = new Map(profiles.map(({ value }, at) => [value, numbers[at]]));
  const placeOf = ({ value }: GroupProfile) => {
    const grade = gradeOf.get(value) ?? Number.NaN;
    return Number.isFinite(grade) ? grade : Number.MAX_VALUE;
  };
  return (a, b) => placeOf(a) - placeOf(b) || bySize(a, b);
}

function countTopics(rows: readonly number[], labels: Int32Array): Map<string, number> {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(String(labels[row]), (counts.get(String(labels[row])) ?? 0) + 1);
  return counts;
}

function sharesOf(
  own: ReadonlyMap<string, number>,
  all: ReadonlyMap<string, number>,
  rows: number,
  allRows: number,
  topics: readonly Pick<Topic, 'id' | 'name'>[],
): TopicShare[] {
  const score = new Map(scoreWords(own, otherCounts(all, own), all).map((odds) => [odds.word, odds.score]));
  const named = [...topics, { id: -1, name: 'in no topic' }];
  const shares = named.flatMap(({ id, name }): TopicShare[] => {
    const key = String(id);
    const total = all.get(key) ?? 0;
    if (total === 0) return [];
    const part = own.get(key) ?? 0;
    const z = allRows === rows ? 0 : (score.get(key) ?? 0);
    return [
      {
        ...{ id, name, rows: part, share: part / rows, ...wilson(part, rows) },
        elsewhere: allRows === rows ? 0 : (total - part) / (allRows - rows),
        score: z,
        tells: z >= Z95 ? 'over' : z <= -Z95 ? 'under' : '',
      },
    ];
  });
  return shares.sort((a, b) => b.score - a.score || a.id - b.id);
}
