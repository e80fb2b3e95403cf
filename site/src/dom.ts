type Child = Node | string;

/** A new element. Texts become text nodes, so nothing that a person enters becomes markup. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly Child[]
): HTMLElementTagNameMap[Tag] {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value);
  created.append(...children);
  return created;
}

/** The element of the page with this ID. */
export function byId<Type extends HTMLElement = HTMLElement>(id: string): Type {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`The page has no element ${id}.`);
  return found as Type;
}

export function show(shown: HTMLElement, isShown: boolean): void {
  shown.hidden = !isShown;
}

/** A text with places to break long lines at. */
export function breakable(text: string): Child[] {
  return text
    .split(/(?<=[:/@,])/)
    .flatMap((part, index) => (index === 0 ? [part] : [element('wbr', {}), part]));
}

/** A line of code, whose continuation begins below its text if it wraps. */
export function codeLine(text: string): HTMLElement {
  const row = element('code', { class: 'row' }, text);
  row.style.setProperty('--depth', String(text.length - text.trimStart().length));
  return row;
}

/** Copies a text, and shows on the button that it did. */
export async function copyFrom(button: HTMLElement, text: string): Promise<void> {
  const label = button.dataset.label ?? button.textContent ?? '';
  button.dataset.label = label;
  const copied = await copy(text);
  button.textContent = copied ? 'Copied' : 'Not copied';
  announce(copied ? 'Copied.' : 'The browser did not allow copying.');
  setTimeout(() => {
    button.textContent = label;
  }, 1500);
}

/** The clipboard API exists only in secure contexts, which a page from a file is not in every browser. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = element('textarea', { 'aria-hidden': 'true', class: 'hidden' });
    const focused = document.activeElement;
    area.value = text;
    document.body.append(area);
    area.select();
    const copied = document.execCommand('copy');
    area.remove();
    if (focused instanceof HTMLElement) focused.focus();
    return copied;
  }
}

/** Makes screen readers say a text. */
export function announce(text: string): void {
  byId('live').textContent = text;
}
