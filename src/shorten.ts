/** At most so many characters of a text, with "…" for what is left out. By characters: no surrogate pair is cut in two. */
export function shorten(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, Math.max(1, most - 1)).join('')}…`;
}
