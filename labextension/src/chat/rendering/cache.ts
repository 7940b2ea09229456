/** How many rendered blocks are kept for when they are scrolled into view again. */
const KEPT = 600;

/**
 * Rendered blocks by what they show, the least recently shown forgotten first.
 *
 * A list that shows only what can be seen makes and destroys its rows all the time; a block that was
 * rendered once comes back as it was, with its height, in the same frame.
 */
export class RenderedBlocks {
  take(key: string): HTMLElement | undefined {
    const element = this._elements.get(key);
    if (element) {
      this._elements.delete(key);
    }
    return element;
  }

  /** Keep an element that is no longer shown. */
  keep(key: string, element: HTMLElement): void {
    this._elements.delete(key);
    this._elements.set(key, element);
    if (this._elements.size > KEPT) {
      const [oldest] = this._elements.keys();
      this._elements.delete(oldest as string);
    }
  }

  clear(): void {
    this._elements.clear();
  }

  private _elements = new Map<string, HTMLElement>();
}
