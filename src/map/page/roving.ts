/**
 * Makes a group of controls one Tab stop, with arrow keys between them; also for controls that are added later. Keys
 * that a control uses itself, as a text field does, stay with it.
 */
export function roving(
  group: HTMLElement,
  selector = 'button:not([disabled]), summary, [role="button"]',
): void {
  const controls = () =>
    [...group.querySelectorAll<HTMLElement>(selector)].filter(
      // A menu inside the group has its own keys.
      (control) => control.closest('.menu-items') === null && control.getClientRects().length > 0,
    );
  let stop: HTMLElement | undefined;
  const setStop = (next: HTMLElement | undefined) => {
    stop = next;
    for (const control of controls()) control.tabIndex = control === next ? 0 : -1;
  };
  const refresh = () => {
    const all = controls();
    setStop(stop && all.includes(stop) ? stop : all[0]);
  };
  group.addEventListener('focusin', (event) => {
    if (event.target instanceof HTMLElement && controls().includes(event.target)) setStop(event.target);
  });
  group.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target instanceof HTMLInputElement) return;
    const all = controls();
    const at = all.indexOf(event.target as HTMLElement);
    if (at < 0) return;
    const next = {
      ArrowRight: at + 1,
      ArrowDown: at + 1,
      ArrowLeft: at - 1,
      ArrowUp: at - 1,
      Home: 0,
      End: all.length - 1,
    }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    all[(next + all.length) % all.length].focus();
  });
  new MutationObserver(refresh).observe(group, {
    childList: true,
    subtree: true,
    attributeFilter: ['hidden', 'disabled', 'open'],
  });
  new ResizeObserver(refresh).observe(group);
  refresh();
}
