import { Tokenizer } from '@huggingface/tokenizers';
import { precompiledNormalizer } from './precompiled.js';

export type Normalize = (text: string) => string;

/** A normalizer or pre-tokenizer of tokenizer.json; sequences hold others. */
export interface Step extends Record<string, unknown> {
  type?: string;
  normalizers?: Step[];
  pretokenizers?: Step[];
  precompiled_charsmap?: string | null;
}

/**
 * The library's normalizers differ from the Rust ones in two kinds: SentencePiece's compiled map (it approximates
 * it by NFKC) and BERT's (rare ideographs, the final sigma). Both are here; every other kind is the library's.
 * undefined where nothing needs replacing.
 */
export function exactNormalizer(normalizer: Step | null, preTokenizer: Step | null): Normalize | undefined {
  const isOurs = normalizer !== null && holds(normalizer, ['Precompiled', 'BertNormalizer']);
  // Rust counts NEL as whitespace, a JavaScript regular expression doesn't.
  const splitsOnSpace = preTokenizer !== null && holds(preTokenizer, ['WhitespaceSplit']);
  if (!isOurs && !splitsOnSpace) return undefined;
  const normalize = normalizer ? normalizerOf(normalizer) : (text: string) => text;
  return splitsOnSpace ? (text) => normalize(text).replaceAll('\u0085', ' ') : normalize;
}

function holds(step: Step, types: string[]): boolean {
  const parts = [...(step.normalizers ?? []), ...(step.pretokenizers ?? [])];
  return types.includes(step.type ?? '') || parts.some((part) => holds(part, types));
}

function normalizerOf(step: Step): Normalize {
  if (step.type === 'Sequence') {
    const steps = (step.normalizers ?? []).map(normalizerOf);
    return (text) => steps.reduce((current, normalize) => normalize(current), text);
  }
  if (step.type === 'Precompiled') {
    return step.precompiled_charsmap ? precompiledNormalizer(step.precompiled_charsmap) : (text) => text;
  }
  return step.type === 'BertNormalizer' ? bertNormalizer(step) : libraryNormalizer(step);
}

const REMOVED = /[\0\ufffd]|(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu;
/** The blocks that BERT's own code lists; kana and hangul are not among them. */
const IDEOGRAPHS =
  /[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u{20000}-\u{2a6df}\u{2a700}-\u{2b81f}\u{2b920}-\u{2ceaf}\u{2f800}-\u{2fa1f}]/gu;

function bertNormalizer(step: Step): Normalize {
  const lowers = step.lowercase === true;
  const strips = (step.strip_accents ?? lowers) === true;
  return (text) => {
    if (/^[\x20-\x7e]*$/.test(text)) return lowers ? text.toLowerCase() : text;
    let out = text;
    if (step.clean_text) out = out.replace(REMOVED, '').replace(/\p{White_Space}/gu, ' ');
    if (step.handle_chinese_chars) out = out.replace(IDEOGRAPHS, ' $& ');
    if (strips) out = out.normalize('NFD').replace(/\p{Mn}/gu, '');
    // Character by character: no special sigma at the end of a word.
    return lowers ? out.replaceAll('Σ', 'σ').toLowerCase() : out;
  };
}

/** The library's normalizer of one step, taken out of a tokenizer that has nothing else. */
function libraryNormalizer(step: Step): Normalize {
  const shell = new Tokenizer(
    {
      normalizer: step,
      pre_tokenizer: null,
      post_processor: null,
      decoder: null,
      added_tokens: [],
      model: { type: 'WordPiece', vocab: { '[UNK]': 0 }, unk_token: '[UNK]' },
    },
    {},
  );
  const normalizer = shell.normalizer as unknown as Normalize | null;
  return (text) => (normalizer ? normalizer(text) : text);
}
