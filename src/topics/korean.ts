import { Merge } from './merge.js';
import type { Tokens } from './tokens.js';

/** Particles and forms of "to be" that Korean writes together with the noun before them, the longest first. */
const PARTICLES =
  '이었습니다 에서부터 으로부터 이었다 입니다 에게서 에서는 에서도 으로는 으로도 으로서 으로써 이라고 이라는 이라도 까지는 부터는 들에게 들에서 들이 들은 들을 들의 들과 들도 에게 에는 에도 에서 으로 로서 로써 로는 로도 와의 과의 까지 부터 보다 처럼 마다 조차 밖에 이나 이며 이고 과는 와는 라고 라는 께서 한테 들 은 는 이 가 을 를 의 에 로 와 과 도 만 나'.split(
    ' ',
  );
const ANY_HANGUL = /\p{Script=Hangul}$/u;
const HANGUL = /^\p{Script=Hangul}+$/u;
/** Stems of verbs and adjectives, whose endings look like particles: 있는, 했을. The consonant ㅆ ends no noun. */
const VERB_STEMS = new Set('하 되 없 같 많 않 싶 좋 높 낮 크 작 받 갖 보 오 가 주 알 모르'.split(' '));
const SYLLABLES = 0xac00;
const FINALS = 28;
const SS = 20;
/** The final consonant ㄹ, after which particles that begin with 로 stand. */
const L = 8;
const WITH_L = /^로/;
/** Particles that only follow a consonant, and a vowel: 독일은, but 제도는; so 디스플레이 keeps its last syllable. */
const AFTER_CONSONANTS = /^(?:은|이|을|과|과[의는]|으로.*|이[나라며고었].*)$/;
const AFTER_VOWELS = /^(?:는|가|를|와|와[의는]|나|로|로서|로써|로는|라고|라는)$/;
/** Particles, none counted as one, that a stem of so many syllables must be seen with. */
const LEAST_SEEN = [0, 3, 2, 1];
/** Of a noun's object: no other word ends so after a consonant and a vowel. */
const OF_OBJECTS = /[을를]$/;
/** What a verb's stem ends with, so that what follows is no particle: 제공하는. */
const VERB_END = /[하되키받들]$/;

/**
 * Words without the particles that are written together with them: 독일은, 독일의 and 독일 become one word, 독일. A particle is taken
 * off a short word only where the rest is seen with another particle or none as well, so that 국가 (state) keeps its last
 * syllable.
 */
export function withoutParticles(tokens: Tokens): Tokens {
  const { words } = tokens;
  if (!words.some((word) => ANY_HANGUL.test(word))) return tokens;
  const stems = words.map((word) => (HANGUL.test(word) ? stemsOf(word) : []));
  const seenWith = new Map<string, number>();
  const count = (stem: string) => seenWith.set(stem, (seenWith.get(stem) ?? 0) + 1);
  for (const [word, found] of stems.entries()) {
    for (const stem of found) count(stem);
    if (HANGUL.test(words[word])) count(words[word]);
  }
  const merge = new Merge(tokens);
  for (const word of words.keys()) {
    const isObject = OF_OBJECTS.test(words[word]);
    const stem = stems[word].find((found) => {
      const syllables = Math.min(found.length, LEAST_SEEN.length - 1);
      const least = VERB_END.test(found) ? 2 : isObject ? 1 : LEAST_SEEN[syllables];
      return (seenWith.get(found) ?? 0) >= least;
    });
    const foreign = FOREIGN.exec(words[word])?.[1];
    if (stem !== undefined || foreign !== undefined) merge.join(word, stem ?? foreign ?? words[word]);
  }
  return merge.close();
}

/** What is left of a word without each particle that it may end with, the longest particle first. */
function stemsOf(word: string): string[] {
  return PARTICLES.filter((particle) => word.length > particle.length && word.endsWith(particle)).flatMap(
    (particle) => {
      const stem = word.slice(0, -particle.length);
      const final = finalOf(stem);
      if (VERB_STEMS.has(stem) || final === SS) return [];
      if (AFTER_CONSONANTS.test(particle) && final === 0) return [];
      return AFTER_VOWELS.test(particle) && final !== 0 && !(final === L && WITH_L.test(particle))
        ? []
        : [stem];
    },
  );
}

/** Letters of another script with a particle: "GnuPG는". */
const FOREIGN = new RegExp(
  `^([^\\p{Script=Hangul}]*[\\p{Script=Latin}\\p{N}])(?:${PARTICLES.join('|')})$`,
  'u',
);

/** 말했습니다, 하는, 심각한: forms of verbs and adjectives; 과학적 (scientific). */
const ENDS_AS_VERB =
  /(?:다|니까|어요|아요|세요|하는|되는|하고|되고|하며|되며|으며|이며|하여|해서|되어|하면|하게|하지|하기|지만|는데|도록|려고|아서|어서|면서|거나|받는|시키는|시킬|..[한운된할될던]|..적(?:인|으로)?)$/u;
export const isKoreanVerb = (word: string): boolean =>
  ENDS_AS_VERB.test(word) || (word.length > 1 && word.endsWith('는') && finalOf(word.slice(0, -1)) > 0);

/** Number of the consonant that the last syllable ends with; 0 for none. */
const finalOf = (word: string): number => (word.charCodeAt(word.length - 1) - SYLLABLES) % FINALS;
