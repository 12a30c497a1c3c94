/** Numbers for strings, looked up as parts of a text: no string is made for one that is known. */
export class Forms {
  /** The strings by number. */
  readonly all: string[] = [];
  /** Open addressing, at most half full: a hash, and 1 + the number, 0 where the slot is free. */
  #slots = new Int32Array(2 << 12);
  /** The units of all strings, one after the other, and where each begins: compared without looking for strings in memory. */
  #units = new Uint16Array(1 << 14);
  #starts = new Int32Array(1 << 12);

  /** The number of `text.slice(start, end)`; −1 where it has none yet. */
  find(text: string, start: number, end: number): number {
    const hash = hashOf(text, start, end);
    const slots = this.#slots;
    const mask = slots.length / 2 - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = slots[2 * slot + 1] - 1;
      if (id < 0) return -1;
      if (slots[2 * slot] === hash && this.#is(id, text, start, end)) return id;
    }
  }

  /** Numbers a string that `find` doesn't know. */
  add(form: string): number {
    const id = this.all.length;
    const start = this.#starts[id];
    const end = start + form.length;
    if (end > this.#units.length) this.#units = copied(this.#units, new Uint16Array(2 * end));
    for (let at = 0; at < form.length; at++) this.#units[start + at] = form.charCodeAt(at);
    if (id + 2 > this.#starts.length)
      this.#starts = copied(this.#starts, new Int32Array(2 * this.#starts.length));
    this.#starts[id + 1] = end;
    this.all.push(form);
    if (4 * this.all.length > this.#slots.length) this.#widen();
    place(this.#slots, hashOf(form, 0, form.length), id);
    return id;
  }

  #is(id: number, text: string, start: number, end: number): boolean {
    const first = this.#starts[id];
    const length = this.#starts[id + 1] - first;
    if (length !== end - start) return false;
    const units = this.#units;
    for (let at = 0; at < length; at++) if (units[first + at] !== text.charCodeAt(start + at)) return false;
    return true;
  }

  #widen(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(2 * old.length);
    for (let at = 0; at < old.length; at += 2)
      if (old[at + 1] > 0) place(this.#slots, old[at], old[at + 1] - 1);
  }
}

function place(slots: Int32Array, hash: number, id: number): void {
  const mask = slots.length / 2 - 1;
  let slot = hash & mask;
  while (slots[2 * slot + 1] !== 0) slot = (slot + 1) & mask;
  slots[2 * slot] = hash;
  slots[2 * slot + 1] = id + 1;
}

function copied<T extends Int32Array | Uint16Array>(from: T, to: T): T {
  to.set(from);
  return to;
}

/** FNV-1a over UTF-16 units, with its high bits mixed in, since slots are taken by the low ones. */
function hashOf(text: string, start: number, end: number): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}
