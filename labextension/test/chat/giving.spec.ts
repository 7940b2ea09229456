import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it, vi } from 'vitest';
import type { IActivity } from '../../src/activity/tokens';
import type { LuminaClient } from '../../src/api';
import { ApiError } from '../../src/api';
import { give, type IGiving } from '../../src/chat/model/giving';
import type { ICurrentDocument } from '../../src/chat/model';
import { Personas } from '../../src/chat/personas';

function personas(): Personas {
  const GET = vi.fn(async () => ({ data: { personas: [{ name: 'analyst' }], troubles: [] } }));
  return new Personas({ routes: { GET } } as unknown as LuminaClient);
}

/** What the agent was given, and what it was given it with. */
function desk(id: string | null = 'run_1') {
  const start = vi.fn(async (_task: object) => id);
  const problem = { run: '', error: new ApiError('Too many runs.', 'Wait.', 409) };
  const activity = { model: async () => ({ start, problem }) } as unknown as IActivity;
  const conversation = vi.fn(async () => 'c1');
  const giving: IGiving = {
    ...{ activity, conversation, images: [], model: 'lab/m', follows: 't1' },
    documents: { document: { kind: 'notebook' } } as ICurrentDocument,
    personas: personas(),
    trans: nullTranslator.load('lumina_jupyter')
  };
  return { conversation, giving, start };
}

describe('what is given to the agent', () => {
  it('is done by whom it is addressed to, as a turn of the conversation', async () => {
    const { giving, start } = desk();
    expect(await give(' @analyst: find the outlier ', giving)).toBe('run_1');
    expect(start).toHaveBeenCalledWith({
      words: 'find the outlier',
      persona: 'analyst',
      model: 'lab/m',
      conversation: 'c1',
      follows: 't1'
    });
    await give('@df has gaps', giving);
    expect(start.mock.lastCall![0]).toMatchObject({ words: '@df has gaps', persona: '' });
  });

  it('is refused in a sentence, before there is a conversation', async () => {
    const { conversation, giving } = desk();
    const image = { media_type: 'image/png', data: '' };
    await expect(give('@analyst ', giving)).rejects.toThrow('What shall the agent do?');
    await expect(give('x', { ...giving, activity: null })).rejects.toThrow('works in notebooks');
    await expect(give('x', { ...giving, images: [image] })).rejects.toThrow('no pictures');
    expect(conversation).not.toHaveBeenCalled();
    await expect(give('x', desk(null).giving)).rejects.toThrow('Too many runs.');
  });
});
