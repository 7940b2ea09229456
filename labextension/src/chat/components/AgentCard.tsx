import * as React from 'react';
import type { ActivityModel } from '../../activity/model';
import { isOver, type IRun } from '../../activity/wire';
import { RunProgress } from './RunProgress';
import { useServices } from './services';
import { useActivity } from './useActivity';

/** The agent's run in this notebook that was asked for elsewhere, below the conversation. */
export function AgentCard(props: {
  /** The conversation that is shown: its own runs stand in it. */
  conversation: string;
}): React.ReactElement | null {
  const { activity, trans, visible } = useServices();
  const model = useActivity(activity);
  const [closed, setClosed] = React.useState('');
  const seen = React.useSyncExternalStore(visible.subscribe, visible.get);
  React.useEffect(() => {
    model?.setVisible(seen, 'chat');
    return () => model?.setVisible(false, 'chat');
  }, [model, seen]);
  const run = model && shownOf(model);
  if (
    !model ||
    !run ||
    closed === run.id ||
    (run.conversation && run.conversation === props.conversation)
  ) {
    return null;
  }
  const picture = model.pictureOf(run.id);
  const state = model.stateOf(run.id) ?? run.state;
  const over = isOver(state);
  const summary = picture.report?.summary || picture.why || run.why;
  return (
    <section
      className="jp-LuminaChat-run jp-LuminaChat-agent"
      data-state={state}
      aria-label={trans.__('What the agent does')}
    >
      <p className="jp-LuminaChat-agentWords">{run.words || trans.__('Undo the last run')}</p>
      {over && summary && <p>{summary}</p>}
      <RunProgress model={model} run={run.id} otherwise={run.state}>
        {over && (
          <button className="jp-LuminaChat-button" onClick={() => setClosed(run.id)}>
            {trans.__('Close')}
          </button>
        )}
      </RunProgress>
    </section>
  );
}

/** The run that goes on, or was unfolded while it did. */
function shownOf(model: ActivityModel): IRun | null {
  return model.active ?? (model.followed ? model.runOf(model.followed) : null);
}
