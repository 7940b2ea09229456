import { type BoundFunctions, type queries, within } from '@testing-library/dom';
import { beforeEach, describe, expect, it, vi } from 'vitest';
// @ts-expect-error Widgets come with the Python package, as JavaScript without types.
import * as formats from '../../../lumina_jupyter/widgets/js/automl_search/formats.js';
// @ts-expect-error Likewise.
import widget from '../../../lumina_jupyter/widgets/js/automl_search/index.js';

const { number, percent, wholeSeconds } = formats;

type Handler = (message?: unknown) => void;

function row(number: number, more: object = {}): object {
  const known = { family: 'linear', title: 'Linear model', params: {}, origin: 'search' };
  const scores = { state: 'done', score: 0.8, spread: 0.01, folds: 5, rows: 1, weight: 0 };
  const costs = { seconds: 1.5, model_bytes: 2e6, ended: number, reason: '' };
  return { number, ...known, ...scores, ...costs, ...more };
}

/** A search that has only begun. */
const BEGUN = {
  name: '',
  metric: 'score',
  greater_is_better: true,
  budget: 0,
  stage: 'looking',
  text: 'The table is looked at.',
  seconds: 0,
  ended: false,
  ensemble_score: null,
  rows: [] as object[],
  curve: [] as object[],
  decisions: [] as object[],
  warnings: [] as string[],
  paused: false,
  controlled: true
};

const SEARCHING = {
  ...BEGUN,
  name: 'churn',
  metric: 'roc_auc',
  budget: 3000,
  stage: 'searching',
  text: 'Models are trained.'
};

let handlers: Map<string, Handler>;
let sent: unknown[];
let close: () => void;

/** A page that shows a search. */
function shown(board: object): BoundFunctions<typeof queries> & { node: HTMLElement } {
  const el = document.body.appendChild(document.createElement('div'));
  const model = {
    get: () => structuredClone(board),
    on: (name: string, handler: Handler) => handlers.set(name, handler),
    off: (name: string) => handlers.delete(name),
    send: (message: unknown) => sent.push(message)
  };
  close = widget.render({ model, el });
  return { ...within(el), node: el };
}

const settled = (check: () => void) => vi.waitFor(check, { timeout: 10_000 });

beforeEach(() => {
  document.body.replaceChildren();
  handlers = new Map();
  sent = [];
});

describe('the view of a search', { timeout: 60_000 }, () => {
  it('says what happens as long as there is nothing to show, and shows no empty table', async () => {
    const page = shown(BEGUN);
    await settled(() =>
      expect(page.getByRole('status').textContent).toBe('The table is looked at.')
    );
    expect(page.queryByRole('table')?.closest('[hidden]')).not.toBeNull();
    expect(page.getByText('The first model is on its way.')).toBeTruthy();
    page.node.querySelector('style')!.remove();
    expect(page.node.textContent).not.toMatch(/NaN|undefined|null|0 s/);
  });

  it('shows each trial with what became of it, as it changes, and hears the person', async () => {
    const failure = 'The fit took more memory than it may.';
    const rows = [
      row(0, { title: 'Naive', origin: 'naive', score: 0.5, spread: 0 }),
      row(1, { state: 'running', score: null, folds: 0, seconds: 0, model_bytes: 0 }),
      row(2, { state: 'failed', score: null, folds: 0, reason: failure })
    ];
    const curve = [{ seconds: 1, score: 0.5, number: 0 }];
    const page = shown({ ...SEARCHING, seconds: 119.7, rows, curve });
    await settled(() => expect(page.getByText(failure)).toBeTruthy());
    const summary = 'Best model: Naive, roc_auc 0.5000. 1 model in 2 min of 50 min.';
    expect(page.getByText(summary)).toBeTruthy();
    const cells = () =>
      page.getAllByRole('row').map(each => [...each.children].map(cell => cell.textContent));
    expect(cells()[1]!.slice(0, 4)).toEqual(['✓', 'Naive', '0.5000', '0.0000']);
    expect(page.getByRole('img').getAttribute('aria-label')).toContain('roc_auc so far 0.5000');

    page.getByRole('button', { name: 'Pause' }).click();
    expect(sent).toEqual([{ type: 'pause' }]);
    const changed = { ...SEARCHING, paused: true, rows: [row(1, { score: 0.9, rows: 0.25 })] };
    handlers.get('msg:custom')!({ type: 'changed', changed });
    await settled(() => expect(page.getByRole('status').textContent).toBe('Paused.'));
    // What saw a part of the rows is no better than what saw all of them.
    expect(cells().map(each => each[1])).toEqual([
      'model',
      'Naive',
      'Linear model25 % of the rows',
      `Linear model${failure}`
    ]);
    page.getByRole('button', { name: 'Resume' }).click();
    expect(sent).toEqual([{ type: 'pause' }, { type: 'resume' }]);
    close();
    expect(handlers.size).toBe(0);
  });

  it('writes numbers and times as the page without a script does', () => {
    const numbers = [0, 0.5, -12.3456, 26574.2, 0.00012345, 2e12];
    expect(numbers.map(each => number(each))).toEqual([
      '0.0000',
      '0.5000',
      '-12.35',
      '26,574',
      '0.000123',
      '2.000e+12'
    ]);
    expect([number(null), number(0.004, 0.9), number(0.004, 30)]).toEqual(['', '0.0040', '0.00']);
    expect([0, 59.7, 119.7, 125, 3000, 5400].map(each => wholeSeconds(each))).toEqual([
      '0 s',
      '1 min',
      '2 min',
      '2 min 5 s',
      '50 min',
      '1 h 30 min'
    ]);
    expect([0, 0.004, 0.12, 1].map(each => percent(each))).toEqual([
      '0 %',
      '<1 %',
      '12 %',
      '100 %'
    ]);
  });
});
