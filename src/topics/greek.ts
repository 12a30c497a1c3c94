const split = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Greek articles of one case, the endings of nouns in that case, and what replaces these in the basic form. */
const AFTER_ARTICLES: readonly (readonly [articles: ReadonlySet<string>, ending: RegExp, basic: string])[] = [
  [split('της'), /(?<=[ηήαά])ς$/u, ''],
  [split('τον στον έναν του ενός'), /(?<=[αάηή])$/u, 'ς'],
  [split('τον στον έναν'), /(?<=[οό])$/u, 'ς'],
  [split('τους στους'), /ους$/u, 'οι'],
  [split('τους στους'), /ούς$/u, 'οί'],
];

const ARTICLES: ReadonlySet<string> = new Set(AFTER_ARTICLES.flatMap(([articles]) => [...articles]));

/** Whether a word is a Greek article that shows the case of the noun after it. */
export const isCaseArticle = (word: string): boolean => ARTICLES.has(word);

/** The basic form of a Greek noun after an article that shows its case: "σελήνη" for "σελήνης" after "της". */
export function nounAfterArticle(noun: string, article: string): string | undefined {
  const rule = AFTER_ARTICLES.find(([articles, ending]) => articles.has(article) && ending.test(noun));
  return rule && noun.replace(rule[1], rule[2]);
}
