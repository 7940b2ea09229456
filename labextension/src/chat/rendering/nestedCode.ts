/** Code within a drawn text: in a list, in a quotation. */
export interface INestedCode {
  /** The element above the code, for what can be done with it. */
  readonly place: HTMLElement;
  readonly code: string;
  readonly language: string;
}

const FRAME = 'jp-LuminaChat-code';
const PLACE = 'jp-LuminaChat-codePlace';

/**
 * The code in a text that is drawn for good, each piece in a frame like that of code that stands alone.
 *
 * What scrolls sideways can be reached with the keyboard afterwards.
 */
export function nestedCode(shown: HTMLElement): INestedCode[] {
  const found: INestedCode[] = [];
  for (const pre of shown.querySelectorAll('pre')) {
    const code = pre.querySelector('code');
    // A diagram keeps its source in a figure of its own.
    if (!code || pre.closest('figure')) {
      continue;
    }
    const language = /(?:^|\s)language-(\S+)/.exec(code.className)?.[1] ?? '';
    found.push({
      place: placeAbove(pre),
      code: (code.textContent ?? '').replace(/\n$/, ''),
      language: language.toLowerCase()
    });
  }
  if (shown.querySelector(':scope > table')) {
    shown.tabIndex = 0;
  }
  return found;
}

function placeAbove(pre: HTMLElement): HTMLElement {
  const before = pre.previousElementSibling;
  if (before instanceof HTMLElement && before.classList.contains(PLACE)) {
    return before;
  }
  const frame = document.createElement('div');
  frame.className = FRAME;
  const place = document.createElement('div');
  place.className = PLACE;
  pre.replaceWith(frame);
  pre.tabIndex = 0;
  frame.append(place, pre);
  return place;
}
