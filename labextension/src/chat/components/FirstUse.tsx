import { NotebookActions } from '@jupyterlab/notebook';
import * as React from 'react';
import { luminaIcon } from '../../icon';
import type { IPanelSnapshot } from '../model';
import { Hint } from './Hint';
import { modelName } from './format';
import { useServices } from './services';
import { thingsToTry } from './thingsToTry';
import { shown } from './shown';

/** What an empty conversation shows: what works already, what to add, and what to try. */
export function FirstUse({ panel }: { panel: IPanelSnapshot }): React.ReactElement {
  const { trans, model, openSettings } = useServices();
  const { firstUse, document: subject } = panel;
  useRuns();
  const first = firstUse.value;
  const things = subject.kind === 'none' ? [] : thingsToTry(model.notebookView(), trans);
  const chosen = panel.model || first?.defaultModel || '';
  const others = (first?.providers ?? []).filter(each => each.available).map(each => each.title);
  return (
    <div className="jp-LuminaChat-first">
      <luminaIcon.react tag="div" className="jp-LuminaChat-firstIcon" />
      <h2>
        {subject.kind === 'none'
          ? trans.__('Open a notebook to begin')
          : trans.__('Ask about %1', subject.name)}
      </h2>
      {subject.kind === 'none' && (
        <p>
          {trans.__(
            'Conversations belong to a notebook or a file: open one, and ask about it here.'
          )}
        </p>
      )}
      {first && chosen && (first.ready || panel.model) && (
        <p>
          {chosen.startsWith('embedded/')
            ? trans.__(
                '%1 runs on this machine and answers right away: no key, no network.',
                modelName(chosen)
              )
            : trans.__('%1 is ready to answer.', chosen)}
          {others.length > 1 && ` ${trans.__('Found: %1.', others.join(', '))}`}
        </p>
      )}
      {first && !first.ready && !panel.model && (
        <div className="jp-LuminaChat-state" data-tone="error">
          <p>{trans.__('No model can answer yet.')}</p>
          {first.hint && <Hint text={first.hint} />}
        </div>
      )}
      {firstUse.state === 'failed' && firstUse.error && (
        <div className="jp-LuminaChat-state" data-tone="error">
          <p>{firstUse.error.message}</p>
          {firstUse.error.hint && <Hint text={firstUse.error.hint} />}
        </div>
      )}
      {openSettings && (
        <p>
          <button className="jp-LuminaChat-link" onClick={openSettings}>
            {trans.__('Add a provider’s key or choose models…')}
          </button>
        </p>
      )}
      {things.length > 0 && (
        <ul className="jp-LuminaChat-things" aria-label={trans.__('Things to try')}>
          {things.map(thing => (
            <li key={thing.text}>
              <button onClick={() => shown(model.ask(thing.text))}>{thing.label}</button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Draws anew when a cell has run: what there is to try may be another thing then. */
function useRuns(): void {
  const [, count] = React.useReducer((runs: number) => runs + 1, 0);
  React.useEffect(() => {
    const onRun = () => count();
    NotebookActions.executed.connect(onRun);
    return () => void NotebookActions.executed.disconnect(onRun);
  }, []);
}
