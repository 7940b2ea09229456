import * as React from 'react';
import { CodePreview, mimeTypeFor } from '../approvals/preview';
import { duration } from '../chat/components/format';
import { Button } from '../components';
import { Details, useParts } from './parts';
import type { IAttempt, IStepPicture } from './picture';
import { checkOf, recoveryOf, stepStateOf, undoneOf } from './words';

interface IStepRow {
  readonly run: string;
  readonly step: IStepPicture;
  /** Whether steps can be taken back now. */
  readonly canUndo: boolean;
  readonly busy: boolean;
}

/** One step of a run: how it is, what was written, what came back, and the way back. */
export const StepRow = React.memo(function StepRow(props: IStepRow): React.ReactElement {
  const { busy, canUndo, run, step } = props;
  const { model, trans } = useParts();
  const { attempts, cell, endedAt, state, tool } = step;
  const tries = attempts.length;
  const number = cell ? model.numberOf(cell) : 0;
  const last = step.said[step.said.length - 1];
  const open = state === 'running' || state === 'waiting';
  const undone = undoneOf(step, trans);
  return (
    <li
      className="jp-LuminaActivity-step"
      data-state={state}
      aria-current={open ? 'step' : undefined}
    >
      <div className="jp-LuminaActivity-stepHead">
        <span className="jp-LuminaActivity-mark" aria-hidden="true" />
        <span className="jp-LuminaActivity-stepTitle">{step.title}</span>
        <span className="jp-LuminaActivity-stepState">
          {[
            stepStateOf(state, trans),
            tries > 1 && trans.__('attempt %1', attempts[tries - 1]!.number),
            endedAt !== null && duration(Math.max(0, endedAt - step.beganAt), trans)
          ]
            .filter(part => part)
            .map((part, at) => (
              <span key={at}>{part}</span>
            ))}
        </span>
      </div>
      <div className="jp-LuminaActivity-stepBody">
        {open && last && <p className="jp-LuminaActivity-said">{last}</p>}
        {attempts.map((attempt, at) => (
          <Attempt key={attempt.number} attempt={attempt} last={at === tries - 1} tool={tool} />
        ))}
        {step.why && <p>{step.why}</p>}
        {step.approvals
          .filter(({ state: settled }) => settled)
          .map(each => (
            <p key={each.id} className="jp-LuminaPage-soft">
              {each.state === 'granted'
                ? trans.__('Allowed by %1.', each.by || trans.__('somebody'))
                : each.state === 'denied'
                  ? trans.__('Denied by %1.', each.by || trans.__('somebody'))
                  : trans.__('Nobody decided in time.')}
            </p>
          ))}
        {undone && <p>{undone}</p>}
        {step.notCovered.length > 0 && (
          <p className="jp-LuminaPage-soft">
            {trans.__('An undo does not bring back: %1.', step.notCovered.join(', '))}
          </p>
        )}
        <div className="jp-LuminaActivity-stepButtons">
          {number > 0 && (
            <Button onClick={() => model.reveal(cell)}>{trans.__('Cell #%1', number)}</Button>
          )}
          {canUndo && !open && !step.undone && step.covers.length > 0 && (
            <Button
              disabled={busy}
              aria-label={trans.__('Undo the step: %1', step.title)}
              onClick={() => void model.undo(run, 'undo', step.id)}
            >
              {trans.__('Undo Step')}
            </Button>
          )}
          {canUndo && step.undone && (
            <Button
              disabled={busy}
              aria-label={trans.__('Redo the step: %1', step.title)}
              onClick={() => void model.undo(run, 'redo', step.id)}
            >
              {trans.__('Redo Step')}
            </Button>
          )}
        </div>
      </div>
    </li>
  );
});

/** What was written at one attempt, what came back, and whether it passed. */
function Attempt(props: {
  attempt: IAttempt;
  last: boolean;
  tool: string;
}): React.ReactElement | null {
  const { attempt, last, tool } = props;
  const { editors, trans } = useParts();
  const { calls, number, wrote } = attempt;
  const check = checkOf(attempt, trans);
  const recovery = recoveryOf(attempt, trans);
  const failed = attempt.check?.passed === false || calls.some(({ isError }) => isError);
  if (!wrote && !calls.length && !check && !recovery) {
    return null;
  }
  return (
    <div className="jp-LuminaActivity-attempt" data-failed={failed}>
      {!last && <span className="jp-LuminaPage-soft">{trans.__('Attempt %1', number)}</span>}
      {wrote && (
        <Details summary={trans.__('What was written')}>
          {() => (
            <CodePreview
              text={wrote}
              label={trans.__('What was written')}
              mimeType={mimeTypeFor(tool, '', editors)}
              editors={editors}
            />
          )}
        </Details>
      )}
      {calls.map((call, at) => (
        <Details
          key={at}
          summary={
            <>
              {call.isError ? trans.__('Error of') : trans.__('What came back from')}{' '}
              <code>{call.tool}</code>
              {call.seconds > 0 && ` (${duration(call.seconds, trans)})`}
            </>
          }
        >
          {() => (
            <pre className="jp-LuminaCode-plain" tabIndex={0}>
              {call.result || trans.__('nothing')}
            </pre>
          )}
        </Details>
      ))}
      {check && (
        <div className="jp-LuminaActivity-check" data-passed={attempt.check?.passed}>
          <p>{shortened(check)}</p>
          {shortened(check) !== check && (
            <Details summary={trans.__('All of it')}>
              {() => (
                <pre className="jp-LuminaCode-plain" tabIndex={0}>
                  {attempt.check?.detail}
                </pre>
              )}
            </Details>
          )}
        </div>
      )}
      {recovery && <p>{recovery}</p>}
    </div>
  );
}

/** Characters of what a check says that are shown at once. */
const SHORT = 160;

function shortened(text: string): string {
  return text.length > SHORT ? `${text.slice(0, SHORT).trimEnd()}…` : text;
}
