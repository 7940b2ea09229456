import * as React from 'react';
import type { RunState } from '../../activity/wire';
import type { ITurn } from '../model';
import { MarkdownText } from '../rendering/MarkdownText';
import { RunProgress } from './RunProgress';
import { useServices } from './services';
import { useActivity } from './useActivity';

/** What the agent does, or did, as an answer: how it goes, and at its end what came of it. */
export function RunCard({ turn }: { turn: ITurn }): React.ReactElement {
  const { activity, trans } = useServices();
  const model = useActivity(activity);
  const { run } = turn.question;
  const over = turn.endedAt !== null;
  React.useEffect(() => model?.watch(run), [model, run]);
  const otherwise = stateIn(turn);
  const state = model?.stateOf(run) ?? otherwise;
  return (
    <div className="jp-LuminaChat-answer" aria-busy={!over}>
      <div
        className="jp-LuminaChat-run"
        role="group"
        data-state={state}
        aria-label={trans.__('What the agent does')}
      >
        {model ? (
          <RunProgress model={model} run={run} otherwise={otherwise} />
        ) : (
          <p className="jp-LuminaChat-quiet">{trans.__('Looking for the run…')}</p>
        )}
      </div>
      {turn.blocks.map(
        block =>
          block.kind === 'text' && <MarkdownText key={block.key} text={block.text} final={over} />
      )}
    </div>
  );
}

/** How the run is, as far as the conversation tells. */
function stateIn({ state }: ITurn): RunState {
  switch (state.kind) {
    case 'finished':
      return state.reason === 'cancelled' ? 'stopped' : 'done';
    case 'failed':
      return 'failed';
    case 'interrupted':
      return 'interrupted';
    default:
      return 'running';
  }
}
