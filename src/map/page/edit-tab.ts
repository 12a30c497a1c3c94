import { type Edit, type EditedTexts, editsFile, fingerprint, readEdits } from '../../edits/edits.js';
import type { App } from './app.js';
import { fileName } from './csv.js';
import { count, download, h, plural } from './dom.js';
import { activeFilters } from './filters.js';
import { countWords, tellingWords } from './telling-words.js';
import type { MapTopic } from './topics.js';
import { Slices } from './turn.js';

const KEYWORDS = 10;

/** A field with a button that takes its value. */
function form(
  label: string,
  field: HTMLInputElement | HTMLSelectElement,
  button: string,
  take: (value: string) => void,
) {
  const go = h('button', { type: 'submit', class: 'quiet' }, button);
  const element = h('form', { class: 'edit-form' }, h('label', {}, label, field), go);
  element.addEventListener('submit', (event) => {
    event.preventDefault();
    if (field.value.trim() !== '') take(field.value.trim());
  });
  return element;
}

const input = (value = '') => h('input', { type: 'text', value });

/** Changes topics by hand: each change is a step that undo takes back, and is saved in edits.json. */
export class EditTab {
  readonly element = h('div', { class: 'edit overview' });

  constructor(private readonly app: App) {}

  #add(edit: Edit, more: Parameters<App['store']['change']>[0] = {}): void {
    const { store } = this.app;
    store.change({ edits: [...store.state.edits, edit], ...more });
  }

  render(): void {
    const { app } = this;
    const { topicsCut } = app.grains;
    const topic = topicsCut.byId.get(app.store.state.topic);
    const isAlone = activeFilters(app.store.state).length === 1;
    const isWholeTopic = topic && isAlone;
    const theme = isAlone ? app.grains.theme(app.store.state.topic) : null;
    this.element.replaceChildren(
      ...(isWholeTopic ? this.#ofTopic(topic) : []),
      ...(theme ? this.#ofTheme(theme) : []),
      ...(isWholeTopic || app.scene.chosen.length === 0 ? [] : this.#ofTexts()),
      ...this.#ofAll(),
    );
  }

  #targets(except?: number): HTMLSelectElement {
    const choice = h('select', {}, h('option', { value: '' }, 'choose …'));
    for (const { id, name, size } of this.app.grains.topicsCut.topics)
      if (id !== except) choice.append(h('option', { value: id }, `${name} (${count(size)})`));
    return choice;
  }

  #ofTopic(topic: MapTopic): Node[] {
    const { notes } = this.app.grains;
    const drop = h('button', { type: 'button', class: 'quiet' }, 'Drop the topic into noise');
    drop.addEventListener('click', () => this.#add({ do: 'drop', topic: topic.id }, { topic: -1 }));
    return [
      h('h3', {}, 'This topic'),
      form('Name', input(topic.name), 'Rename', (name) => this.#add({ do: 'rename', topic: topic.id, name })),
      form('Merge into', this.#targets(topic.id), 'Merge', (into) =>
        this.#add({ do: 'merge', topics: [topic.id], into: Number(into) }, { topic: Number(into) }),
      ),
      form('Note', input(notes.topics.get(topic.id)), 'Keep', (note) =>
        this.#add({ do: 'note', topic: topic.id, note }),
      ),
      h('p', {}, drop),
    ];
  }

  #ofTheme({ id, name }: { id: number; name: string }): Node[] {
    return [
      h('h3', {}, 'This theme'),
      form('Name', input(name), 'Rename', (to) => this.#add({ do: 'rename', theme: id, name: to })),
    ];
  }

  #ofTexts(): Node[] {
    const { chosen } = this.app.scene;
    const targets = this.#targets();
    targets.append(h('option', { value: -1 }, 'Noise'));
    return [
      h('h3', {}, `These ${plural(chosen.length, 'text')}`),
      form('New topic named', input(), 'Split off', (name) => void this.#split(name)),
      form('Move to', targets, 'Move', (to) => void this.#move(Number(to))),
    ];
  }

  async #split(name: string): Promise<void> {
    const { app } = this;
    const { chosen } = app.scene;
    const texts = await this.#texts(chosen);
    const isOurs = new Uint8Array(app.rows);
    for (const row of chosen) isOurs[row] = 1;
    const rest = Int32Array.from({ length: app.rows }, (_, row) => row).filter((row) => isOurs[row] === 0);
    const never = () => false;
    const [first, second] = [await countWords(app, chosen, never), await countWords(app, rest, never)];
    const [words] = first && second ? tellingWords(first, second, KEYWORDS) : [[]];
    const topic = app.grains.nextId();
    this.#add(
      { do: 'split', topic, name, keywords: words.map(({ word }) => word), texts },
      {
        outlines: [],
        query: '',
        picked: new Map(),
        ranges: new Map(),
        span: null,
        topic,
        ...this.#asTopics(),
      },
    );
  }

  async #move(to: number): Promise<void> {
    this.#add({ do: 'move', to, texts: await this.#texts(this.app.scene.chosen) }, this.#asTopics());
  }

  /** Edits are of topics: shows these rather than a coarser level. */
  #asTopics(): { granularity: number } {
    return { granularity: this.app.grains.topicsCut.topics.length };
  }

  async #texts(rows: Int32Array): Promise<EditedTexts> {
    const prints: string[] = [];
    const slices = new Slices();
    for (const row of rows) {
      prints.push(fingerprint(this.app.texts.peek(row) ?? (await this.app.texts.at(row))));
      await slices.pause();
    }
    return { rows: [...rows], prints };
  }

  #ofAll(): Node[] {
    const { app } = this;
    const { edits } = app.store.state;
    const button = (label: string, action: () => void) => {
      const element = h('button', { type: 'button', class: 'quiet', disabled: edits.length === 0 }, label);
      element.addEventListener('click', action);
      return element;
    };
    const file = h('input', {
      type: 'file',
      'aria-label': 'File of edits to load',
      accept: 'application/json,.json',
      class: 'unseen',
      tabindex: -1,
    });
    file.addEventListener('change', () => void this.#load(file));
    const load = button('Load edits …', () => file.click());
    load.disabled = false;
    const { failed } = app.grains;
    return [
      h('h3', {}, edits.length === 0 ? 'No edits' : `${plural(edits.length, 'edit')} of this map`),
      h(
        'p',
        { class: 'buttons' },
        button('Save edits.json', () =>
          download(
            fileName(app.manifest.title, '-edits.json'),
            new Blob([`${JSON.stringify(editsFile(edits), null, 1)}\n`], { type: 'application/json' }),
          ),
        ),
        load,
        file,
        button('Take all back', () => app.store.change({ edits: [] })),
      ),
      ...failed.map((sentence) => h('p', { class: 'note', role: 'alert' }, `Not replayed: ${sentence}.`)),
      h(
        'p',
        { class: 'note' },
        'Kept in this browser. The same command with --edits edits.json replays them, also after rows were added.',
      ),
    ];
  }

  async #load(field: HTMLInputElement): Promise<void> {
    const [file] = field.files ?? [];
    if (!file) return;
    try {
      this.app.store.change({ edits: readEdits(JSON.parse(await file.text())) });
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      this.element.append(h('p', { class: 'note', role: 'alert' }, `${file.name}: ${message}`));
    }
  }
}
