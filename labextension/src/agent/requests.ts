import type { CommandRegistry } from '@lumino/commands';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { LuminaClient } from '../api';
import type { INotebookEvents, PageRequest } from './tokens';

interface IServices {
  readonly events: INotebookEvents;
  readonly client: LuminaClient;
  readonly commands: CommandRegistry;
  readonly trans: TranslationBundle;
}

interface IAnswer {
  readonly done: boolean;
  readonly told?: string;
}

/** Whether somebody writes at the moment: the focus is where keys make text, and is not taken away. */
export function isWriting(active: Element | null): boolean {
  return !!active?.closest('input, textarea, [contenteditable="true"], .cm-content');
}

/**
 * Obeys what this page is asked for by tools on behalf of the person who has it open: to show a cell, to open a file.
 *
 * Each request is obeyed once, and the server is told what became of it.
 */
export class PageRequests {
  constructor(private readonly services: IServices) {
    services.events.changed.connect((_, panel) => this.take(panel));
  }

  private take(panel: NotebookPanel): void {
    for (const request of this.services.events.of(panel).requests) {
      if (!this.obeyed.has(request.id)) {
        this.obeyed.add(request.id);
        void this.obey(panel, request);
      }
    }
  }

  private async obey(panel: NotebookPanel, request: PageRequest): Promise<void> {
    const { client, trans } = this.services;
    let answer: IAnswer;
    try {
      answer =
        request.action === 'select_cell'
          ? await this.select(panel, request.cell ?? '')
          : await this.open(request.path);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      answer = { done: false, told: trans.__('The page could not do that: %1', why) };
    }
    // The server has given up by then if this fails.
    await client
      .json(`pages/requests/${request.id}`, { method: 'POST', body: answer })
      .catch(() => undefined);
  }

  private async select(panel: NotebookPanel, cell: string): Promise<IAnswer> {
    const { trans } = this.services;
    const { content } = panel;
    const at = content.widgets.findIndex(({ model }) => model.id === cell);
    if (at < 0) {
      return {
        done: false,
        told: trans.__('The cell is not in the notebook as the page shows it.')
      };
    }
    if (isWriting(document.activeElement)) {
      await content.scrollToItem(at, 'smart');
      return { done: true, told: trans.__('The person is writing, so it was only scrolled to.') };
    }
    content.activeCellIndex = at;
    await content.scrollToItem(at, 'smart');
    return { done: true };
  }

  private async open(path: string): Promise<IAnswer> {
    const { commands, trans } = this.services;
    const writing = isWriting(document.activeElement);
    const opened: unknown = await commands.execute('docmanager:open', {
      path,
      options: { activate: !writing }
    });
    if (!opened) {
      return { done: false, told: trans.__('Nothing in the page opens files of this kind.') };
    }
    return writing
      ? { done: true, told: trans.__('The person is writing, so it was opened in the background.') }
      : { done: true };
  }

  private readonly obeyed = new Set<string>();
}
