import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { VDomModel } from '@jupyterlab/ui-components';
import type { INotebookEvents } from '../agent/tokens';
import { ApiError, type LuminaClient } from '../api';
import { isQuestion, type IApprovals } from '../approvals/tokens';
import { nextFrame } from '../chat/model/notifier';
import { isLive, onServer } from '../notebook/takeIn';
import { Follow } from './follow';
import { EMPTY, type IRunPicture } from './picture';
import { RunsApi } from './runsApi';
import { Stale } from './stale';
import {
  isOver,
  type Grid,
  type IEvidence,
  type IGear,
  type INewRun,
  type IRun,
  type RunState
} from './wire';

export interface IActivityServices {
  readonly client: LuminaClient;
  readonly notebooks: INotebookTracker;
  readonly events: INotebookEvents;
  readonly approvals: IApprovals;
  readonly trans: TranslationBundle;
}

/** Milliseconds after which the list is asked for anew, for what nobody tells of. */
const AGAIN = 30_000;
/** Runs whose log is kept. */
const KEPT = 6;

/** The runs of the notebook on top, and the one that is unfolded. */
export class ActivityModel extends VDomModel {
  constructor(private readonly services: IActivityServices) {
    super();
    const { approvals, client, events, notebooks } = services;
    this.api = new RunsApi(client);
    this.stale = new Stale(this.api, () => this.stateChanged.emit());
    notebooks.currentChanged.connect(this.turn, this);
    events.changed.connect(this.onNews, this);
    this.leave = approvals.subscribe(() => this.onApprovals());
    this.turn();
  }

  /** The notebook's runs, the newest first; null before they are known, and without a notebook. */
  runs: readonly IRun[] | null = null;
  loading = false;
  /** Why the list could not be had. */
  error: ApiError | null = null;
  gears: readonly IGear[] = [];
  /** The run that is unfolded; empty for none. */
  unfolded = '';
  /** The last run that went on while this page looked; empty for none. */
  followed = '';
  /** What is under way, by words such as `stop run_1`. */
  busy: ReadonlySet<string> = new Set();
  /** What went wrong with the last thing that was done about a run (empty: with starting one). */
  problem: { readonly run: string; readonly error: ApiError } | null = null;

  /** The notebook's path; empty without one. */
  get path(): string {
    return this.panel?.context.localPath ?? '';
  }

  get name(): string {
    return this.panel?.title.label ?? '';
  }

  /** The newest run that is not over. */
  get active(): IRun | null {
    return this.runs?.find(({ state }) => !isOver(state)) ?? null;
  }

  /** What is known of a run's events; nothing of one that was not unfolded. */
  pictureOf(run: string): IRunPicture {
    return this.follows.get(run)?.picture ?? EMPTY;
  }

  /** Why nothing is heard of a run, as a sentence. */
  awayOf(run: string): string {
    return this.follows.get(run)?.away ?? '';
  }

  /** A run as it is listed, or as it was when it was asked for; null when it is not known. */
  runOf(id: string): IRun | null {
    return this.runs?.find(each => each.id === id) ?? this.others.get(id) ?? null;
  }

  /** How a run is: its events or the list, whichever knows more. */
  stateOf(id: string): RunState | null {
    const [picture, run] = [this.pictureOf(id), this.runOf(id)];
    return run && run.sequence > picture.sequence ? run.state : picture.state;
  }

  /** How many steps a run's plan has, and how many of them are done. */
  stepsOf(id: string): { readonly steps: number; readonly done: number } {
    const [picture, run] = [this.pictureOf(id), this.runOf(id)];
    const plan = picture.plan ?? run?.plan;
    const steps = plan?.phases.reduce((sum, phase) => sum + phase.steps.length, 0) ?? 0;
    const done =
      run && run.sequence > picture.sequence
        ? (run.report?.done.length ?? 0)
        : [...picture.steps.values()].filter(({ state }) => state === 'done').length;
    return { steps, done: Math.min(done, steps) };
  }

  /** Know of a run, and follow it while it goes on, until what this gives back is called. */
  watch(run: string): () => void {
    this.watched.set(run, (this.watched.get(run) ?? 0) + 1);
    this.attend();
    return () => {
      const left = (this.watched.get(run) ?? 1) - 1;
      if (left) {
        this.watched.set(run, left);
      } else {
        this.watched.delete(run);
      }
      this.attend();
    };
  }

  /** Another object whenever more is known of what claims rest on. */
  get known(): unknown {
    return this.stale.known;
  }

  /** Whether what a claim rests on has changed since; null while that is not known. */
  isStale(run: string, evidence: IEvidence): boolean | null {
    return this.stale.isStale(run, evidence);
  }

  /** Whether somebody, named by `who`, can see it; when nobody can, nothing is asked for. */
  setVisible(visible: boolean, who = 'panel'): void {
    const before = this.lookers.size > 0;
    this.lookers[visible ? 'add' : 'delete'](who);
    const now = this.lookers.size > 0;
    if (now !== before) {
      window.clearInterval(this.again);
      if (now) {
        this.again = window.setInterval(() => void this.refresh(), AGAIN);
        void this.refresh();
      }
      this.attend();
    }
  }

  /** Ask anew which runs there are. */
  async refresh(): Promise<void> {
    this.abort?.abort();
    const { panel } = this;
    if (!panel || !this.lookers.size || document.visibilityState === 'hidden') {
      return;
    }
    const abort = (this.abort = new AbortController());
    this.tell({ loading: true });
    try {
      await panel.context.ready;
      const [runs, gears] = await Promise.all([
        this.api.list(panel.context.localPath, abort.signal),
        this.gears.length ? this.gears : this.api.gears()
      ]);
      if (!abort.signal.aborted) {
        this.take(runs, gears);
      }
    } catch (error) {
      if (!abort.signal.aborted) {
        this.tell({ loading: false, error: ApiError.of(error) });
      }
    }
  }

  /** Unfold a run, and fold the one that was; an empty id folds it alone. */
  unfold(run: string): void {
    this.chosen = true;
    this.show(run);
  }

  /** Have the agent do something in the notebook on top; the run's id, or null when that went wrong. */
  async start(
    run: Omit<INewRun, 'notebook' | 'kernel_id' | 'active_cell'>
  ): Promise<string | null> {
    const { panel } = this;
    if (!panel) {
      return null;
    }
    const { content, context, sessionContext } = panel;
    const started = await this.act('start', '', async () => {
      // What is only on this page is not what the agent would see.
      if (!isLive(panel) && context.model.dirty) {
        await context.save();
      }
      return this.api.start({
        ...run,
        notebook: context.localPath,
        kernel_id: sessionContext.session?.kernel?.id ?? '',
        active_cell: content.activeCell?.model.id ?? ''
      });
    });
    if (started) {
      this.put(started);
      this.unfold(started.id);
    }
    return started?.id ?? null;
  }

  decidePlan(run: string, verdict: 'approve' | 'refuse'): Promise<boolean> {
    return this.on(run, 'plan', () => this.api.decidePlan(run, verdict));
  }

  reply(run: string, text: string): Promise<boolean> {
    return this.on(run, 'reply', () => this.api.reply(run, text));
  }

  steer(run: string, word: 'pause' | 'resume' | 'stop'): Promise<boolean> {
    return this.on(run, word, () => this.api.steer(run, word));
  }

  shift(run: string, gear: number, grid: Grid): Promise<boolean> {
    return this.on(run, 'shift', () => this.api.shift(run, gear, grid));
  }

  /** Take back, or bring again, a step or the whole run. */
  undo(run: string, word: 'undo' | 'redo', step = ''): Promise<boolean> {
    const { panel } = this;
    const work = () => this.api.undo(run, word, step);
    return this.on(run, word, () => (panel ? onServer(panel, work) : work()));
  }

  /** Interrupt the notebook's kernel, whoever runs something there. */
  async interruptKernel(): Promise<void> {
    await this.act('interrupt', '', async () =>
      this.panel?.sessionContext.session?.kernel?.interrupt()
    );
  }

  /** The cell's number as people see it; 0 when it is not there. */
  numberOf(cell: string): number {
    return (this.panel?.content.widgets.findIndex(({ model }) => model.id === cell) ?? -1) + 1;
  }

  /** Go to a cell. */
  reveal(cell: string): void {
    const at = this.numberOf(cell) - 1;
    const content = this.panel?.content;
    if (content && at >= 0) {
      content.activeCellIndex = at;
      void content.scrollToItem(at, 'smart').then(() => content.activate());
    }
  }

  /** Whether something is under way. */
  isBusy(word: string, run = ''): boolean {
    return this.busy.has(`${word} ${run}`);
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    window.clearInterval(this.again);
    this.abort?.abort();
    this.leave();
    this.services.notebooks.currentChanged.disconnect(this.turn, this);
    this.services.events.changed.disconnect(this.onNews, this);
    this.follows.forEach(follow => follow.dispose());
    this.stale.dispose();
    super.dispose();
  }

  private async on(run: string, word: string, work: () => Promise<IRun>): Promise<boolean> {
    const changed = await this.act(word, run, work);
    if (changed) {
      this.put(changed);
      // A run that is over has no stream that would tell.
      await this.follows
        .get(run)
        ?.catchUp()
        .catch(() => undefined);
    }
    return changed !== null;
  }

  private async act<T>(word: string, run: string, work: () => Promise<T>): Promise<T | null> {
    const key = `${word} ${run}`;
    if (this.busy.has(key)) {
      return null;
    }
    this.tell({ busy: new Set([...this.busy, key]), problem: null });
    try {
      return await work();
    } catch (error) {
      this.tell({ problem: { run, error: ApiError.of(error) } });
      return null;
    } finally {
      this.tell({ busy: new Set([...this.busy].filter(each => each !== key)) });
    }
  }

  private take(runs: readonly IRun[], gears: readonly IGear[]): void {
    this.tell({ runs, gears, loading: false, error: null });
    this.followed = this.active?.id ?? this.followed;
    // What goes on is shown, unless somebody looks at something else.
    if (!this.chosen || !this.runOf(this.unfolded)) {
      this.show(this.active?.id ?? this.unfolded);
    }
    this.attend();
  }

  private put(run: IRun): void {
    const others = (this.runs ?? []).filter(({ id }) => id !== run.id);
    const runs = [...others, run].sort((a, b) => b.created_at - a.created_at);
    this.tell({ runs });
    this.followed = this.active?.id ?? this.followed;
  }

  private show(run: string): void {
    this.tell({ unfolded: run });
    this.attend();
  }

  /** Follow the runs that are looked at, while somebody looks. */
  private attend(): void {
    const looked = this.lookers.size ? [this.unfolded, ...this.watched.keys()] : [];
    const wanted = new Set(looked.filter(id => id && (id === this.unfolded || this.goesOn(id))));
    for (const [id, follow] of this.follows) {
      if (!wanted.has(id)) {
        follow.pause();
      }
    }
    for (const id of wanted) {
      this.followRun(id);
    }
    for (const id of looked) {
      if (id && this.runs && !this.runOf(id) && !this.others.has(id)) {
        void this.ask(id);
      }
    }
  }

  /** Whether something can still happen in a run by itself. */
  private goesOn(run: string): boolean {
    const state = this.stateOf(run);
    return state !== null && !isOver(state);
  }

  private followRun(id: string): void {
    let follow = this.follows.get(id);
    if (!follow) {
      follow = new Follow(id, this.api, this.services.trans, () => this.onEvents(id));
      this.follows.set(id, follow);
      this.forget();
    }
    const state = this.stateOf(id);
    if (state && isOver(state)) {
      follow.catchUp().catch(error => {
        this.tell({ problem: { run: id, error: ApiError.of(error) } });
      });
      this.stale.look(id);
    } else {
      follow.listen();
    }
  }

  /** Ask for a run that is not listed: it is old, or its notebook had another path. */
  private async ask(id: string): Promise<void> {
    this.others.set(id, null);
    try {
      this.others.set(id, await this.api.get(id));
      this.tell({});
      this.attend();
    } catch {
      // It is not there for who looks: what the conversation tells of it is all.
    }
  }

  private forget(): void {
    for (const [id, follow] of this.follows) {
      if (this.follows.size > KEPT && id !== this.unfolded && !this.watched.has(id)) {
        follow.dispose();
        this.follows.delete(id);
      }
    }
  }

  private onEvents(run: string): void {
    // However many come at once, they are drawn once.
    this.drawing ??= nextFrame(() => {
      this.drawing = null;
      this.tell({});
    });
    const { state } = this.pictureOf(run);
    if (state && isOver(state) && this.runOf(run)?.state !== state) {
      this.others.delete(run);
      void this.refresh();
      if (run === this.unfolded) {
        this.stale.look(run);
      }
    }
  }

  private onNews(_: INotebookEvents, panel: NotebookPanel): void {
    const runs = this.services.events.of(panel).agents.map(({ run }) => run);
    if (panel === this.panel && runs.some(run => run && !this.runOf(run))) {
      void this.refresh();
    }
  }

  private onApprovals(): void {
    const { waiting } = this.services.approvals.getSnapshot();
    const unknown = waiting.some(
      asked =>
        !isQuestion(asked) &&
        asked.actor_kind === 'agent' &&
        asked.notebook === this.path &&
        !this.runOf(asked.run)
    );
    if (unknown) {
      void this.refresh();
    }
    this.tell({});
  }

  /** Be about the notebook that is current now. */
  private turn(): void {
    const panel = this.services.notebooks.currentWidget;
    if (panel === this.panel) {
      return;
    }
    this.panel?.content.model?.contentChanged.disconnect(this.onContent, this);
    this.panel = panel;
    panel?.content.model?.contentChanged.connect(this.onContent, this);
    this.abort?.abort();
    this.chosen = false;
    this.followed = '';
    this.tell({ runs: null, error: null, problem: null, loading: false, unfolded: '' });
    this.attend();
    void this.refresh();
  }

  private onContent(): void {
    if (this.lookers.size && this.pictureOf(this.unfolded).report) {
      this.stale.look(this.unfolded);
    }
  }

  private tell(news: Partial<ActivityNews>): void {
    Object.assign(this, news);
    if (!this.isDisposed) {
      this.stateChanged.emit();
    }
  }

  private readonly api: RunsApi;
  private readonly stale: Stale;
  private readonly leave: () => void;
  private readonly follows = new Map<string, Follow>();
  private readonly lookers = new Set<string>();
  /** Runs that are shown elsewhere, and how often. */
  private readonly watched = new Map<string, number>();
  /** Runs that were asked for one by one; null while they are not there. */
  private readonly others = new Map<string, IRun | null>();
  private panel: NotebookPanel | null = null;
  /** Whether somebody has chosen what is unfolded. */
  private chosen = false;
  private again = 0;
  private abort: AbortController | null = null;
  private drawing: (() => void) | null = null;
}

type ActivityNews = Pick<
  ActivityModel,
  'runs' | 'loading' | 'error' | 'gears' | 'unfolded' | 'busy' | 'problem'
>;
