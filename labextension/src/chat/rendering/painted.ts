import * as React from 'react';
import type { RenderedBlocks } from './cache';

/** Draws a text into an element that is not in the page yet. */
export type Paint = (source: string, target: HTMLElement) => Promise<void>;

export interface IPainted {
  readonly source: string;
  /** Whether the text never changes any more. */
  readonly frozen: boolean;
  readonly paint: Paint;
  /** What is done once, when the final drawing stands in the page. */
  readonly settle?: ((target: HTMLElement) => void) | undefined;
  /** Told whenever a final drawing is put into the page, also one from the cache. */
  readonly onShown?: ((target: HTMLElement) => void) | undefined;
  readonly cache: RenderedBlocks;
  /** Tells this way of drawing from others in the cache. */
  readonly way: string;
}

/** After a drawing that took long the next one waits this many times as long. */
const REST = 4;
const LONGEST_REST = 400;

/**
 * An element that shows a text drawn by something slow and asynchronous.
 *
 * A growing text is drawn beside the page and put in its place when it is ready, so that nothing
 * flickers or jumps; a frozen one is drawn once, and again comes from the cache.
 */
export function usePainted(options: IPainted): React.RefObject<HTMLDivElement> {
  const host = React.useRef<HTMLDivElement>(null);
  const painter = React.useRef<Painter>();
  const { source, frozen, paint, settle, onShown, cache, way } = options;
  React.useLayoutEffect(() => {
    painter.current ??= new Painter(host.current as HTMLElement, cache);
    painter.current.show(`${way}\n${source}`, { source, frozen, paint, settle, onShown });
  }, [source, frozen, paint, settle, onShown, cache, way]);
  React.useLayoutEffect(
    () => () => {
      painter.current?.leave();
      painter.current = undefined;
    },
    []
  );
  return host;
}

type Drawing = Pick<IPainted, 'source' | 'frozen' | 'paint' | 'settle' | 'onShown'>;

class Painter {
  constructor(
    private readonly host: HTMLElement,
    private readonly cache: RenderedBlocks
  ) {}

  show(key: string, drawing: Drawing): void {
    window.clearTimeout(this._timer);
    const known = drawing.frozen ? this.cache.take(key) : undefined;
    if (known) {
      this._shown = ++this._asked;
      this._frozen = { key, element: known };
      this.host.replaceChildren(known);
      drawing.onShown?.(known);
      return;
    }
    if (!this.host.hasChildNodes()) {
      // Stands there until the first drawing is ready, so that the text has its place at once.
      this.host.textContent = drawing.source;
    }
    const wait = drawing.frozen ? 0 : this._rested - performance.now();
    if (wait > 0) {
      this._timer = window.setTimeout(() => void this.draw(key, drawing), wait);
    } else {
      void this.draw(key, drawing);
    }
  }

  /** The element goes: keep what was drawn. */
  leave(): void {
    window.clearTimeout(this._timer);
    this._left = true;
    if (this._frozen) {
      this.cache.keep(this._frozen.key, this._frozen.element);
    }
  }

  private async draw(key: string, drawing: Drawing): Promise<void> {
    const { source, frozen, paint, settle, onShown } = drawing;
    const number = ++this._asked;
    const began = performance.now();
    const element = document.createElement('div');
    try {
      await paint(source, element);
    } catch (error) {
      console.warn(
        'Lumina could not render a part of an answer; it is shown as plain text.',
        error
      );
      element.textContent = source;
    }
    const took = performance.now() - began;
    this._rested = performance.now() + Math.min(LONGEST_REST, took * REST);
    if (number < this._shown) {
      return;
    }
    this._shown = number;
    if (this._left) {
      return;
    }
    this.host.replaceChildren(element);
    if (frozen) {
      this._frozen = { key, element };
      settle?.(element);
      onShown?.(element);
    }
  }

  private _asked = 0;
  private _shown = 0;
  private _rested = 0;
  private _timer = 0;
  private _left = false;
  private _frozen: { key: string; element: HTMLElement } | null = null;
}
