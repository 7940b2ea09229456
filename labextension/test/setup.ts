/** What JupyterLab's packages ask of a browser and jsdom lacks. */
import { cleanup } from '@testing-library/react';
import { afterEach } from 'vitest';

afterEach(cleanup);

// Nothing has a size or a place here, so there is nothing to observe.
class NoObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
  takeRecords(): [] {
    return [];
  }
}

class PlainDragEvent extends MouseEvent {
  readonly dataTransfer = null;
}

const missing: Record<string, unknown> = {
  DragEvent: PlainDragEvent,
  IntersectionObserver: NoObserver,
  ResizeObserver: NoObserver,
  matchMedia: (media: string) => ({
    matches: false,
    media,
    addEventListener: () => undefined,
    removeEventListener: () => undefined
  })
};

for (const [name, value] of Object.entries(missing)) {
  if (typeof Reflect.get(globalThis, name) !== 'function') {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}
