import { isAttribute, isModifier, isPlainVerb } from '../../src/topics/grammar.js';
import type { NamePart } from '../../src/topics/name-part.js';
import { type GroupWords, textsWith } from '../../src/topics/occurrences.js';
import { growPhrase } from '../../src/topics/phrases.js';
import type { Speller } from '../../src/topics/spelling.js';
import type { tokenized } from './tokenized.js';

/** A word as part of a name, grown to a phrase; one that doesn't tell the group from others has no lift either. */
export function wordPart(
  word: number,
  found: GroupWords,
  { tokens, uses, nounTests }: Pick<Awaited<ReturnType<typeof tokenized>>, 'tokens' | 'uses' | 'nounTests'>,
  speller: Speller,
  tells = true,
): NamePart {
  const phrase = growPhrase(word, found, tokens, uses, 2);
  return {
    form: speller.spell(phrase),
    phrase,
    texts: textsWith(phrase, tokens),
    isModifier: isModifier(word, found, tokens, uses, ['en'], nounTests[0]),
    isAttribute: isAttribute(word, tokens, uses),
    isPlainVerb: isPlainVerb(word, tokens, uses),
    isLifted: tells,
    tells,
  };
}
