import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { IRenderMimeRegistry } from '@jupyterlab/rendermime';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { AskedCards, useApprovals } from '../approvals/cards';
import { isQuestion, type Asked, type IApprovals } from '../approvals/tokens';
import { shortTime } from '../chat/components/format';
import { Failure } from '../components';
import { SidebarView } from '../view';
import { activityIcon } from './icon';
import type { ActivityModel } from './model';
import { Details, PartsProvider, useParts, type IParts } from './parts';
import { RunView } from './runView';
import { StartForm } from './startForm';
import type { IShown } from './tokens';
import type { IRun } from './wire';
import { stateOf } from './words';

export interface IActivityPanel {
  readonly model: ActivityModel;
  readonly approvals: IApprovals;
  readonly editors: IEditorServices;
  readonly rendermime: IRenderMimeRegistry;
}

/** What the agent does and did in a notebook, and what waits for a person, in the sidebar. */
export class ActivityPanel extends SidebarView<ActivityModel> {
  constructor(options: IActivityPanel, trans: TranslationBundle) {
    const name = trans.__('Lumina Activity');
    super(options.model, { id: 'lumina-activity', icon: activityIcon, name });
    this.parts = { ...options, trans };
  }

  /** Show a run, or go to what waits. */
  turnTo({ run, waiting }: IShown): void {
    if (run) {
      this.shown.unfold(run);
    }
    if (waiting) {
      const asked = this.node.querySelector<HTMLElement>('.jp-LuminaActivity-waiting h2');
      asked?.focus();
      asked?.scrollIntoView({ block: 'nearest' });
    }
  }

  override dispose(): void {
    this.shown.setVisible(false);
    super.dispose();
  }

  /** The chat works with it too. */
  protected override get ownsModel(): boolean {
    return false;
  }

  protected override render(): React.ReactElement {
    return (
      <PartsProvider value={this.parts}>
        <Panel />
      </PartsProvider>
    );
  }

  private readonly parts: IParts;
}

function Panel(): React.ReactElement {
  const { model, trans } = useParts();
  const { error, loading, path, runs } = model;
  const told = !path
    ? trans.__('Open a notebook to see what the agent does in it.')
    : runs === null
      ? loading
        ? trans.__('Looking for runs…')
        : ''
      : runs.length
        ? ''
        : trans.__('The agent has done nothing in this notebook yet.');
  return (
    <div className="jp-LuminaPage jp-LuminaActivity" aria-busy={loading}>
      <div className="jp-LuminaPage-head">
        <h1>{trans.__('Activity')}</h1>
        {model.name && <span className="jp-LuminaPage-soft">{model.name}</span>}
      </div>
      <Waiting />
      {path &&
        (model.active ? (
          <Details key="folded" summary={trans.__('Give the agent another task')}>
            {() => <StartForm />}
          </Details>
        ) : (
          <StartForm />
        ))}
      {error && <Failure error={error} trans={trans} retry={() => void model.refresh()} />}
      <p role="status" className="jp-LuminaActivity-told">
        {told}
      </p>
      {runs && runs.length > 0 && (
        <section aria-label={trans.__('Runs in this notebook')}>
          <h2>{trans.__('Runs')}</h2>
          <ul className="jp-LuminaActivity-runs">
            {runs.map(run => (
              <li key={run.id}>
                <RunRow run={run} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

/** Milliseconds that something decided stays in sight. */
const LINGERS = 20_000;

/** What waits for a person, whoever asks and wherever. */
function Waiting(): React.ReactElement | null {
  const { approvals, model, trans } = useParts();
  const { all, away, waiting } = useApprovals(approvals);
  const seen = React.useRef(new Map<string, number>());
  const [, draw] = React.useReducer((count: number) => count + 1, 0);
  const over = all.filter(({ state }) => state !== 'pending');
  const fresh = over.filter(each => isFresh(each, seen.current));
  React.useEffect(() => {
    if (fresh.length) {
      const timer = window.setTimeout(draw, 1000);
      return () => window.clearTimeout(timer);
    }
    return undefined;
  });
  const shown = [...waiting, ...fresh];
  return (
    <section className="jp-LuminaActivity-waiting" aria-label={trans.__('What waits for you')}>
      {(waiting.length > 0 || shown.length > 0) && <h2 tabIndex={-1}>{headOf(waiting, trans)}</h2>}
      {away && waiting.length > 0 && <p className="jp-LuminaActivity-away">{away}</p>}
      <AskedCards
        approvals={approvals}
        shown={shown}
        trans={trans}
        here={model.path}
        numberOf={cell => model.numberOf(cell)}
      />
    </section>
  );
}

/** How much of what waits. */
function headOf(waiting: readonly Asked[], trans: TranslationBundle): string {
  const { length: all } = waiting;
  const { length: questions } = waiting.filter(isQuestion);
  if (!all) {
    return trans.__('Nothing waits for you');
  }
  if (!questions) {
    return trans._n('%1 call waits for you', '%1 calls wait for you', all);
  }
  return questions === all
    ? trans._n('%1 question waits for you', '%1 questions wait for you', all)
    : trans.__('%1 questions and calls wait for you', all);
}

/** Whether something was decided a moment ago, while this page looked. */
function isFresh({ decided_at: at, id }: Asked, seen: Map<string, number>): boolean {
  const now = Date.now();
  if (!seen.has(id)) {
    // What was decided long before it came here is no news.
    const ago = at === null ? 0 : now - at * 1000;
    seen.set(id, ago > LINGERS ? 0 : now);
  }
  return now - seen.get(id)! < LINGERS;
}

/** One run in the list; it can be unfolded. */
function RunRow({ run }: { run: IRun }): React.ReactElement {
  const { model, trans } = useParts();
  const open = model.unfolded === run.id;
  const state = (open && model.pictureOf(run.id).state) || run.state;
  const bodyId = React.useId();
  return (
    <>
      <button
        type="button"
        className="jp-LuminaActivity-row"
        aria-expanded={open}
        aria-controls={bodyId}
        data-state={state}
        onClick={() => model.unfold(open ? '' : run.id)}
      >
        <span className="jp-LuminaActivity-mark" aria-hidden="true" />
        <span className="jp-LuminaActivity-rowWords">
          {run.words || trans.__('Undo the last run')}
        </span>
        <span className="jp-LuminaActivity-rowFacts">
          {[
            stateOf(state, trans),
            run.gear ? trans.__('gear %1', run.gear) : '',
            run.persona,
            shortTime(run.created_at)
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </button>
      <div id={bodyId}>{open && <RunView run={run} />}</div>
    </>
  );
}
