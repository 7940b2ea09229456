import * as React from 'react';
import { isQuestion, type IApprovals } from '../../approvals/tokens';
import type { AnswerBlock, ITurn } from '../model';
import { MarkdownText } from '../rendering/MarkdownText';
import { AnswerState } from './AnswerState';
import { Reasoning } from './Reasoning';
import { useServices } from './services';
import { Speaker } from './Speaker';
import { ToolCard } from './ToolCard';

/** An answer, as far as it has come. */
export function Answer(props: { turn: ITurn }): React.ReactElement {
  const { turn } = props;
  const { approvals, trans } = useServices();
  const over = turn.state.kind !== 'running';
  const last = turn.blocks[turn.blocks.length - 1];
  const asked = useAsked(approvals, turn.id);
  const shown = turn.blocks.filter(
    block => !isPast(block, over || block !== last, !!approvals) && !(asked && isAbout(block))
  );
  return (
    <div className="jp-LuminaChat-answer" aria-busy={!over}>
      {shown.map(block => (
        <Block key={block.key} block={block} final={over || block !== last} over={over} />
      ))}
      {turn.state.kind === 'running' && (
        <div className="jp-LuminaChat-working">
          <span className="jp-LuminaChat-dots" aria-hidden>
            <i />
            <i />
            <i />
          </span>
          {turn.state.stopping
            ? trans.__('Stopping…')
            : turn.blocks.length === 0 && <span>{trans.__('Waiting for the model…')}</span>}
        </div>
      )}
      <AnswerState turn={turn} />
    </div>
  );
}

/** What is told only until something else is: that a model is loading, that a call is tried again or waits. */
const PASSING = new Set(['embedded_loading', 'retry', 'approval']);

/** What a card tells better. */
const CARDS = new Set(['approval', 'approval_decided']);

/** What is told of a tool's question to those who see none: those of the past, and other people's. */
const QUESTIONS = new Set(['question', 'question_over']);

function isAbout(block: AnswerBlock): boolean {
  return block.kind === 'notice' && QUESTIONS.has(block.code);
}

/** Whether this page knows of a question in an answer, so that it shows what there is of it. */
function useAsked(approvals: IApprovals | null, turn: string): boolean {
  const subscribe = React.useCallback(
    (listener: () => void) => approvals?.subscribe(listener) ?? (() => undefined),
    [approvals]
  );
  return React.useSyncExternalStore(
    subscribe,
    () => approvals?.getSnapshot().all.some(each => each.run === turn && isQuestion(each)) ?? false
  );
}

function isPast(block: AnswerBlock, final: boolean, cards: boolean): boolean {
  return (
    block.kind === 'notice' &&
    ((final && PASSING.has(block.code)) || (cards && CARDS.has(block.code)))
  );
}

const Block = React.memo(function Block(props: {
  block: AnswerBlock;
  /** Whether nothing more comes to this block. */
  final: boolean;
  /** Whether the answer is over. */
  over: boolean;
}) {
  const { block, final, over } = props;
  switch (block.kind) {
    case 'text':
      return <MarkdownText text={block.text} final={final} />;
    case 'reasoning':
      return <Reasoning block={block} final={final} />;
    case 'tool':
      return <ToolCard block={block} final={over} />;
    case 'speaker':
      return <Speaker persona={block.persona} />;
    case 'notice':
      return (
        <p className="jp-LuminaChat-notice" role="note">
          {block.text}
        </p>
      );
  }
});
