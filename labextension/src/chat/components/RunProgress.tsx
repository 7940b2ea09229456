import * as React from 'react';
import type { ActivityModel } from '../../activity/model';
import { isOver, type RunState } from '../../activity/wire';
import { stateOf } from '../../activity/words';
import { AskedCards, useApprovals } from '../../approvals/cards';
import { isQuestion, type IApprovals } from '../../approvals/tokens';
import { useServices } from './services';

interface IRunProgress {
  readonly model: ActivityModel;
  readonly run: string;
  /** How it is, where nothing is known of the run any more. */
  readonly otherwise: RunState;
  /** What stands beside the buttons. */
  readonly children?: React.ReactNode;
}

/** How a run of the agent is, what it asks, and what can be done with it, in a few lines. */
export function RunProgress(props: IRunProgress): React.ReactElement {
  const { children, model, otherwise, run: id } = props;
  const { activity, approvals, trans } = useServices();
  const run = model.runOf(id);
  const picture = model.pictureOf(id);
  const state = model.stateOf(id) ?? otherwise;
  const over = isOver(state);
  const step = picture.steps.get(picture.current);
  const why = picture.state ? picture.why : (run?.why ?? '');
  const held = state === 'paused' || state === 'interrupted';
  const planWaits = state === 'waiting' && !step && !picture.question;
  const { done, steps } = model.stepsOf(id);
  const gear = picture.gear || run?.gear;
  const facts = [
    steps > 0 && trans._n('%2 of %1 step', '%2 of %1 steps', steps, done),
    gear && trans.__('gear %1', gear)
  ].filter(Boolean);
  return (
    <>
      <p role="status" className="jp-LuminaChat-runState" data-state={state}>
        <span className="jp-LuminaActivity-mark" aria-hidden="true" />
        <b>{stateOf(state, trans)}</b>
        {facts.length > 0 && <span className="jp-LuminaChat-quiet">{facts.join(' · ')}</span>}
      </p>
      {!over && (step || why) && <p className="jp-LuminaChat-runStep">{step?.title ?? why}</p>}
      {picture.question && <p className="jp-LuminaChat-runStep">{picture.question}</p>}
      {approvals && <Asked approvals={approvals} model={model} run={id} />}
      <div className="jp-LuminaChat-agentButtons">
        {activity && run && (
          <button className="jp-LuminaChat-button" onClick={() => void activity.show({ run: id })}>
            {picture.question
              ? trans.__('Answer it')
              : planWaits
                ? trans.__('See the plan')
                : over
                  ? trans.__('See the report')
                  : trans.__('See the steps')}
          </button>
        )}
        {run && held && (
          <button
            className="jp-LuminaChat-button"
            disabled={model.isBusy('resume', id)}
            onClick={() => void model.steer(id, 'resume')}
          >
            {trans.__('Resume')}
          </button>
        )}
        {run && !over && (
          <button
            className="jp-LuminaChat-button jp-LuminaChat-agentStop"
            disabled={model.isBusy('stop', id)}
            onClick={() => void model.steer(id, 'stop')}
          >
            {trans.__('Stop agent')}
          </button>
        )}
        {children}
      </div>
    </>
  );
}

function Asked(props: {
  approvals: IApprovals;
  model: ActivityModel;
  run: string;
}): React.ReactElement {
  const { approvals, model, run } = props;
  const { trans } = useServices();
  const shown = useApprovals(approvals).all.filter(
    each => each.run === run && (each.state === 'pending' || isQuestion(each))
  );
  return (
    <AskedCards
      approvals={approvals}
      shown={shown}
      trans={trans}
      here={model.path}
      numberOf={cell => model.numberOf(cell)}
    />
  );
}
