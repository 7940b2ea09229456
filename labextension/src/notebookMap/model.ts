import type { ISessionContext, ISessionContextDialogs } from '@jupyterlab/apputils';
import { type INotebookTracker, NotebookActions, type NotebookPanel } from '@jupyterlab/notebook';
import type { ITranslator } from '@jupyterlab/translation';
import { VDomModel } from '@jupyterlab/ui-components';
import { Debouncer } from '@lumino/polling';
import { ApiError, type LuminaClient } from '../api';
import { mapView } from './view';
import { firstLine, type NotebookMap } from './words';

/** Milliseconds without a change until the map is drawn anew. */
const SETTLE = 600;

export interface IMapServices {
  readonly client: LuminaClient;
  readonly notebooks: INotebookTracker;
  readonly dialogs: ISessionContextDialogs | null;
  readonly translator: ITranslator;
}

/** The map of the current notebook; drawn anew when the notebook or its kernel changes, while somebody looks. */
export class NotebookMapModel extends VDomModel {
  constructor(private readonly services: IMapServices) {
    super();
    this.settled = new Debouncer(() => this.draw(), SETTLE);
    services.notebooks.currentChanged.connect(this.turn, this);
    NotebookActions.executed.connect(this.onExecuted, this);
    this.turn();
  }

  /** What was drawn last; null before that, and without a notebook. */
  map: NotebookMap | null = null;
  /** What went wrong at the last attempt. */
  error: ApiError | null = null;
  loading = false;

  /** Whether the cells that were to run again still do. */
  get running(): boolean {
    return this.panel !== null && this.runs.has(this.panel);
  }

  /** The notebook's name; empty without one. */
  get name(): string {
    return this.panel?.title.label ?? '';
  }

  /** Whether somebody can see the map; hidden it asks for nothing. */
  setVisible(visible: boolean): void {
    if (visible !== this.visible) {
      this.visible = visible;
      if (visible) {
        void this.draw();
      }
    }
  }

  /** Draw it now; what is being drawn is given up. */
  async draw(): Promise<void> {
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
      if (abort.signal.aborted) {
        return;
      }
      const { data } = await this.services.client.routes.POST('/lumina/api/context/map', {
        body: {
          notebook: panel.context.localPath,
          kernel_id: panel.sessionContext.session?.kernel?.id ?? '',
          view: mapView(panel)
        },
        signal: abort.signal
      });
      this.tell({ map: data ?? null, loading: false, error: null });
    } catch (error) {
      if (!abort.signal.aborted) {
        this.tell({ loading: false, error: ApiError.of(error) });
      }
    }
  }

  /** Run the smallest set of cells that makes everything fresh, in its order. */
  async runAgain(): Promise<void> {
    const { map, panel } = this;
    if (!map || !panel || this.running) {
      return;
    }
    const cells = map.rerun.flatMap(id => this.cell(id) ?? []);
    const { dialogs, translator } = this.services;
    this.runs.add(panel);
    this.tell({});
    try {
      const { content, sessionContext } = panel;
      await NotebookActions.runCells(
        content,
        cells,
        sessionContext,
        dialogs ?? undefined,
        translator
      );
    } finally {
      this.runs.delete(panel);
      this.tell({});
      void this.draw();
    }
  }

  /** Interrupt the kernel, so that none of the cells that wait run either. */
  async interrupt(): Promise<void> {
    await this.panel?.sessionContext.session?.kernel?.interrupt();
  }

  /** Go to a cell. */
  reveal(id: string): void {
    const cell = this.cell(id);
    if (cell && this.panel) {
      const { content } = this.panel;
      content.activeCellIndex = content.widgets.indexOf(cell);
      void content.scrollToCell(cell, 'smart');
    }
  }

  /** How a cell begins; empty for one that is gone. */
  beginning(id: string): string {
    return firstLine(this.cell(id)?.model.sharedModel.getSource() ?? '');
  }

  override dispose(): void {
    if (this.isDisposed) {
      return;
    }
    this.abort?.abort();
    this.settled.dispose();
    this.services.notebooks.currentChanged.disconnect(this.turn, this);
    NotebookActions.executed.disconnect(this.onExecuted, this);
    this.leave();
    super.dispose();
  }

  private cell(id: string) {
    return this.panel?.content.widgets.find(({ model }) => model.id === id);
  }

  /** Be about the notebook that is current now. */
  private turn(): void {
    const panel = this.services.notebooks.currentWidget;
    if (panel === this.panel) {
      return;
    }
    this.abort?.abort();
    this.leave();
    this.panel = panel;
    panel?.context.model.contentChanged.connect(this.onChange, this);
    panel?.sessionContext.kernelChanged.connect(this.onChange, this);
    panel?.sessionContext.statusChanged.connect(this.onStatus, this);
    this.tell({ map: null, error: null, loading: false });
    void this.draw();
  }

  private leave(): void {
    const { panel } = this;
    this.panel = null;
    if (panel && !panel.isDisposed) {
      panel.context.model.contentChanged.disconnect(this.onChange, this);
      panel.sessionContext.kernelChanged.disconnect(this.onChange, this);
      panel.sessionContext.statusChanged.disconnect(this.onStatus, this);
    }
  }

  private onExecuted(_: unknown, { notebook }: { notebook: unknown }): void {
    if (notebook === this.panel?.content) {
      this.onChange();
    }
  }

  private onStatus(_: ISessionContext, status: string): void {
    if (status === 'idle') {
      this.onChange();
    }
  }

  private onChange(): void {
    if (this.visible) {
      this.settled.invoke().catch(() => undefined); // it ends so when it is disposed of meanwhile
    }
  }

  private tell(news: Partial<Pick<NotebookMapModel, 'map' | 'error' | 'loading'>>): void {
    Object.assign(this, news);
    if (!this.isDisposed) {
      this.stateChanged.emit();
    }
  }

  private readonly settled: Debouncer;
  private readonly runs = new Set<NotebookPanel>();
  private panel: NotebookPanel | null = null;
  private visible = false;
  private abort: AbortController | null = null;
}
