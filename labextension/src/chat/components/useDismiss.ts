import * as React from 'react';

/**
 * For something that pops up: Escape and a click elsewhere close it, and the keyboard goes back to
 * where it was.
 */
export function useDismiss<T extends HTMLElement>(close: () => void): React.RefObject<T> {
  const box = React.useRef<T>(null);
  const closing = React.useRef(close);
  closing.current = close;
  React.useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    const node = box.current;
    const opener =
      node?.parentElement?.querySelector<HTMLElement>('[aria-expanded=true]') ?? before;
    const onKey = (event: KeyboardEvent) => {
      if (event.key === 'Escape') {
        event.preventDefault();
        event.stopPropagation();
        closing.current();
      }
    };
    const onPointer = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!node?.contains(target) && !opener?.contains(target)) {
        closing.current();
      }
    };
    node?.addEventListener('keydown', onKey);
    document.addEventListener('pointerdown', onPointer, true);
    return () => {
      node?.removeEventListener('keydown', onKey);
      document.removeEventListener('pointerdown', onPointer, true);
      if (
        !document.activeElement ||
        document.activeElement === document.body ||
        node?.contains(document.activeElement)
      ) {
        opener?.focus();
      }
    };
  }, []);
  return box;
}
