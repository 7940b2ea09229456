import * as React from 'react';

/** Pixels: a reader this near to the end reads along. */
const NEAR = 32;

interface IEnd {
  /** Whether the reader is at the end, and stays there when something is added. */
  readonly atEnd: boolean;
  /** Takes the element that scrolls. */
  readonly scroller: (element: HTMLElement | Window | null) => void;
  /** What is shown has another height: keep a reader who is at the end there. */
  readonly stay: () => void;
  readonly goToEnd: () => void;
}

/**
 * Keeps a reader at the end of a list that grows, unless they went up to read something else.
 *
 * Only a reader's own scrolling upwards leaves the end: a list that grows never does.
 */
export function useEnd(): IEnd {
  const [atEnd, setAtEnd] = React.useState(true);
  const following = React.useRef(true);
  const element = React.useRef<HTMLElement | null>(null);
  const top = React.useRef(0);

  const follow = React.useCallback((value: boolean) => {
    following.current = value;
    setAtEnd(value);
  }, []);
  const stay = React.useCallback(() => {
    const node = element.current;
    if (node && following.current) {
      node.scrollTop = node.scrollHeight;
      top.current = node.scrollTop;
    }
  }, []);
  const onScroll = React.useCallback(() => {
    const node = element.current;
    if (!node) {
      return;
    }
    const left = node.scrollHeight - node.clientHeight - node.scrollTop;
    if (left <= NEAR) {
      follow(true);
    } else if (node.scrollTop < top.current) {
      follow(false);
    }
    top.current = node.scrollTop;
  }, [follow]);
  // The composer grows and the panel is made wider: the end moves then too.
  const resized = React.useMemo(() => new ResizeObserver(stay), [stay]);
  const scroller = React.useCallback(
    (node: HTMLElement | Window | null) => {
      element.current?.removeEventListener('scroll', onScroll);
      resized.disconnect();
      element.current = node instanceof HTMLElement ? node : null;
      element.current?.addEventListener('scroll', onScroll, { passive: true });
      if (element.current) {
        resized.observe(element.current);
      }
    },
    [onScroll, resized]
  );
  const goToEnd = React.useCallback(() => {
    follow(true);
    stay();
  }, [follow, stay]);
  return { atEnd, scroller, stay, goToEnd };
}
