import { groupByLabel } from '../../src/topics/groups.js';
import { usesOf } from '../../src/topics/keywords.js';
import { withoutParticles } from '../../src/topics/korean.js';
import { stopWords } from '../../src/topics/stopwords.js';
import { type Tokens, tokenize } from '../../src/topics/tokens.js';
import { tagWords, WordClasses } from '../../src/topics/word-classes.js';
import { Divider } from '../../src/topics/words.js';

/** Groups of texts, divided; `places` holds each group's texts, `nounTests` what their words are in them. */
export async function tokenized(...groups: string[][]) {
  const tokens = withoutParticles(await tokenize(groups.flat(), new Divider(['en']), () => undefined));
  const labels = Int32Array.from(groups.flatMap((group, label) => group.map(() => label)));
  const places = groupByLabel(labels, groups.length, tokens.order).slice(0, groups.length);
  const tagged = await Promise.all(groups.map((texts) => tagWords(texts)));
  const nounTests = groups.map((_, group) => new WordClasses(tagged).ofGroup(group));
  return { tokens, places, uses: usesOf(tokens, stopWords(['en'])), nounTests };
}

export const numberOf = ({ words }: Tokens, word: string): number => words.indexOf(word);
