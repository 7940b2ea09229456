import {
  caretLeftIcon,
  caretRightIcon,
  copyIcon,
  editIcon,
  refreshIcon
} from '@jupyterlab/ui-components';
import * as React from 'react';
import { branchIcon } from '../icons';
import type { ITurn, IVisibleTurn } from '../model';
import { Answer } from './Answer';
import { AnswerFooter } from './AnswerFooter';
import { ContextChip } from './ContextChip';
import { IconButton } from './IconButton';
import { Question } from './Question';
import { RunCard } from './RunCard';
import { useServices } from './services';
import { shown } from './shown';
import { Speaker } from './Speaker';
import { TurnApprovals } from './TurnApprovals';

interface ITurnProps {
  readonly visible: IVisibleTurn;
  readonly several: boolean;
  /** Whether personas answer here, so that it must be said who speaks. */
  readonly personas: boolean;
  readonly show: (turn: string) => void;
  readonly setSize: number;
  readonly position: number;
  readonly marked: boolean;
}

/** A question and its answer. */
export const Turn = React.memo(
  function Turn(props: ITurnProps) {
    const { visible, several, personas, show, setSize, position, marked } = props;
    const { trans } = useServices();
    const { turn, siblings } = visible;
    const over = !['running', 'sending', 'waiting'].includes(turn.state.kind);
    return (
      <article
        className="jp-LuminaChat-turn"
        data-turn={turn.id}
        data-marked={marked}
        tabIndex={-1}
        aria-posinset={position + 1}
        aria-setsize={setSize}
        aria-label={trans.__('Question: %1', turn.question.text.slice(0, 120))}
      >
        <Question turn={turn} several={several} />
        {turn.context && <ContextChip report={turn.context} />}
        {personas && <Speaker persona={turn.question.persona} />}
        {turn.question.run ? (
          <RunCard turn={turn} />
        ) : (
          <>
            <Answer turn={turn} />
            <TurnApprovals turn={turn.id} />
          </>
        )}
        <div className="jp-LuminaChat-turnFoot">
          {siblings.length > 1 && <Siblings visible={visible} show={show} />}
          <AnswerFooter turn={turn} />
          {over && <TurnTools turn={turn} />}
        </div>
      </article>
    );
  },
  (before, after) =>
    before.visible.turn === after.visible.turn &&
    before.visible.position === after.visible.position &&
    before.visible.siblings.length === after.visible.siblings.length &&
    before.several === after.several &&
    before.personas === after.personas &&
    before.position === after.position &&
    before.marked === after.marked &&
    before.show === after.show
);

/** Goes from one version of a question to the next. */
function Siblings(props: {
  visible: IVisibleTurn;
  show: (turn: string) => void;
}): React.ReactElement {
  const { trans } = useServices();
  const { siblings, position } = props.visible;
  const step = (by: number) => {
    const next = siblings[position + by];
    if (next !== undefined) {
      props.show(next);
    }
  };
  const words = trans.__('Version %1 of %2', position + 1, siblings.length);
  return (
    <div className="jp-LuminaChat-siblings" role="group" aria-label={words}>
      <IconButton
        icon={caretLeftIcon}
        label={trans.__('Version before')}
        disabled={position === 0}
        onClick={() => step(-1)}
      />
      <span title={words}>
        {position + 1}/{siblings.length}
      </span>
      <IconButton
        icon={caretRightIcon}
        label={trans.__('Version after')}
        disabled={position === siblings.length - 1}
        onClick={() => step(1)}
      />
    </div>
  );
}

/** What can be done with a turn. */
function TurnTools({ turn }: { turn: ITurn }): React.ReactElement {
  const { trans, model, code, announce } = useServices();
  const answer = () =>
    turn.blocks.map(block => (block.kind === 'text' ? block.text.toString() : '')).join('');
  return (
    <div
      className="jp-LuminaChat-turnTools"
      role="group"
      aria-label={trans.__('What to do with this turn')}
    >
      {turn.blocks.some(block => block.kind === 'text') && (
        <IconButton
          icon={copyIcon}
          label={trans.__('Copy the answer')}
          onClick={() => {
            code.copy(answer());
            announce(trans.__('Copied.'));
          }}
        />
      )}
      {!turn.question.run && (
        <>
          <IconButton
            icon={editIcon}
            label={trans.__('Edit the question and ask again')}
            onClick={() => model.beginEdit(turn.id)}
          />
          <IconButton
            icon={refreshIcon}
            label={trans.__('Ask again')}
            onClick={() => shown(model.retry(turn.id))}
          />
        </>
      )}
      <IconButton
        icon={branchIcon}
        label={trans.__('Go on from here in a branch')}
        onClick={() => model.branchFrom(turn.id)}
      />
    </div>
  );
}
