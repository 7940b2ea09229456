import * as React from 'react';
import type { ICompletion, ICompletionItem } from '../mentions/completion';
import { useServices } from './services';
import { type } from './typing';

/** What is offered behind `@` and `/`, and the keys that choose from it. */
export interface ISuggestions {
  readonly open: boolean;
  readonly id: string;
  readonly activeId: string;
  readonly active: number;
  readonly items: readonly ICompletionItem[];
  readonly itemId: (index: number) => string;
  readonly accept: (index: number) => void;
  readonly close: () => void;
  readonly refresh: () => void;
  /** Whether the key was one of ours. */
  readonly onKeyDown: (event: React.KeyboardEvent) => boolean;
}

export function useSuggestions(
  area: React.RefObject<HTMLTextAreaElement>,
  text: string
): ISuggestions {
  const { completer, personas, slash, announce, trans } = useServices();
  const id = React.useId();
  const [completion, setCompletion] = React.useState<ICompletion | null>(null);
  const [active, setActive] = React.useState(0);
  const lookup = React.useRef<AbortController>();
  /** The text for which the person did not want any. */
  const refused = React.useRef<string | null>(null);

  const refresh = React.useCallback(() => {
    const node = area.current;
    lookup.current?.abort();
    if (!node || document.activeElement !== node || refused.current === node.value) {
      return;
    }
    if (node.selectionStart !== node.selectionEnd) {
      setCompletion(null);
      return;
    }
    const controller = new AbortController();
    lookup.current = controller;
    const ask = () => {
      if (!controller.signal.aborted) {
        const { signal } = controller;
        setCompletion(completer.complete(node.value, node.selectionStart, { signal, onMore: ask }));
      }
    };
    ask();
  }, [area, completer]);

  React.useEffect(() => {
    if (refused.current !== text) {
      refused.current = null;
    }
    setActive(0);
    refresh();
  }, [text, refresh]);
  React.useEffect(() => {
    // The server's commands and personas come a moment after the first look at them.
    slash.changed.connect(refresh);
    personas.changed.connect(refresh);
    return () => {
      slash.changed.disconnect(refresh);
      personas.changed.disconnect(refresh);
      lookup.current?.abort();
    };
  }, [personas, slash, refresh]);

  const items = completion?.items ?? [];
  const open = items.length > 0;
  React.useEffect(() => {
    if (open) {
      announce(trans._n('%1 suggestion', '%1 suggestions', items.length, items.length));
    }
  }, [open, items.length, announce, trans]);

  const close = React.useCallback(() => {
    lookup.current?.abort();
    setCompletion(null);
  }, []);
  const accept = (index: number) => {
    const item = items[index];
    const node = area.current;
    if (!item || !completion || !node) {
      return;
    }
    const [from, to] = completion.range;
    const follows = node.value.slice(to, to + 1);
    const space = item.continues || /\s$/.test(item.insert) || /\s/.test(follows) ? '' : ' ';
    setCompletion(null);
    node.focus();
    type(node, from, to, item.insert + space);
  };
  /** Whether the chosen one stands there already: then Enter sends the question. */
  const isWritten = (): boolean => {
    const [from, to] = completion?.range ?? [0, 0];
    return items[place]?.insert.trim() === area.current?.value.slice(from, to);
  };
  const place = Math.min(active, Math.max(0, items.length - 1));
  const itemId = (index: number) => `${id}-${index}`;
  const onKeyDown = (event: React.KeyboardEvent): boolean => {
    if (!open) {
      return false;
    }
    const done = () => {
      event.preventDefault();
      event.stopPropagation();
      return true;
    };
    switch (event.key) {
      case 'ArrowDown':
        setActive((place + 1) % items.length);
        return done();
      case 'ArrowUp':
        setActive((place + items.length - 1) % items.length);
        return done();
      case 'Enter':
      case 'Tab':
        if (
          event.shiftKey ||
          event.nativeEvent.isComposing ||
          (event.key === 'Enter' && isWritten())
        ) {
          return false;
        }
        accept(place);
        return done();
      case 'Escape':
        refused.current = text;
        close();
        return done();
      default:
        return false;
    }
  };
  return {
    open,
    id,
    activeId: itemId(place),
    active: place,
    items,
    itemId,
    accept,
    close,
    refresh,
    onKeyDown
  };
}
