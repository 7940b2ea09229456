import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Failure, Hint } from '../../components';
import type { ITrial, ProbeProgress } from '../types';
import { dollarsOf, hintHere, secondsOf } from '../words';

/** How trying a provider out goes, or went. */
export function TestResult(props: {
  test: ITrial<ProbeProgress>;
  trans: TranslationBundle;
}): React.ReactElement {
  const { test, trans } = props;
  const model = test.steps[0]?.model;
  return (
    <div className="jp-LuminaSettings-test" aria-live="polite" aria-busy={test.running}>
      {test.running && !model && <p>{trans.__('Looking for a model to ask…')}</p>}
      {model && (
        <p>
          {trans.__('Asked:')} <code>{model}</code>
        </p>
      )}
      <ul>
        {test.steps.map(step => (
          <Step key={step.step} step={step} trans={trans} />
        ))}
      </ul>
      {test.error && <Failure error={test.error} trans={trans} />}
    </div>
  );
}

const MARKS = { running: '…', ok: '✓', failed: '✗', untried: '–' };

function Step(props: { step: ProbeProgress; trans: TranslationBundle }): React.ReactElement {
  const { step, trans } = props;
  const { first_seconds: first, result } = step;
  const name = step.step === 'streamed' ? trans.__('Answer') : trans.__('Tool call');
  const facts: string[] = [];
  if (first !== null) {
    facts.push(trans.__('first piece after %1', secondsOf(first)));
  }
  if (result && result.seconds > 0) {
    facts.push(trans.__('%1 in all', secondsOf(result.seconds)));
  }
  if (result && result.usd !== null) {
    facts.push(trans.__('cost %1', dollarsOf(result.usd)));
  }
  // What follows a failure is not tried, and so takes no time.
  const state = !result ? 'running' : result.ok ? 'ok' : result.seconds > 0 ? 'failed' : 'untried';
  return (
    <li data-state={state}>
      <span className="jp-LuminaSettings-mark" aria-hidden="true">
        {MARKS[state]}
      </span>
      <span>
        <strong>{name}</strong>{' '}
        {result ? result.detail : first === null ? trans.__('waiting…') : trans.__('arriving…')}
        {facts.length > 0 && <span className="jp-LuminaPage-soft"> ({facts.join(', ')})</span>}
        {result && !result.ok && result.hint && (
          <span className="jp-LuminaSettings-next">
            <Hint text={hintHere(result.hint, trans)} />
          </span>
        )}
      </span>
    </li>
  );
}
