import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { Failure } from '../components';
import { CodePreview, DiffPreview, mimeTypeFor } from './preview';
import type { Approval, IApprovals, IApprovalsSnapshot, Scope, Verdict } from './tokens';
import { useGuard } from './useGuard';
import { askerOf, effectsOf, leftOf, outcomeOf, scopeLabel, targetOf, whatOf } from './words';

/** What people are asked about, as it is now. */
export function useApprovals(approvals: IApprovals): IApprovalsSnapshot {
  const subscribe = React.useCallback(
    (listener: () => void) => approvals.subscribe(listener),
    [approvals]
  );
  return React.useSyncExternalStore(subscribe, () => approvals.getSnapshot());
}

interface ICards {
  readonly approvals: IApprovals;
  /** Which are shown, the oldest first. */
  readonly shown: readonly Approval[];
  readonly trans: TranslationBundle;
  /** The notebook that one is at; of others the name is said. */
  readonly here?: string;
  /** The number of one of its cells, as people see it; 0 when it is not there. */
  readonly numberOf?: (cell: string) => number;
}

/** What people are asked about, a card each. */
export function ApprovalCards(props: ICards): React.ReactElement {
  const { approvals, here = '', numberOf, shown, trans } = props;
  const { deciding, problems } = useApprovals(approvals);
  // Whatever comes, is decided or goes moves the others.
  const key = shown.map(({ id, state }) => `${id}:${state}`).join(' ');
  return (
    <>
      {shown.map(approval =>
        approval.state === 'pending' ? (
          <Card
            key={approval.id}
            approval={approval}
            approvals={approvals}
            busy={deciding.has(approval.id)}
            error={problems.get(approval.id) ?? null}
            beside={key}
            here={here}
            number={approval.target.notebook === here ? (numberOf?.(approval.target.cell) ?? 0) : 0}
            trans={trans}
          />
        ) : (
          <Settled key={approval.id} approval={approval} trans={trans} />
        )
      )}
    </>
  );
}

/** One that is over, in a line. */
function Settled(props: { approval: Approval; trans: TranslationBundle }): React.ReactElement {
  const { approval, trans } = props;
  return (
    <p className="jp-LuminaApproval-settled" data-state={approval.state}>
      <b>{outcomeOf(approval, trans)}</b> {whatOf(approval)}
    </p>
  );
}

interface ICard {
  readonly approval: Approval;
  readonly approvals: IApprovals;
  readonly busy: boolean;
  readonly error: IApprovalsSnapshot['problems'] extends ReadonlyMap<string, infer E>
    ? E | null
    : never;
  readonly beside: string;
  readonly here: string;
  readonly number: number;
  readonly trans: TranslationBundle;
}

function Card(props: ICard): React.ReactElement {
  const { approval, approvals, beside, busy, error, here, number, trans } = props;
  const { preview, scopes, target, tool } = approval;
  const card = React.useRef<HTMLElement>(null);
  const { on, settled } = useGuard(card, beside);
  const titleId = React.useId();
  const what = whatOf(approval);
  const notebook = approval.notebook || target.notebook;
  const touched = targetOf(approval, number, trans);
  const decide = (verdict: Verdict, scope?: Scope) => () =>
    void approvals.decide(approval.id, verdict, scope);
  const button = (label: string, act: () => void, look = '') => (
    <button
      type="button"
      className={`jp-mod-styled jp-mod-minimal jp-LuminaApproval-button ${look}`}
      aria-disabled={busy || !settled}
      {...on(() => {
        if (!busy) {
          act();
        }
      })}
    >
      {label}
    </button>
  );
  return (
    <section
      ref={card}
      className="jp-LuminaApproval"
      aria-labelledby={titleId}
      aria-busy={busy}
      data-approval={approval.id}
      data-settled={settled}
    >
      <h3 id={titleId} className="jp-LuminaApproval-what">
        {what}
      </h3>
      <dl className="jp-LuminaApproval-facts">
        <Fact name={trans.__('Asks')} value={askerOf(approval, trans)} />
        <Fact
          name={trans.__('Tool')}
          value={
            <>
              <code>{tool}</code> {effectsOf(approval, trans).join(', ')}
            </>
          }
        />
        {touched && <Fact name={trans.__('Touches')} value={touched} />}
        {notebook && notebook !== here && !touched.includes(notebook) && (
          <Fact name={trans.__('Notebook')} value={notebook} />
        )}
        {approval.reason && <Fact name={trans.__('Why')} value={sentence(approval.reason)} />}
      </dl>
      <Preview approval={approval} approvals={approvals} trans={trans} />
      {error && <Failure error={error} trans={trans} />}
      <div className="jp-LuminaApproval-buttons" role="group" aria-label={trans.__('Decide')}>
        {button(trans.__('Allow once'), decide('grant'), 'jp-mod-accept')}
        {scopes.map(scope => (
          <React.Fragment key={scope}>
            {button(scopeLabel(scope, approval, trans), decide('grant', scope))}
          </React.Fragment>
        ))}
        {button(trans.__('Deny'), decide('deny'), 'jp-LuminaApproval-deny')}
        <Left approval={approval} trans={trans} />
      </div>
      {preview?.diff || preview?.code ? null : (
        <Arguments text={approval.arguments} trans={trans} />
      )}
    </section>
  );
}

function Fact(props: { name: string; value: React.ReactNode }): React.ReactElement {
  return (
    <>
      <dt>{props.name}</dt>
      <dd>{props.value}</dd>
    </>
  );
}

/** What would change, or the code that would run. */
function Preview(props: {
  approval: Approval;
  approvals: IApprovals;
  trans: TranslationBundle;
}): React.ReactElement | null {
  const { approval, approvals, trans } = props;
  const { preview, target, tool } = approval;
  const { editors } = approvals;
  if (!preview?.diff && !preview?.code) {
    return null;
  }
  const mimeType = mimeTypeFor(tool, target.kind === 'file' ? target.name : '', editors);
  const shown = { editors, mimeType };
  return (
    <div className="jp-LuminaApproval-preview">
      {preview.diff && (
        <DiffPreview
          diff={preview.diff}
          label={trans.__('What would change')}
          trans={trans}
          {...shown}
        />
      )}
      {preview.code && (
        <CodePreview text={preview.code} label={trans.__('The code that would run')} {...shown} />
      )}
    </div>
  );
}

/** The call's arguments, where nothing tells better what it would do. */
function Arguments(props: { text: string; trans: TranslationBundle }): React.ReactElement | null {
  const { text, trans } = props;
  if (!text || text === '{}') {
    return null;
  }
  return (
    <details className="jp-LuminaApproval-arguments">
      <summary>{trans.__('Arguments')}</summary>
      <pre tabIndex={0}>{text}</pre>
    </details>
  );
}

/** With a capital letter at its beginning. */
function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** How long it waits still. */
function Left(props: { approval: Approval; trans: TranslationBundle }): React.ReactElement {
  const { approval, trans } = props;
  const [now, setNow] = React.useState(Date.now());
  React.useEffect(() => {
    const ticking = window.setInterval(() => setNow(Date.now()), 5000);
    return () => window.clearInterval(ticking);
  }, []);
  return <span className="jp-LuminaApproval-left">{leftOf(approval, now, trans)}</span>;
}
