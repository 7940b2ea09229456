import { lockIcon, searchIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import type { IConversation, IPanelSnapshot, ISearchHit } from '../model';
import { shortTime } from './format';
import { useServices } from './services';
import { shown } from './shown';
import { useDismiss } from './useDismiss';

interface ISwitcherProps {
  readonly panel: IPanelSnapshot;
  readonly onClose: () => void;
  readonly onOpen: (turn: string) => void;
}

type Found = {
  readonly query: string;
  readonly hits: readonly ISearchHit[];
  readonly problem: string;
};

/** The notebook's conversations, and a search through what was said. */
export function Switcher({ panel, onClose, onOpen }: ISwitcherProps): React.ReactElement {
  const { model, trans, announce } = useServices();
  const [query, setQuery] = React.useState('');
  const [everywhere, setEverywhere] = React.useState(false);
  const [found, setFound] = React.useState<Found | null>(null);
  const box = useDismiss<HTMLDivElement>(onClose);
  const wanted = query.trim();
  // Somebody else may have begun one since.
  React.useEffect(() => shown(model.refreshConversations()), [model]);
  React.useEffect(() => {
    if (!wanted) {
      setFound(null);
      return;
    }
    const controller = new AbortController();
    const timer = window.setTimeout(() => {
      model.search(wanted, { everywhere, signal: controller.signal }).then(
        hits => {
          setFound({ query: wanted, hits, problem: '' });
          announce(trans._n('%1 place found', '%1 places found', hits.length, hits.length));
        },
        (error: unknown) => {
          if (!controller.signal.aborted) {
            const problem = error instanceof Error ? error.message : String(error);
            setFound({ query: wanted, hits: [], problem });
          }
        }
      );
    }, 200);
    return () => {
      window.clearTimeout(timer);
      controller.abort();
    };
  }, [wanted, everywhere, model, announce, trans]);

  const conversations = panel.conversations.value;
  return (
    <div
      ref={box}
      className="jp-LuminaChat-popover jp-LuminaChat-switcher"
      role="dialog"
      aria-label={trans.__('Conversations')}
      onKeyDown={stepThroughList}
    >
      <div className="jp-LuminaChat-search">
        <searchIcon.react tag="span" className="jp-LuminaChat-icon" />
        <input
          type="search"
          autoFocus
          value={query}
          placeholder={trans.__('Search what was said')}
          aria-label={trans.__('Search what was said')}
          onChange={event => setQuery(event.target.value)}
        />
      </div>
      {wanted && (
        <label className="jp-LuminaChat-everywhere">
          <input
            type="checkbox"
            checked={everywhere}
            onChange={event => setEverywhere(event.target.checked)}
          />
          {trans.__('In all notebooks')}
        </label>
      )}
      {wanted ? (
        <Hits
          found={found}
          everywhere={everywhere}
          onChoose={hit => {
            onClose();
            shown(model.open(hit).then(() => onOpen(hit.turn)));
          }}
        />
      ) : (
        <ul className="jp-LuminaChat-list" aria-label={trans.__('Conversations of this notebook')}>
          {conversations.map(each => (
            <li key={each.id}>
              <Row
                conversation={each}
                selected={each.id === panel.selected?.id}
                onChoose={() => {
                  model.select(each.id);
                  onClose();
                }}
              />
            </li>
          ))}
        </ul>
      )}
      {!wanted && conversations.length === 0 && (
        <p className="jp-LuminaChat-quiet">
          {panel.conversations.state === 'loading'
            ? trans.__('Loading…')
            : trans.__('None yet. Your first question begins one.')}
        </p>
      )}
    </div>
  );
}

function Row(props: {
  conversation: IConversation;
  selected: boolean;
  onChoose: () => void;
}): React.ReactElement {
  const { trans } = useServices();
  const { conversation, selected } = props;
  return (
    <button className="jp-LuminaChat-row" aria-current={selected} onClick={props.onChoose}>
      <span className="jp-LuminaChat-rowTitle">
        {!conversation.shared && (
          <lockIcon.react tag="span" className="jp-LuminaChat-icon" title={trans.__('Private')} />
        )}
        {conversation.title || trans.__('New conversation')}
      </span>
      <span className="jp-LuminaChat-rowDetail">
        {shortTime(conversation.updated_at)}
        {!conversation.shared && ` · ${trans.__('private')}`}
        {!conversation.mine && conversation.owner && ` · ${conversation.owner}`}
        {conversation.current && ` · ${trans.__('%1 goes on here', '%%lumina')}`}
      </span>
    </button>
  );
}

function Hits(props: {
  found: Found | null;
  everywhere: boolean;
  onChoose: (hit: ISearchHit) => void;
}): React.ReactElement {
  const { trans } = useServices();
  const { found } = props;
  if (!found) {
    return <p className="jp-LuminaChat-quiet">{trans.__('Searching…')}</p>;
  }
  if (found.problem) {
    return <p className="jp-LuminaChat-composerProblem">{found.problem}</p>;
  }
  if (!found.hits.length) {
    return (
      <p className="jp-LuminaChat-quiet">{trans.__('Nothing was said about “%1”.', found.query)}</p>
    );
  }
  return (
    <ul className="jp-LuminaChat-list" aria-label={trans.__('Found')}>
      {found.hits.map((hit, index) => (
        <li key={index}>
          <button className="jp-LuminaChat-row" onClick={() => props.onChoose(hit)}>
            <span className="jp-LuminaChat-rowTitle">
              {hit.title || trans.__('New conversation')}
            </span>
            <span className="jp-LuminaChat-snippet">{hit.snippet}</span>
            <span className="jp-LuminaChat-rowDetail">
              {hit.where === 'question' && trans.__('in a question')}
              {hit.where === 'answer' && trans.__('in an answer')}
              {hit.where === 'title' && trans.__('in the title')}
              {` · ${shortTime(hit.at)}`}
              {props.everywhere && ` · ${hit.notebook}`}
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

/** The arrow keys go through the list, from the search box and back to it. */
function stepThroughList(event: React.KeyboardEvent): void {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step === undefined) {
    return;
  }
  const stops = [
    ...event.currentTarget.querySelectorAll<HTMLElement>('input[type=search], .jp-LuminaChat-row')
  ];
  const next = stops[stops.indexOf(event.target as HTMLElement) + step];
  if (next) {
    event.preventDefault();
    next.focus();
  }
}
