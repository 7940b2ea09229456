import * as React from 'react';
import { DiffPreview, mimeTypeFor } from '../approvals/preview';
import { useGuard } from '../approvals/useGuard';
import { Details, useParts } from './parts';
import type { IRunPicture } from './picture';
import type { IDryRun, IPlan, IStep } from './wire';
import { costOf, permissionOf } from './words';

/** A plan and what it would come to, before anything is done. */
export function PlanView(props: { plan: IPlan; dryRun: IDryRun | null }): React.ReactElement {
  const { dryRun, plan } = props;
  const { trans } = useParts();
  const number = new Map(
    plan.phases.flatMap(({ steps }) => steps).map(({ id }, at) => [id, at + 1] as const)
  );
  return (
    <>
      {plan.phases.map((phase, at) => (
        <React.Fragment key={at}>
          {phase.title && plan.phases.length > 1 && <h4>{phase.title}</h4>}
          <ol className="jp-LuminaActivity-plan" start={number.get(phase.steps[0]?.id ?? '') ?? 1}>
            {phase.steps.map(step => (
              <PlannedStep key={step.id} step={step} dryRun={dryRun} />
            ))}
          </ol>
        </React.Fragment>
      ))}
      {plan.note && <p>{plan.note}</p>}
      {dryRun && (
        <p className="jp-LuminaPage-soft">{trans.__('Estimated: %1', costOf(dryRun, trans))}</p>
      )}
    </>
  );
}

function PlannedStep(props: { step: IStep; dryRun: IDryRun | null }): React.ReactElement {
  const { dryRun, step } = props;
  const { editors, trans } = useParts();
  const would = dryRun?.steps.find(each => each.step === step.id);
  return (
    <li>
      <span className="jp-LuminaActivity-stepTitle">{step.title}</span> <code>{step.tool}</code>
      {would && (
        <span
          className="jp-LuminaActivity-permission"
          data-permission={would.permission}
          title={would.reason}
        >
          {permissionOf(would, trans)}
        </span>
      )}
      {would?.summary && would.summary !== step.title && <p>{would.summary}</p>}
      {step.expects && <p className="jp-LuminaPage-soft">{step.expects}</p>}
      {would?.permission === 'deny' && would.reason && <p>{would.reason}</p>}
      {would?.diff && (
        <Details summary={trans.__('What would change')} open={would.diff.length < 2000}>
          {() => (
            <DiffPreview
              diff={would.diff}
              label={trans.__('What would change')}
              mimeType={mimeTypeFor(step.tool, '', editors)}
              editors={editors}
              trans={trans}
            />
          )}
        </Details>
      )}
    </li>
  );
}

/** A plan that waits for a person's word. */
export function PlanToDecide(props: {
  run: string;
  picture: IRunPicture;
  plan: IPlan;
}): React.ReactElement {
  const { picture, plan, run } = props;
  const { model, trans } = useParts();
  const box = React.useRef<HTMLElement>(null);
  const { on, settled } = useGuard(box, String(picture.sequence));
  const busy = model.isBusy('plan', run);
  const decide = (verdict: 'approve' | 'refuse') =>
    on(() => {
      if (!busy) {
        void model.decidePlan(run, verdict);
      }
    });
  const titleId = React.useId();
  return (
    <section
      ref={box}
      className="jp-LuminaApproval jp-LuminaActivity-decide"
      aria-labelledby={titleId}
      aria-busy={busy}
      data-settled={settled}
    >
      <h3 id={titleId} className="jp-LuminaApproval-what">
        {trans.__('The plan waits for you')}
      </h3>
      <PlanView plan={plan} dryRun={picture.dryRun} />
      <div className="jp-LuminaApproval-buttons" role="group" aria-label={trans.__('Decide')}>
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal jp-LuminaApproval-button jp-mod-accept"
          aria-disabled={busy || !settled}
          {...decide('approve')}
        >
          {trans.__('Approve plan')}
        </button>
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal jp-LuminaApproval-button jp-LuminaApproval-deny"
          aria-disabled={busy || !settled}
          {...decide('refuse')}
        >
          {trans.__('Refuse plan')}
        </button>
      </div>
    </section>
  );
}
