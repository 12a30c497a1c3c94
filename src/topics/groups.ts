import { FIRST_FORM, LINE_END, type Tokens } from './tokens.js';

/** Places (see `Tokens.order`) of each label's texts, ascending; noise comes last, as one more group. */
export function groupByLabel(labels: Int32Array, clusterCount: number, order: Int32Array): Int32Array[] {
  const sizes = new Int32Array(clusterCount + 1);
  const groupOf = (label: number) => (label < 0 ? clusterCount : label);
  for (const label of labels) sizes[groupOf(label)]++;
  const groups = Array.from(sizes, (size) => new Int32Array(size));
  sizes.fill(0);
  for (let place = 0; place < order.length; place++) {
    const group = groupOf(labels[order[place]]);
    groups[group][sizes[group]++] = place;
  }
  return groups;
}

/** Without the texts that equal an earlier one of the group: a copy counts once. */
export function differentTexts(places: Int32Array, { identity }: Tokens): Int32Array {
  return places.filter((place, i) => i === 0 || identity[places[i - 1]] !== identity[place]);
}

/**
 * Visits the words of texts in order, without lines that an earlier text of the same group has: agencies' copy would
 * count one author's wording as many.
 * @param visit Called with the word, where its token stands in the stream, and the number of the text among `places`.
 */
export function eachWord(
  places: Int32Array,
  { starts, stream, wordOf }: Tokens,
  visit: (word: number, at: number, text: number) => void,
): void {
  const lines = new Set<number>();
  for (let text = 0; text < places.length; text++) {
    const end = starts[places[text] + 1];
    for (let at = starts[places[text]]; at < end; at++) {
      const token = stream[at];
      if (token >= FIRST_FORM) visit(wordOf[token - FIRST_FORM], at, text);
      else if (token < 0) {
        if (lines.has(token)) while (stream[at] !== LINE_END) at++;
        else lines.add(token);
      }
    }
  }
}
