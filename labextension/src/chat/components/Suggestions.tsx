import * as React from 'react';
import type { ICompletionItem } from '../mentions/completion';
import { useServices } from './services';
import type { ISuggestions } from './useSuggestions';

/** The list of what can stand behind `@` or `/`, above the input. */
export function Suggestions({ hints }: { hints: ISuggestions }): React.ReactElement | null {
  const { trans } = useServices();
  const list = React.useRef<HTMLUListElement>(null);
  React.useEffect(() => {
    list.current?.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }, [hints.active, hints.items]);
  if (!hints.open) {
    return null;
  }
  return (
    <ul
      ref={list}
      id={hints.id}
      role="listbox"
      aria-label={trans.__('Suggestions')}
      className="jp-LuminaChat-suggestions"
    >
      {hints.items.map((item, index) => (
        <li
          key={`${item.kind} ${item.insert}`}
          id={hints.itemId(index)}
          role="option"
          aria-selected={index === hints.active}
          // The keyboard stays in the input: choosing happens before it would lose the focus.
          onMouseDown={event => {
            event.preventDefault();
            hints.accept(index);
          }}
        >
          <span className="jp-LuminaChat-suggestionKind">{kindWord(item, trans)}</span>
          <span className="jp-LuminaChat-suggestionLabel">{marked(item)}</span>
          <span className="jp-LuminaChat-suggestionDetail" title={item.detail}>
            {item.detail}
          </span>
        </li>
      ))}
    </ul>
  );
}

function kindWord(item: ICompletionItem, trans: ReturnType<typeof useServices>['trans']): string {
  switch (item.kind) {
    case 'persona':
      return trans.__('persona');
    case 'variable':
      return trans.__('variable');
    case 'column':
      return trans.__('column');
    case 'cell':
      return trans.__('cell');
    case 'documentation':
      return trans.__('documentation');
    case 'file':
      return trans.__('file');
    case 'folder':
      return trans.__('folder');
    case 'selection':
      return trans.__('selection');
    case 'error':
      return trans.__('error');
    case 'notebook':
      return trans.__('notebook');
    case 'command':
      return trans.__('command');
    case 'keyword':
      return '';
  }
}

/** The label with what was typed set off. */
function marked(item: ICompletionItem): React.ReactNode {
  const parts: React.ReactNode[] = [];
  let at = 0;
  for (const [from, to] of item.matches) {
    parts.push(item.label.slice(at, from), <mark key={from}>{item.label.slice(from, to)}</mark>);
    at = to;
  }
  parts.push(item.label.slice(at));
  return parts;
}
