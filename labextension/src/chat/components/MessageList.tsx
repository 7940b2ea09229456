import { caretDownIcon } from '@jupyterlab/ui-components';
import * as React from 'react';
import { Virtuoso, type Components, type VirtuosoHandle } from 'react-virtuoso';
import type { IConversationStore, IConversationSnapshot, IVisibleTurn } from '../model';
import { useServices } from './services';
import { Turn } from './Turn';
import { useEnd } from './useEnd';

interface IMessageListProps {
  readonly store: IConversationStore;
  readonly snapshot: IConversationSnapshot;
  /** Grows with every question that was asked here: the list then goes to its end. */
  readonly asked: number;
  /** A turn to go to and to mark, as a search found it. */
  readonly target: string;
}

interface IListContext {
  readonly several: boolean;
  readonly personas: boolean;
  readonly label: string;
  readonly busy: boolean;
  readonly size: number;
  readonly target: string;
  readonly show: (turn: string) => void;
}

const Feed: NonNullable<Components<IVisibleTurn, IListContext>['List']> = React.forwardRef(
  function Feed({ context, children, ...others }, ref) {
    return (
      <div {...others} ref={ref} role="feed" aria-label={context.label} aria-busy={context.busy}>
        {children}
      </div>
    );
  }
);

const SHORT = 5;
const AT_END = { initialTopMostItemIndex: { index: 'LAST', align: 'end' } } as const;
const COMPONENTS: Components<IVisibleTurn, IListContext> = { List: Feed };

/** The turns of the visible path; only those near the reader's eyes are really there. */
export function MessageList(props: IMessageListProps): React.ReactElement {
  const { store, snapshot, asked, target } = props;
  const { trans } = useServices();
  const { path } = snapshot;
  const list = React.useRef<VirtuosoHandle>(null);
  // A short list is at its end anyway, and would be hidden until it has been measured.
  const beginning = React.useRef(path.length > SHORT ? AT_END : {});
  const { atEnd, scroller, stay, goToEnd } = useEnd();
  const jump = React.useCallback(() => {
    list.current?.scrollToIndex({ index: 'LAST', align: 'end', behavior: 'auto' });
    goToEnd();
  }, [goToEnd]);

  const seenAsked = React.useRef(asked);
  const seenLength = React.useRef(path.length);
  React.useEffect(() => {
    // The question stands in the list a moment after it was asked.
    if (asked !== seenAsked.current && path.length !== seenLength.current) {
      seenAsked.current = asked;
      jump();
    }
    seenLength.current = path.length;
  }, [asked, path.length, jump]);

  React.useEffect(() => {
    const index = target ? path.findIndex(visible => visible.turn.id === target) : -1;
    if (index >= 0) {
      list.current?.scrollToIndex({ index, align: 'start', behavior: 'auto' });
    }
    // Only a new target moves the list, not each change of the path.
  }, [target, snapshot.caughtUp]);

  const context: IListContext = {
    several: React.useMemo(() => severalPeople(path), [path]),
    personas: React.useMemo(() => path.some(hasPersona), [path]),
    label: trans.__('Conversation'),
    busy: snapshot.running.length > 0,
    size: path.length,
    target,
    show: React.useCallback((turn: string) => store.show(turn), [store])
  };
  return (
    <div className="jp-LuminaChat-messages" onKeyDown={stepThroughTurns}>
      <Virtuoso<IVisibleTurn, IListContext>
        ref={list}
        data={path as IVisibleTurn[]}
        context={context}
        components={COMPONENTS}
        computeItemKey={(_, visible) => visible.turn.id}
        {...beginning.current}
        itemContent={renderTurn}
        scrollerRef={scroller}
        totalListHeightChanged={stay}
        increaseViewportBy={400}
        skipAnimationFrameInResizeObserver
      />
      {!atEnd && (
        <button className="jp-LuminaChat-jump" onClick={jump}>
          <caretDownIcon.react tag="span" className="jp-LuminaChat-icon" />
          {snapshot.running.length > 0
            ? trans.__('The answer goes on below')
            : trans.__('Jump to latest')}
        </button>
      )}
    </div>
  );
}

function renderTurn(index: number, visible: IVisibleTurn, context: IListContext): React.ReactNode {
  return (
    <Turn
      visible={visible}
      several={context.several}
      personas={context.personas}
      show={context.show}
      setSize={context.size}
      position={index}
      marked={visible.turn.id === context.target}
    />
  );
}

function hasPersona({ turn }: IVisibleTurn): boolean {
  return turn.question.persona !== '' || turn.blocks.some(({ kind }) => kind === 'speaker');
}

function severalPeople(path: readonly IVisibleTurn[]): boolean {
  // Kernels and the command line ask without a name; one's own question has none for a moment.
  const who = path
    .map(({ turn: { question } }) => question.author || question.by.name)
    .filter(Boolean);
  return who.some(each => each !== who[0]);
}

/** Page Up and Page Down on a turn go to the one before and after, as in any feed. */
function stepThroughTurns(event: React.KeyboardEvent): void {
  const here = (event.target as HTMLElement).closest('.jp-LuminaChat-turn');
  if (!here || (event.key !== 'PageDown' && event.key !== 'PageUp')) {
    return;
  }
  const turns = [...event.currentTarget.querySelectorAll<HTMLElement>('.jp-LuminaChat-turn')];
  const next = turns[turns.indexOf(here as HTMLElement) + (event.key === 'PageDown' ? 1 : -1)];
  if (next) {
    event.preventDefault();
    next.focus();
    next.scrollIntoView({ block: 'nearest' });
  }
}
