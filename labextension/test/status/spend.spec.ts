import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import { fullSpend, shortSpend, spendOn, today } from '../../src/status/spend';

const trans = nullTranslator.load('lumina_jupyter');
const row = {
  day: '2026-11-21',
  model: 'openai/gpt',
  calls: 2,
  failed: 0,
  input_tokens: 1000,
  output_tokens: 500,
  usd: 0.11,
  unpriced: 0,
  seconds: 3
};

describe('spendOn', () => {
  it('sums the models of one day', () => {
    const rows = [row, { ...row, model: 'lab/m', usd: 0, unpriced: 1, calls: 1 }];
    expect(spendOn('2026-11-21', [...rows, { ...row, day: '2026-11-20' }])).toEqual({
      usd: 0.11,
      calls: 3,
      tokens: 3000,
      unpriced: 1
    });
  });

  it('counts days as the server does', () => {
    expect(today(new Date('2026-11-21T23:30:00-05:00'))).toBe('2026-11-22');
  });
});

const spend = { usd: 0.11, calls: 3, tokens: 3000, unpriced: 0 };

describe('words for a spend', () => {
  it.each([
    [spend, '$0.11', '$0.11, 3 calls, 3,000 tokens'],
    [{ ...spend, usd: 0.0004 }, '<$0.01', '$0.00040, 3 calls, 3,000 tokens'],
    [{ ...spend, usd: 0 }, '$0', '$0, 3 calls, 3,000 tokens'],
    [{ ...spend, usd: 0, unpriced: 3 }, '', '3 calls, 3,000 tokens, 3 without a known price'],
    [{ usd: 0, calls: 0, tokens: 0, unpriced: 0 }, '', 'nothing asked yet']
  ])('%j', (given, short, full) => {
    expect(shortSpend(given)).toBe(short);
    expect(fullSpend(given, trans)).toBe(full);
  });
});
