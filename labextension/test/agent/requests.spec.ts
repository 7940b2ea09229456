import type { NotebookPanel } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { LuminaClient } from '../../src/api';
import { PageRequests } from '../../src/agent/requests';
import type { INotebookEvents, INotebookNews, PageRequest } from '../../src/agent/tokens';

function page(execute: () => Promise<unknown> = () => Promise.resolve({})) {
  const content = {
    widgets: ['a', 'b'].map(id => ({ model: { id } })),
    activeCellIndex: 0,
    scrollToItem: vi.fn(() => Promise.resolve())
  };
  const panel = { content } as unknown as NotebookPanel;
  let requests: PageRequest[] = [];
  const events = {
    of: () => ({ requests }) as unknown as INotebookNews,
    changed: undefined as unknown
  };
  const changed = new Signal<INotebookEvents, NotebookPanel>(events as INotebookEvents);
  events.changed = changed;
  const json = vi.fn(() => Promise.resolve());
  const commands = { execute: vi.fn(execute) };
  new PageRequests({
    events: events as INotebookEvents,
    client: { json } as unknown as LuminaClient,
    commands: commands as never,
    trans: nullTranslator.load('lumina_jupyter')
  });
  const ask = async (...wanted: PageRequest[]) => {
    requests = wanted;
    changed.emit(panel);
    await vi.waitFor(() => expect(json).toHaveBeenCalled());
  };
  const answer = (id: string) => {
    const call = (json.mock.calls as unknown as [string, { body: object }][]).find(([route]) =>
      route.endsWith(id)
    );
    return call?.[1].body;
  };
  return { content, commands, json, ask, answer };
}

const cell = (id: string, of: string): PageRequest => ({
  id,
  action: 'select_cell',
  path: 'a.ipynb',
  cell: of
});
const file: PageRequest = { id: 'f', action: 'open_file', path: 'data/b.csv', cell: '' };

afterEach(() => document.body.replaceChildren());

function write(): void {
  const field = document.body.appendChild(document.createElement('textarea'));
  field.focus();
}

describe('what a page is asked for', () => {
  it('goes to a cell, once', async () => {
    const { content, json, ask, answer } = page();
    await ask(cell('1', 'b'));
    await ask(cell('1', 'b'));
    expect(content.activeCellIndex).toBe(1);
    expect(json).toHaveBeenCalledTimes(1);
    expect(answer('1')).toEqual({ done: true });
  });

  it('says that a cell is not there', async () => {
    const { content, ask, answer } = page();
    await ask(cell('2', 'gone'));
    expect(content.activeCellIndex).toBe(0);
    expect(answer('2')).toMatchObject({ done: false });
  });

  it('takes nobody out of what she writes', async () => {
    write();
    const { content, commands, ask, answer } = page();
    await ask(cell('3', 'b'), file);
    expect(content.activeCellIndex).toBe(0);
    expect(content.scrollToItem).toHaveBeenCalledWith(1, 'smart');
    expect(commands.execute).toHaveBeenCalledWith('docmanager:open', {
      path: 'data/b.csv',
      options: { activate: false }
    });
    await vi.waitFor(() => expect(answer('f')).toMatchObject({ done: true }));
  });

  it('opens a file, or says why it cannot', async () => {
    const opens = page();
    await opens.ask(file);
    expect(opens.answer('f')).toEqual({ done: true });
    const fails = page(() => Promise.reject(new Error('no such file')));
    await fails.ask(file);
    expect(fails.answer('f')).toMatchObject({
      done: false,
      told: expect.stringContaining('no such file') as string
    });
    const nothing = page(() => Promise.resolve(undefined));
    await nothing.ask(file);
    expect(nothing.answer('f')).toMatchObject({ done: false });
  });
});
