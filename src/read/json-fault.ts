const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /true|false|null/y;
const ESCAPE = /\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})/y;
const SPACE = /[ \t\r\n]*/y;

/**
 * Position of the first character at which a text stops being JSON; its length where it ends too early. JSON.parse only
 * says so in some versions of V8.
 */
export function faultIn(text: string): number {
  const open: ('{' | '[')[] = [];
  let expected: 'value' | 'key' | 'colon' | 'comma' = 'value';
  // Whether the object or array may end here, since nothing has come in it yet.
  let mayEnd = false;
  let at = 0;
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at;
    const found = pattern.test(text);
    if (found) at = pattern.lastIndex;
    return found;
  };
  // Goes to a string's end, or to where it goes wrong.
  const string = (): boolean => {
    if (text[at] !== '"') return false;
    for (at++; text.charCodeAt(at) >= 32; ) {
      if (text[at] === '"') return ++at > 0;
      if (text[at] !== '\\') at++;
      else if (!take(ESCAPE)) return false;
    }
    return false;
  };

  for (;;) {
    take(SPACE);
    const character = text[at];
    if (character === undefined) return at;
    const closes = character === (open.at(-1) === '{' ? '}' : ']') && open.length > 0;
    if (closes && (mayEnd || expected === 'comma')) {
      open.pop();
      at++;
      expected = 'comma';
    } else if (expected === 'comma') {
      if (character !== ',' || open.length === 0) return at;
      at++;
      expected = open.at(-1) === '{' ? 'key' : 'value';
    } else if (expected === 'colon') {
      if (character !== ':') return at;
      at++;
      expected = 'value';
    } else if (expected === 'key') {
      if (!string()) return at;
      expected = 'colon';
    } else if (character === '{' || character === '[') {
      open.push(character);
      at++;
      expected = character === '{' ? 'key' : 'value';
      mayEnd = true;
      continue;
    } else {
      if (character === '"' ? !string() : !take(NUMBER) && !take(WORD)) return at;
      expected = 'comma';
    }
    mayEnd = false;
  }
}
