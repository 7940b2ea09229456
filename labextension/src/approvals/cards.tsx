import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import type { ApiError } from '../api';
import { Failure } from '../components';
import { CardButton, Fact, Left } from './parts';
import { CodePreview, DiffPreview, mimeTypeFor } from './preview';
import { QuestionCard } from './questions/card';
import {
  isQuestion,
  type Approval,
  type Asked,
  type IApprovals,
  type IApprovalsSnapshot,
  type Scope,
  type Verdict
} from './tokens';
import { useGuard } from './useGuard';
import { askerOf, effectsOf, lineOf, outcomeOf, scopeLabel, targetOf, whatOf } from './words';

/** What people are asked, as it is now. */
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
  readonly shown: readonly Asked[];
  readonly trans: TranslationBundle;
  /** The notebook that one is at; of others the name is said. */
  readonly here?: string;
  /** The number of one of its cells, as people see it; 0 when it is not there. */
  readonly numberOf?: (cell: string) => number;
}

/** What people are asked, a card each. */
export function AskedCards(props: ICards): React.ReactElement {
  const { approvals, here = '', numberOf, shown, trans } = props;
  const { deciding, here: decidedHere, problems } = useApprovals(approvals);
  // Whatever comes, is decided or goes moves the others.
  const beside = shown.map(({ id, state }) => `${id}:${state}`).join(' ');
  const card = (asked: Asked) => {
    const { id } = asked;
    const busy = deciding.has(id);
    const error = problems.get(id) ?? null;
    const common = { approvals, beside, busy, error, here, trans };
    return isQuestion(asked) ? (
      <QuestionCard question={asked} {...common} />
    ) : (
      <Card
        approval={asked}
        number={asked.target.notebook === here ? (numberOf?.(asked.target.cell) ?? 0) : 0}
        {...common}
      />
    );
  };
  return (
    <>
      {shown.map(asked => (
        <Place
          key={asked.id}
          asked={asked}
          decidedHere={decidedHere.has(asked.id)}
          card={card}
          trans={trans}
        />
      ))}
    </>
  );
}

/** One of them: a card while it waits, and then a line, to which whoever was in the card comes. */
function Place(props: {
  asked: Asked;
  decidedHere: boolean;
  card: (asked: Asked) => React.ReactElement;
  trans: TranslationBundle;
}): React.ReactElement {
  const { asked, card, decidedHere, trans } = props;
  const place = React.useRef<HTMLDivElement>(null);
  const line = React.useRef<HTMLParagraphElement>(null);
  const over = asked.state !== 'pending';
  const within = over && place.current?.contains(document.activeElement);
  React.useLayoutEffect(() => {
    if (within) {
      line.current?.focus({ preventScroll: true });
    }
    // Once, when it goes over.
  }, [over]);
  return (
    <div ref={place}>
      {over ? (
        <p
          ref={line}
          tabIndex={-1}
          className="jp-LuminaApproval-settled"
          data-state={asked.state}
          data-settled-id={asked.id}
        >
          <b>{outcomeOf(asked, decidedHere, trans)}</b> <bdi>{lineOf(asked, trans)}</bdi>
        </p>
      ) : (
        card(asked)
      )}
    </div>
  );
}

interface ICard {
  readonly approval: Approval;
  readonly approvals: IApprovals;
  readonly busy: boolean;
  readonly error: ApiError | null;
  readonly beside: string;
  readonly here: string;
  readonly number: number;
  readonly trans: TranslationBundle;
}

function Card(props: ICard): React.ReactElement {
  const { approval, approvals, beside, busy, error, here, number, trans } = props;
  const { preview, scopes, target, tool } = approval;
  const card = React.useRef<HTMLElement>(null);
  const guard = useGuard(card, beside);
  const titleId = React.useId();
  const what = whatOf(approval);
  const notebook = approval.notebook || target.notebook;
  const touched = targetOf(approval, number, trans);
  const button = (label: string, verdict: Verdict, scope?: Scope, look = '') => (
    <CardButton
      label={label}
      look={look}
      busy={busy}
      guard={guard}
      act={() => void approvals.decide(approval.id, verdict, scope)}
    />
  );
  return (
    <section
      ref={card}
      className="jp-LuminaApproval"
      aria-labelledby={titleId}
      aria-busy={busy}
      data-approval={approval.id}
      data-settled={guard.settled}
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
        {button(trans.__('Allow once'), 'grant', undefined, 'jp-mod-accept')}
        {scopes.map(scope => (
          <React.Fragment key={scope}>
            {button(scopeLabel(scope, approval, trans), 'grant', scope)}
          </React.Fragment>
        ))}
        {button(trans.__('Deny'), 'deny', undefined, 'jp-LuminaApproval-deny')}
        <Left asked={approval} trans={trans} />
      </div>
      {preview?.diff || preview?.code ? null : (
        <Arguments text={approval.arguments} trans={trans} />
      )}
    </section>
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
