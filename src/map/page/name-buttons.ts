import { h } from './dom.js';
import { type Label, LINE_HEIGHT } from './labels.js';

/** A name as it is drawn: its middle in pixels of the stage, and what it looks like. */
interface DrawnName {
  label: Label;
  x: number;
  y: number;
  isFaint: boolean;
  isChosen: boolean;
  color: string;
}

/** The names on the map, each a button. */
export class NameButtons {
  readonly element = h('div', { class: 'names' });
  readonly #buttons = new Map<number, HTMLElement>();

  /** Calls `listener` for a name that is clicked without a pointer: by a screen reader, or by a script. */
  onClick(listener: (topic: number) => void): void {
    this.element.addEventListener('click', (event) => {
      // A finger next to a name clicks it too, though what it touched is a text: pointers have their own way.
      if (event.detail > 0) return;
      const name = event.target instanceof Element ? event.target.closest<HTMLElement>('.place') : null;
      if (name) listener(Number(name.dataset.topic));
    });
  }

  /** Shows these names and no others. */
  show(names: readonly DrawnName[]): void {
    const shown = new Set<number>();
    for (const { label, x, y, isFaint, isChosen, color } of names) {
      const { id } = label.topic;
      shown.add(id);
      const button = this.#buttons.get(id) ?? this.#add(id);
      const text = label.lines.join('\n');
      if (button.textContent !== text) button.textContent = text;
      button.classList.toggle('faint', isFaint);
      button.classList.toggle('finer', label.tier > 0);
      button.classList.toggle('chosen', isChosen);
      button.style.color = color;
      button.style.fontSize = `${label.size}px`;
      button.style.lineHeight = String(LINE_HEIGHT);
      button.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px) translate(-50%, -50%)`;
    }
    for (const [id, button] of this.#buttons) {
      if (shown.has(id)) continue;
      button.remove();
      this.#buttons.delete(id);
    }
  }

  /** Not in the tab order: the map has arrow keys for going from topic to topic. */
  #add(id: number): HTMLElement {
    const button = h('button', {
      ...{ type: 'button', class: 'place', dir: 'auto', tabindex: -1 },
      'data-topic': id,
    });
    this.#buttons.set(id, button);
    this.element.append(button);
    return button;
  }
}
