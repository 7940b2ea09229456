import * as React from 'react';
import { Button, Failure } from '../components';
import { Controls } from './controls';
import { Details, useParts } from './parts';
import { ahead, type IRunPicture, type Item } from './picture';
import { PlanToDecide, PlanView } from './planView';
import { Question } from './question';
import { ReportView } from './reportView';
import { StepRow } from './stepRow';
import { isOver, type IRun } from './wire';
import { costOf, noteOf, stateOf, stepStateOf } from './words';

/** A run unfolded: how it is, what can be done with it, and everything that happened. */
export function RunView({ run }: { run: IRun }): React.ReactElement {
  const { model, trans } = useParts();
  const picture = model.pictureOf(run.id);
  const state = picture.state ?? run.state;
  const over = isOver(state);
  const why = picture.state ? picture.why : run.why;
  const away = model.awayOf(run.id);
  const { problem } = model;
  const plan = picture.plan;
  const current = picture.steps.get(picture.current);
  const planWaits =
    state === 'waiting' && plan !== null && !picture.verdict && !picture.question && !current;
  return (
    <div className="jp-LuminaActivity-run" data-state={state}>
      <p role="status" className="jp-LuminaActivity-state">
        {/* To be seen it stands above. */}
        <span className="jp-Lumina-agentSaid">{stateOf(state, trans)}. </span>
        {[current && `${current.title}.`, why !== picture.report?.summary && why]
          .filter(Boolean)
          .join(' ')}
      </p>
      {away && !over && <p className="jp-LuminaActivity-away">{away}</p>}
      {problem?.run === run.id && <Failure error={problem.error} trans={trans} />}
      {!over && <Controls run={run} picture={picture} state={state} planWaits={planWaits} />}
      {picture.report && (
        <ReportView
          run={run.id}
          report={picture.report}
          known={model.known}
          undone={state === 'undone'}
        />
      )}
      {over && <Afterwards run={run.id} picture={picture} />}
      {picture.understood && (
        <p className="jp-LuminaPage-soft">{trans.__('Understood as: %1', picture.understood)}</p>
      )}
      {planWaits && <PlanToDecide run={run.id} picture={picture} plan={plan} />}
      {picture.question && <Question run={run.id} text={picture.question} />}
      {plan && !planWaits && (
        <Details summary={trans.__('Plan')}>
          {() => <PlanView plan={plan} dryRun={picture.dryRun} />}
        </Details>
      )}
      <Timeline run={run.id} picture={picture} over={over} planWaits={planWaits} />
      {picture.thoughts.length > 0 && <Thoughts picture={picture} />}
      {!picture.report && picture.inputTokens > 0 && (
        <p className="jp-LuminaPage-soft">
          {trans.__(
            'So far: %1',
            costOf(
              {
                usd: picture.usd,
                seconds: run.seconds,
                tokens: picture.inputTokens + picture.outputTokens
              },
              trans
            )
          )}
        </p>
      )}
    </div>
  );
}

/** Everything that happened, in its order, and what is ahead. */
function Timeline(props: { run: string; picture: IRunPicture; over: boolean; planWaits: boolean }) {
  const { over, picture, planWaits, run } = props;
  const { model, trans } = useParts();
  const busy = model.isBusy('undo', run) || model.isBusy('redo', run);
  // A plan that is to be decided stands above, with more about each step.
  const left = over || planWaits ? [] : ahead(picture);
  if (!picture.items.length && !left.length) {
    return null;
  }
  const entry = (item: Item) => {
    if (item.kind === 'phase') {
      return (
        <li key={item.key} className="jp-LuminaActivity-phase">
          {item.title}
        </li>
      );
    }
    if (item.kind === 'step') {
      const step = picture.steps.get(item.key)!;
      return <StepRow key={item.key} run={run} step={step} canUndo={over} busy={busy} />;
    }
    return (
      <li key={item.key} className="jp-LuminaActivity-note">
        {noteOf(item.note, trans)}
        {item.note.kind === 'question' && item.note.reply && (
          <>
            {' '}
            {trans.__('Answered by %1: %2', item.note.by || trans.__('somebody'), item.note.reply)}
          </>
        )}
      </li>
    );
  };
  return (
    <ol className="jp-LuminaActivity-timeline" aria-label={trans.__('What happened')}>
      {picture.items.map(entry)}
      {left.map(({ begun, steps, title }, at) => (
        <React.Fragment key={`ahead ${at}`}>
          {!begun && title && <li className="jp-LuminaActivity-phase">{title}</li>}
          {steps.map(step => (
            <li key={step.id} className="jp-LuminaActivity-step" data-state="planned">
              <div className="jp-LuminaActivity-stepHead">
                <span className="jp-LuminaActivity-mark" aria-hidden="true" />
                <span className="jp-LuminaActivity-stepTitle">{step.title}</span>
                <span className="jp-LuminaActivity-stepState">{stepStateOf('planned', trans)}</span>
              </div>
            </li>
          ))}
        </React.Fragment>
      ))}
    </ol>
  );
}

/** The chain of thought, apart from everything else and folded. */
function Thoughts({ picture }: { picture: IRunPicture }): React.ReactElement {
  const { trans } = useParts();
  return (
    <Details summary={trans.__('Thoughts of the model (they decide nothing)')}>
      {() => (
        <div className="jp-LuminaActivity-thoughts" tabIndex={0}>
          {picture.thoughts.map(({ text }, at) => (
            <p key={at}>{text}</p>
          ))}
        </div>
      )}
    </Details>
  );
}

/** The way back from a whole run that is over. */
function Afterwards(props: { run: string; picture: IRunPicture }): React.ReactElement | null {
  const { picture, run } = props;
  const { model, trans } = useParts();
  const steps = [...picture.steps.values()];
  const canUndo = steps.some(({ covers, undone }) => !undone && covers.length);
  const canRedo = steps.some(({ undone }) => undone);
  if (!canUndo && !canRedo) {
    return null;
  }
  const busy = model.isBusy('undo', run) || model.isBusy('redo', run);
  return (
    <div className="jp-LuminaActivity-controls">
      {canUndo && (
        <Button
          disabled={busy}
          title={trans.__('Take back all that this run did; what people wrote since stays')}
          onClick={() => void model.undo(run, 'undo')}
        >
          {trans.__('Undo Run')}
        </Button>
      )}
      {canRedo && (
        <Button disabled={busy} onClick={() => void model.undo(run, 'redo')}>
          {trans.__('Redo Run')}
        </Button>
      )}
    </div>
  );
}
