import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import { VDomModel } from '@jupyterlab/ui-components';
import { ApiError, type LuminaClient } from '../api';
import { onServer } from '../notebook/takeIn';
import type { Comparison, Moment } from './words';

export interface IHistoryServices {
  readonly client: LuminaClient;
  readonly notebooks: INotebookTracker;
  readonly editors: IEditorServices;
}

/** What a restore did: how many cells, and the moment that brings back what it replaced. */
export interface IRestored {
  readonly cells: number;
  readonly undo: string;
}

/** The history of the current notebook, and one moment of it that is looked at. */
export class HistoryModel extends VDomModel {
  constructor(private readonly services: IHistoryServices) {
    super();
    services.notebooks.currentChanged.connect(this.turn, this);
    this.turn();
  }

  /** The moments, the newest first; null before they are known, and without a notebook. */
  moments: readonly Moment[] | null = null;
  /** The moment that is looked at. */
  moment: Moment | null = null;
  /** What changed from it to now; null before that is known. */
  comparison: Comparison | null = null;
  loading = false;
  restoring = false;
  /** What the last restore did; null before one, and after looking elsewhere. */
  restored: IRestored | null = null;
  /** What went wrong at the last attempt. */
  error: ApiError | null = null;

  /** The notebook's name; empty without one. */
  get name(): string {
    return this.panel?.title.label ?? '';
  }

  /** Whether there are edits that only this page knows of. */
  get unsaved(): boolean {
    const model = this.panel?.context.model;
    return !!model?.dirty && !model.collaborative;
  }

  get editors(): IEditorServices {
    return this.services.editors;
  }

  /** The language of a cell of that type. */
  mimeType(cellType: string): string {
    if (cellType === 'code') {
      return this.panel?.content.codeMimetype ?? 'text/plain';
    }
    return cellType === 'markdown' ? 'text/x-ipythongfm' : 'text/plain';
  }

  /** Whether somebody can see it; hidden it asks for nothing. */
  setVisible(visible: boolean): void {
    if (visible !== this.visible) {
      this.visible = visible;
      if (visible) {
        void this.refresh();
      }
    }
  }

  /** Ask anew for what is shown. */
  async refresh(): Promise<void> {
    await (this.moment ? this.look(this.moment) : this.list());
  }

  /** Look at a moment: what changed from it to now. */
  async look(moment: Moment): Promise<void> {
    const same = this.moment?.id === moment.id;
    this.tell({ moment, restored: null, ...(same ? {} : { comparison: null }) });
    await this.ask(async (path, signal) => {
      const { data } = await this.services.client.routes.GET(
        '/lumina/api/notebooks/history/{snapshot}',
        { params: { path: { snapshot: moment.id }, query: { path, against: 'now' } }, signal }
      );
      return { comparison: data?.comparison ?? null };
    });
  }

  /** Go back to the list. */
  leave(): void {
    this.tell({ moment: null, comparison: null, error: null });
    void this.list();
  }

  /** Make the notebook, or one cell of it, what it was at the moment that is looked at. */
  async restore(cell = ''): Promise<void> {
    const { moment, panel } = this;
    if (!moment || !panel || this.restoring) {
      return;
    }
    this.tell({ restoring: true, error: null });
    try {
      const { data } = await onServer(panel, () =>
        this.services.client.routes.POST('/lumina/api/notebooks/restore', {
          body: { path: panel.context.localPath, snapshot: moment.id, cell }
        })
      );
      this.tell({ restoring: false });
      if (this.panel === panel && this.moment === moment) {
        await this.look(moment);
        const cells = data
          ? data.inserted.length + data.deleted.length + data.moved.length + data.edited.length
          : 0;
        this.tell({ restored: { cells, undo: data?.undo ?? '' } });
      }
    } catch (error) {
      this.tell({ restoring: false, error: ApiError.of(error) });
    }
  }

  /** Look at the moment that brings back what the last restore replaced. */
  async lookAtUndo(): Promise<void> {
    const undo = this.restored?.undo;
    await this.list();
    const moment = this.moments?.find(({ id }) => id === undo);
    if (moment) {
      await this.look(moment);
    }
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.abort?.abort();
    this.services.notebooks.currentChanged.disconnect(this.turn, this);
    super.dispose();
  }

  private list(): Promise<void> {
    return this.ask(async (path, signal) => {
      const { data } = await this.services.client.routes.GET('/lumina/api/notebooks/history', {
        params: { query: { path } },
        signal
      });
      return { moments: data?.moments ?? [] };
    });
  }

  /** Ask for something; what was being asked for is given up. */
  private async ask(
    work: (path: string, signal: AbortSignal) => Promise<Partial<HistoryNews>>
  ): Promise<void> {
    this.abort?.abort();
    const { panel } = this;
    if (!panel || !this.visible) {
      return;
    }
    const abort = new AbortController();
    this.abort = abort;
    this.tell({ loading: true });
    try {
      await panel.context.ready;
      if (!abort.signal.aborted) {
        const found = await work(panel.context.localPath, abort.signal);
        if (!abort.signal.aborted) {
          this.tell({ ...found, loading: false, error: null });
        }
      }
    } catch (error) {
      if (!abort.signal.aborted) {
        this.tell({ loading: false, error: ApiError.of(error) });
      }
    }
  }

  /** Be about the notebook that is current now. */
  private turn(): void {
    const panel = this.services.notebooks.currentWidget;
    if (panel === this.panel) {
      return;
    }
    this.abort?.abort();
    this.panel = panel;
    this.tell({
      moments: null,
      moment: null,
      comparison: null,
      restored: null,
      error: null,
      loading: false
    });
    void this.list();
  }

  private tell(news: Partial<HistoryNews>): void {
    Object.assign(this, news);
    if (!this.isDisposed) {
      this.stateChanged.emit();
    }
  }

  private panel: NotebookPanel | null = null;
  private visible = false;
  private abort: AbortController | null = null;
}

type HistoryNews = Pick<
  HistoryModel,
  'moments' | 'moment' | 'comparison' | 'loading' | 'restoring' | 'restored' | 'error'
>;
