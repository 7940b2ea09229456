import type { TranslationBundle } from '@jupyterlab/translation';
import type { components } from '../api';

type UsageRow = components['schemas']['UsageRow'];

/** What the calls of one day took together. */
export interface ISpend {
  readonly usd: number;
  readonly calls: number;
  readonly tokens: number;
  /** How many of the calls went to a model whose price nobody knows. */
  readonly unpriced: number;
}

/** What the calls of a day (UTC, `YYYY-MM-DD`) took. */
export function spendOn(day: string, rows: readonly UsageRow[]): ISpend {
  return rows
    .filter(row => row.day === day)
    .reduce(
      (sum, row) => ({
        usd: sum.usd + row.usd,
        calls: sum.calls + row.calls,
        tokens: sum.tokens + row.input_tokens + row.output_tokens,
        unpriced: sum.unpriced + row.unpriced
      }),
      { usd: 0, calls: 0, tokens: 0, unpriced: 0 }
    );
}

/** Today as the server counts its days. */
export function today(now = new Date()): string {
  return now.toISOString().slice(0, 10);
}

/** A sum for the status bar; empty while nothing was asked, or when no price is known. */
export function shortSpend({ calls, unpriced, usd }: ISpend): string {
  if (calls === 0 || (unpriced === calls && usd === 0)) {
    return '';
  }
  if (usd === 0) {
    return '$0';
  }
  return usd < 0.01 ? '<$0.01' : `$${usd.toFixed(2)}`;
}

/** The same as a sentence's worth of facts. */
export function fullSpend(spend: ISpend, trans: TranslationBundle): string {
  const { calls, tokens, unpriced, usd } = spend;
  if (calls === 0) {
    return trans.__('nothing asked yet');
  }
  const facts = [
    trans._n('%1 call', '%1 calls', calls),
    trans.__('%1 tokens', tokens.toLocaleString('en-US'))
  ];
  if (unpriced < calls) {
    facts.unshift(usd === 0 ? '$0' : usd < 0.01 ? `$${usd.toPrecision(2)}` : `$${usd.toFixed(2)}`);
  }
  if (unpriced > 0) {
    facts.push(trans.__('%1 without a known price', unpriced));
  }
  return facts.join(', ');
}
