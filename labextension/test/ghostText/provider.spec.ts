import { CodeEditor } from '@jupyterlab/codeeditor';
import {
  InlineCompletionTriggerKind,
  type CompletionHandler,
  type IInlineCompletionContext
} from '@jupyterlab/completer';
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { IPlace, Places } from '../../src/ghostText/place';
import { GhostTextProvider } from '../../src/ghostText/provider';
import { OPEN_POLICY } from '../../src/notebook/policy';

/** A model whose answers come when the test says so; one for each request. */
function model() {
  const requests: { prefix: string; say: (piece: string | null) => void; signal: AbortSignal }[] =
    [];
  async function* ask({ prefix }: { prefix: string }, signal: AbortSignal) {
    const came: (string | null)[] = [];
    let wake = () => {};
    requests.push({ prefix, signal, say: piece => (came.push(piece), wake()) });
    for (;;) {
      while (!came.length) {
        await new Promise<void>(resolve => (wake = resolve));
      }
      const piece = came.shift() as string | null;
      if (piece === null) {
        return;
      }
      yield piece;
    }
  }
  return { requests, ask };
}

/** Somebody who types in one editor, and what the provider gives for it. */
function typing() {
  const { requests, ask } = model();
  const { sharedModel, selections, mimeType } = new CodeEditor.Model({ mimeType: 'text/x-python' });
  const editor = {
    isDisposed: false,
    host: document.createElement('div'),
    model: { sharedModel, selections, mimeType },
    getCursorPosition: () => ({ line: 0, column: sharedModel.getSource().length }),
    getOffsetAt: ({ column }: CodeEditor.IPosition) => column
  } as unknown as CodeEditor.IEditor;
  const place: IPlace = { editor, language: 'python', policy: OPEN_POLICY, around: () => ({}) };
  const provider = new GhostTextProvider(
    ask as never,
    { of: () => place } as unknown as Places,
    vi.fn(),
    nullTranslator.load('')
  );
  provider.settings = { ...provider.settings, delay: 0 };
  const widget = new Widget();
  const type = async (text: string) => {
    sharedModel.setSource(text);
    const { items } = await provider.fetch(
      { text, offset: text.length } as CompletionHandler.IRequest,
      { widget, triggerKind: InlineCompletionTriggerKind.Automatic } as IInlineCompletionContext
    );
    return items.map(item => item.insertText);
  };
  return { requests, type };
}

describe('what is typed before a suggestion’s first words come', () => {
  let typist: ReturnType<typeof typing>;
  const asked = () => typist.requests.map(({ prefix }) => prefix);
  const request = (number: number) => vi.waitFor(() => typist.requests[number] ?? expect.fail());

  beforeEach(() => {
    typist = typing();
  });

  it('and is what they say waits for them, and nobody is asked again', async () => {
    const first = typist.type('df.');
    const { say } = await request(0);
    const second = typist.type('df.he');
    say('head()');
    expect(await first).toEqual([]);
    expect(await second).toEqual(['ad()']);
    expect(asked()).toEqual(['df.']);
  });

  it('and is not what they say has the model asked anew', async () => {
    const first = typist.type('df.');
    const { say, signal } = await request(0);
    const second = typist.type('df.ta');
    say('head()');
    expect(await first).toEqual([]);
    const anew = await request(1);
    expect(signal.aborted).toBe(true);
    anew.say('il()');
    expect(await second).toEqual(['il()']);
    expect(asked()).toEqual(['df.', 'df.ta']);
  });

  it('asks nobody for a place that was left meanwhile', async () => {
    void typist.type('df.');
    const { say } = await request(0);
    const second = typist.type('df.ta');
    const third = typist.type('df.tai');
    say('head()');
    expect(await second).toEqual([]);
    (await request(1)).say('l()');
    expect(await third).toEqual(['l()']);
    expect(asked()).toEqual(['df.', 'df.tai']);
  });
});
