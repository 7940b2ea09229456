import type { Contents } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { ChatCompleter } from '../../src/chat/mentions';
import { shortId, type Cells, type ICellEntry } from '../../src/chat/mentions/cells';
import type { ICompletion } from '../../src/chat/mentions/completion';
import { Files } from '../../src/chat/mentions/files';
import { fuzzy } from '../../src/chat/mentions/fuzzy';
import { typedAt } from '../../src/chat/mentions/typed';
import type { Variable, Variables } from '../../src/chat/mentions/variables';
import { writtenColumn, writtenFile } from '../../src/chat/mentions/written';
import type { Persona } from '../../src/chat/personas';
import { SlashCommands } from '../../src/chat/slash/registry';

const FOLDERS: Record<string, [string, string][]> = {
  work: [
    ['sales 2024.csv', 'file'],
    ['sales.csv', 'file'],
    ['data', 'directory']
  ],
  'work/data': [['raw.parquet', 'file']]
};

/** The contents service, as far as listings go. */
function contents(): Contents.IManager {
  const manager = {
    get: vi.fn(async (path: string) => {
      const entries = FOLDERS[path];
      if (!entries) {
        throw new Error('404');
      }
      return { content: entries.map(([name, type]) => ({ name, type })) };
    })
  };
  return Object.assign(manager, {
    fileChanged: new Signal(manager)
  }) as unknown as Contents.IManager;
}

const variables = [
  { name: 'df', type: 'pandas.core.frame.DataFrame', shape: [100, 2] },
  { name: 'model', type: 'sklearn.linear_model.LinearRegression', shape: [] }
] as unknown as Variable[];
const teacher = { name: 'teacher', title: 'Teacher', description: 'Explains.' } as Persona;
const withColumns = {
  ...variables[0],
  columns: [
    { name: 'price', type: 'float64' },
    { name: 'unit price', type: 'float64' }
  ]
} as unknown as Variable;

function cells(count: number): ICellEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    id: `${index}`.padStart(8, 'c0ffee00'),
    number: index + 1,
    kind: 'code',
    firstLine: index ? `step_${index}()` : 'import pandas as pd',
    active: index === 2
  }));
}

function completer(entries = cells(5)): ChatCompleter {
  const slash = new SlashCommands(async () => [
    { name: 'explain', title: 'Explain', description: '', argumentHint: '[what]' },
    { name: 'fix', title: 'Fix', description: '', argumentHint: '' }
  ]);
  slash.add({
    ...{ name: 'model', title: 'Model', description: '', argumentHint: 'name' },
    choices: () => [{ value: 'lab/m', detail: 'lab' }],
    run: () => undefined
  });
  slash.list();
  return new ChatCompleter({
    slash,
    personas: { list: () => [teacher] },
    cells: { list: () => entries } as unknown as Cells,
    files: new Files(contents()),
    variables: {
      list: () => variables,
      get: (name: string) => (name === 'df' ? withColumns : undefined)
    } as unknown as Variables,
    path: () => 'work/a.ipynb',
    trans: nullTranslator.load('lumina_jupyter')
  });
}

/** What is offered at the text's end, once the slower sources have answered. */
async function offered(text: string): Promise<ICompletion | null> {
  const made = completer();
  await Promise.resolve();
  made.complete(text, text.length);
  await new Promise(resolve => setTimeout(resolve));
  return made.complete(text, text.length);
}

async function inserts(text: string): Promise<string[]> {
  return ((await offered(text))?.items ?? []).map(({ insert }) => insert);
}

describe('what is offered in the composer', () => {
  it('begins with what is at hand', async () => {
    const all = await inserts('Look at @');
    expect(all).toEqual(expect.arrayContaining(['@selection', '@error', '@df', '@file:sales.csv']));
    expect(await offered('Look at @')).toMatchObject({ range: [8, 9] });
  });

  it('offers whom one can ask, where a name asks somebody', async () => {
    expect((await offered('@tea'))?.items[0]).toMatchObject({
      insert: '@teacher',
      kind: 'persona',
      detail: 'Explains.'
    });
    expect(await inserts(' /agent @teac')).toEqual(['@teacher']);
    expect(await inserts('Ask @teac')).toEqual([]);
    expect(await inserts('/fix @teac')).toEqual([]);
  });

  it('finds variables, cells and files by a few letters', async () => {
    expect((await inserts('@mod'))[0]).toBe('@model');
    expect((await inserts('@pandas'))[0]).toBe('@cell:c0ffee00');
    expect((await inserts('@cell:#5'))[0]).toBe('@cell:c0ffee04');
    expect((await inserts('@raw'))[0]).toBeUndefined();
    expect((await inserts('@file:data/'))[0]).toBe('@file:data/raw.parquet');
  });

  it('goes on behind a folder, and quotes what has blanks', async () => {
    const sales = (await offered('@file:sal'))?.items ?? [];
    expect(sales.map(({ insert }) => insert)).toEqual([
      '@file:sales.csv',
      '@file:"sales 2024.csv"'
    ]);
    expect((await offered('@file:da'))?.items[0]).toMatchObject({
      insert: '@file:data/',
      continues: true
    });
  });

  it('offers columns behind a variable', async () => {
    expect(await inserts('mean of @df.')).toEqual(['@df.price', '@df."unit price"']);
    expect(await inserts('@df."unit')).toEqual(['@df."unit price"']);
    expect(await inserts('@nothing.')).toEqual([]);
  });

  it('offers documentation, and behind it what is in the kernel', async () => {
    const offer = (await offered('What is @doc'))?.items[0];
    expect(offer).toMatchObject({ insert: '@doc:', kind: 'documentation', continues: true });
    expect(await inserts('@doc:mo')).toEqual(['@doc:model']);
    expect((await offered('@doc:mo'))?.items[0]).toMatchObject({ kind: 'documentation' });
    expect(await offered('@doc:model.fit')).toBeNull();
  });

  it('offers commands at the beginning alone, and what may stand behind one', async () => {
    expect(await inserts('/')).toEqual(['/explain ', '/fix', '/model ']);
    expect(await inserts('/ex')).toEqual(['/explain ']);
    expect(await inserts('/model l')).toEqual(['lab/m']);
    expect(await offered('either /')).toBeNull();
  });

  it('leaves e-mail addresses, paths and plain text alone', () => {
    for (const text of ['ada@example', 'http://x/@me', 'a word', 'x=@y', '@df and']) {
      expect(typedAt(text, text.length)).toBeNull();
    }
  });

  it('does not come to those who stopped waiting', async () => {
    const controller = new AbortController();
    const onMore = vi.fn();
    const made = completer();
    made.complete('@file:', 6, { signal: controller.signal, onMore });
    controller.abort();
    await new Promise(resolve => setTimeout(resolve));
    expect(onMore).not.toHaveBeenCalled();
    expect(made.complete('@', 1, { signal: controller.signal })).toBeNull();
  });
});

describe('a mention that was chosen', () => {
  it('is read as it was written, whatever the file or column is called', () => {
    const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter(text => !/[\n/]/.test(text));
    fc.assert(
      fc.property(name, text => {
        const file = writtenFile(text, false);
        const unquoted = file.endsWith('"') ? file.slice(0, -1) : file;
        expect(typedAt(unquoted, unquoted.length)).toMatchObject({ kind: 'file', path: text });
        const column = writtenColumn(text);
        if (!column.startsWith('"')) {
          expect(typedAt(`@df.${column}`, column.length + 4)).toMatchObject({ name: text });
        }
      })
    );
  });

  it('names one cell by the beginning of its id', () => {
    const ids = ['aaaaaaaa-1111', 'aaaaaaaa-2222', 'bbbbbbbb-1111'];
    const entries = ids.map(id => ({ id }));
    expect(ids.map(id => shortId(id, entries))).toEqual(['aaaaaaaa-1', 'aaaaaaaa-2', 'bbbbbbbb']);
  });
});

describe('how well something fits', () => {
  it('is known only where the letters stand in their order', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', 'C', '_', ' '), maxLength: 8 });
    fc.assert(
      fc.property(letters, letters, (typed, text) => {
        const match = fuzzy(typed, text);
        const pattern = [...typed.toLowerCase()].join('[^]*');
        expect(match !== null).toBe(new RegExp(pattern).test(text.toLowerCase()));
        const shown = (match?.matches ?? []).map(([from, to]) => text.slice(from, to)).join('');
        expect(shown.toLowerCase()).toBe(match ? typed.toLowerCase() : '');
      }),
      { numRuns: 1000 }
    );
  });

  it('prefers beginnings to pieces, and pieces to scattered letters', () => {
    const texts = ['my_df', 'delta_frame', 'df', 'xdfx', 'df_train'];
    const sorted = [...texts].sort((a, b) => fuzzy('df', b)!.score - fuzzy('df', a)!.score);
    expect(sorted.slice(0, 2)).toEqual(['df', 'df_train']);
    expect(sorted.indexOf('my_df')).toBeLessThan(sorted.indexOf('xdfx'));
  });
});
