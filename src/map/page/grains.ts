import { applyEdits, type Edit, type Edited, renameThemes } from '../../edits/edits.js';
import { placeTopics } from '../../output/places.js';
import { blockId, type Manifest, type PlacedTopic } from '../format.js';
import { readIntegers } from './blocks.js';
import type { Placed } from './place.js';
import { type Cut, type Kind, type MapTopic, makeCut } from './topics.js';

/** One of the groupings that the slider goes through. */
export interface Grain {
  kind: Kind;
  /** Number of its groups. */
  count: number;
}

/**
 * The groupings that the file holds, from few groups to many: the levels of the hierarchy and HDBSCAN's topics. All of
 * them, with their names, were made when the file was written; the page only shows them.
 */
export class Grains {
  readonly list: readonly Grain[];
  /** The one that is shown first: the themes, or the topics where there are none. */
  readonly opened: Grain;
  readonly #made = new Map<Grain, Promise<Cut>>();
  /** Groups of the groupings that were read, by id. */
  readonly #known = new Map<number, MapTopic>();
  readonly #levels: ReadonlyMap<Grain, number>;
  /** Groups of the levels, with the names that edits give themes. */
  #groups: readonly (readonly PlacedTopic[])[];
  readonly #topics: Grain;

  private constructor(
    private readonly manifest: Manifest,
    private readonly placed: Placed,
    /** HDBSCAN's topics, with the edits that were made. */
    public topicsCut: Cut,
    /** Labels as the file has them. */
    private readonly found: Int32Array,
  ) {
    const levels = manifest.levels.map(({ groups, isTheme }, at): [Grain, number] => [
      { kind: isTheme ? 'theme' : 'group', count: groups.length },
      at,
    ]);
    this.#groups = manifest.levels.map(({ groups }) => groups);
    this.#topics = { kind: 'topic', count: manifest.topics.length };
    this.#levels = new Map(levels);
    this.list = [...this.#levels.keys(), this.#topics].sort((a, b) => a.count - b.count);
    this.opened = this.list.find(({ kind }) => kind === 'theme') ?? this.#topics;
    this.#made.set(this.#topics, Promise.resolve(topicsCut));
    this.#learn(topicsCut);
  }

  /** Reads the topics' labels. */
  static async open(manifest: Manifest, placed: Placed): Promise<Grains> {
    const labels = await readIntegers(blockId.labels);
    return new Grains(manifest, placed, makeCut('topic', placed, labels, manifest.topics), labels);
  }

  /** The grouping whose number of groups is nearest; the one shown first for null. */
  find(count: number | null): Grain {
    if (count === null) return this.opened;
    const off = (grain: Grain) => Math.abs(grain.count - count);
    return this.list.reduce((best, grain) => (off(grain) < off(best) ? grain : best), this.opened);
  }

  cut(grain: Grain): Promise<Cut> {
    let cut = this.#made.get(grain);
    if (!cut) {
      cut = this.#read(grain).then((made) => this.#learn(made));
      this.#made.set(grain, cut);
    }
    return cut;
  }

  /** Notes of topics and of texts. */
  notes: Edited<PlacedTopic>['notes'] = { topics: new Map(), texts: new Map() };
  /** Topics and themes that edits changed, by their ids on the page. */
  changed: ReadonlySet<number> = new Set();
  /** What edits could not be replayed. */
  failed: readonly string[] = [];

  /** An id that no topic or group has. */
  nextId(): number {
    return [...this.#known.keys()].reduce((most, id) => Math.max(most, id + 1), this.#firstFree);
  }

  /** Ids from here on belong to no grouping of the file. */
  get #firstFree(): number {
    return this.#firstId(this.manifest.levels.length);
  }

  /** Replays edits on the topics of the file. */
  edit(edits: readonly Edit[], printOf?: (row: number) => string): void {
    const { labels, topics, notes, changed, failed } = applyEdits(
      { labels: this.found, topics: this.manifest.topics },
      edits,
      printOf,
    );
    this.notes = notes;
    const ofThemes = this.#rename(edits);
    this.changed = new Set([...changed, ...ofThemes.changed]);
    this.failed = [...failed, ...ofThemes.failed];
    const moved = topics.filter(({ id }) => changed.has(id));
    const places = new Map(
      placeTopics(this.placed.original, labels, moved).map(({ x, y, extent }, i) => [
        moved[i].id,
        Number.isNaN(x) ? null : { x, y, extent },
      ]),
    );
    const placed = topics.map((topic) => {
      const place = places.get(topic.id);
      return place === undefined ? topic : { ...topic, place };
    });
    this.topicsCut = makeCut('topic', this.placed, labels, placed);
    this.#topics.count = placed.length;
    this.#made.set(this.#topics, Promise.resolve(this.topicsCut));
    this.#learn(this.topicsCut);
  }

  /** Gives themes the names of edits; their ids on the page where these changed. */
  #rename(edits: readonly Edit[]): { changed: number[]; failed: readonly string[] } {
    const at = this.manifest.levels.findIndex(({ isTheme }) => isTheme);
    if (at < 0) return { changed: [], failed: renameThemes([], edits).failed };
    const { themes, changed, failed } = renameThemes(this.manifest.levels[at].groups, edits);
    this.#groups = this.#groups.map((groups, level) => (level === at ? themes : groups));
    for (const [grain, level] of this.#levels) if (level === at) this.#made.delete(grain);
    return { changed: [...changed].map((id) => this.#firstId(at) + id), failed };
  }

  /** The theme that a group of the page is, under its id in the file; null for other groups. */
  theme(id: number): PlacedTopic | null {
    const at = this.manifest.levels.findIndex(({ isTheme }) => isTheme);
    if (at < 0) return null;
    return this.#groups[at].find((theme) => this.#firstId(at) + theme.id === id) ?? null;
  }

  /** Names of the file's themes with the edits that were made. */
  get themes(): Manifest['themes'] {
    const at = this.manifest.levels.findIndex(({ isTheme }) => isTheme);
    const named = new Map(at < 0 ? [] : this.#groups[at].map(({ id, name }) => [id, name]));
    return this.manifest.themes?.map(({ id, name }) => ({ id, name: named.get(id) ?? name }));
  }

  #learn(cut: Cut): Cut {
    for (const topic of cut.topics) this.#known.set(topic.id, topic);
    return cut;
  }

  /** A group of a grouping that was read. */
  known(id: number): MapTopic | undefined {
    return this.#known.get(id);
  }

  /** The grouping that a group's id is of; null where there is none. */
  async cutOf(id: number): Promise<Cut | null> {
    if (this.topicsCut.byId.has(id)) return this.topicsCut;
    for (const grain of this.list) {
      const cut = await this.cut(grain);
      if (cut.byId.has(id)) return cut;
    }
    return null;
  }

  /** The topics, where these are more than the groups of `cut`: named on zooming in. */
  finer(cut: Cut): Cut | null {
    return cut.topics.length < this.topicsCut.topics.length ? this.topicsCut : null;
  }

  async #read(grain: Grain): Promise<Cut> {
    const level = this.#levels.get(grain) ?? 0;
    const labels = await readIntegers(blockId.level(level));
    return makeCut(grain.kind, this.placed, labels, this.#groups[level], this.#firstId(level));
  }

  /** Ids of a level begin after those of the topics and of the levels before it. */
  #firstId(level: number): number {
    const next = (groups: readonly { id: number }[]) =>
      groups.reduce((most, { id }) => Math.max(most, id + 1), 0);
    let first = next(this.manifest.topics);
    for (const { groups } of this.manifest.levels.slice(0, level)) first += next(groups);
    return first;
  }
}
