import { h } from './dom.js';

/** Tabs: one Tab stop, arrow keys go from tab to tab. */
export class Tabs<Name extends string> {
  readonly bar: HTMLElement;
  readonly #buttons = new Map<Name, HTMLButtonElement>();
  #current: Name;

  constructor(
    label: string,
    tabs: readonly [Name, string, HTMLElement][],
    private readonly onChange: (name: Name) => void,
  ) {
    this.bar = h('div', { class: 'tabs', role: 'tablist', 'aria-label': label });
    this.#current = tabs[0][0];
    for (const [name, title, panel] of tabs) {
      const button = h(
        'button',
        { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `panel-${name}` },
        title,
      );
      button.addEventListener('click', () => this.show(name));
      panel.id = `panel-${name}`;
      panel.setAttribute('role', 'tabpanel');
      panel.setAttribute('aria-labelledby', button.id);
      this.#buttons.set(name, button);
      this.bar.append(button);
    }
    this.bar.addEventListener('keydown', (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const names = [...this.#buttons.keys()];
      const next = names[(names.indexOf(this.#current) + step + names.length) % names.length];
      this.show(next);
      this.#buttons.get(next)?.focus();
    });
    this.#mark();
  }

  get current(): Name {
    return this.#current;
  }

  show(name: Name): void {
    if (name === this.#current) return;
    this.#current = name;
    this.#mark();
    this.onChange(name);
  }

  /** Sets what a tab is called. */
  title(name: Name, text: string): void {
    const button = this.#buttons.get(name);
    if (button) button.textContent = text;
  }

  #mark(): void {
    for (const [name, button] of this.#buttons) {
      const isCurrent = name === this.#current;
      button.setAttribute('aria-selected', String(isCurrent));
      button.tabIndex = isCurrent ? 0 : -1;
    }
  }
}
