import * as React from 'react';
import type { ActivityModel } from '../../activity/model';
import type { IActivity } from '../../activity/tokens';
import { isOver, type IRun } from '../../activity/wire';
import { stateOf } from '../../activity/words';
import { ApprovalCards, useApprovals } from '../../approvals/cards';
import { useServices } from './services';

/** The agent's run in this notebook, below the conversation: how it is, what it asks, and the way to stop it. */
export function AgentCard(): React.ReactElement | null {
  const { activity } = useServices();
  const model = useModel(activity);
  return model && activity && <Shown activity={activity} model={model} />;
}

/** The runs, once they are loaded; followed as long as this is there. */
function useModel(activity: IActivity | null): ActivityModel | null {
  const [model, setModel] = React.useState<ActivityModel | null>(null);
  React.useEffect(() => {
    let gone = false;
    void activity?.model().then(loaded => {
      if (!gone) {
        setModel(loaded);
      }
    });
    return () => {
      gone = true;
    };
  }, [activity]);
  return model;
}

function Shown(props: { activity: IActivity; model: ActivityModel }): React.ReactElement | null {
  const { activity, model } = props;
  const { approvals, trans, visible } = useServices();
  const [closed, setClosed] = React.useState('');
  const [, draw] = React.useReducer((count: number) => count + 1, 0);
  const seen = React.useSyncExternalStore(visible.subscribe, visible.get);
  React.useEffect(() => {
    model.stateChanged.connect(draw);
    return () => void model.stateChanged.disconnect(draw);
  }, [model]);
  React.useEffect(() => {
    model.setVisible(seen, 'chat');
    return () => model.setVisible(false, 'chat');
  }, [model, seen]);
  const run = shownOf(model);
  if (!run || closed === run.id) {
    return null;
  }
  const picture = model.pictureOf(run.id);
  const state = picture.state ?? run.state;
  const over = isOver(state);
  const step = picture.steps.get(picture.current);
  const summary = picture.report?.summary || picture.why || run.why;
  return (
    <section
      className="jp-LuminaChat-agent"
      data-state={state}
      aria-label={trans.__('What the agent does')}
    >
      <p className="jp-LuminaChat-agentWords">{run.words || trans.__('Undo the last run')}</p>
      <p role="status" className="jp-LuminaChat-agentState">
        <b>{stateOf(state, trans)}</b>
        {step ? `: ${step.title}` : over && summary ? `: ${summary}` : ''}
      </p>
      {approvals && <Asked model={model} run={run.id} />}
      <div className="jp-LuminaChat-agentButtons">
        <button
          className="jp-LuminaChat-button"
          onClick={() => void activity.show({ run: run.id })}
        >
          {state === 'waiting' && !step
            ? trans.__('See what it asks')
            : over
              ? trans.__('See the report')
              : trans.__('See the steps')}
        </button>
        {over ? (
          <button className="jp-LuminaChat-button" onClick={() => setClosed(run.id)}>
            {trans.__('Close')}
          </button>
        ) : (
          <button
            className="jp-LuminaChat-button jp-LuminaChat-agentStop"
            disabled={model.isBusy('stop', run.id)}
            onClick={() => void model.steer(run.id, 'stop')}
          >
            {trans.__('Stop agent')}
          </button>
        )}
      </div>
    </section>
  );
}

/** The run that goes on, or was unfolded while it did. */
function shownOf(model: ActivityModel): IRun | null {
  return model.active ?? (model.followed ? model.runOf(model.followed) : null);
}

function Asked({ model, run }: { model: ActivityModel; run: string }): React.ReactElement {
  const { approvals, trans } = useServices();
  const shown = useApprovals(approvals!).waiting.filter(each => each.run === run);
  return (
    <ApprovalCards
      approvals={approvals!}
      shown={shown}
      trans={trans}
      here={model.path}
      numberOf={cell => model.numberOf(cell)}
    />
  );
}
