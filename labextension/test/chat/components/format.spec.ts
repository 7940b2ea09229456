import { nullTranslator } from '@jupyterlab/translation';
import { beforeAll, describe, expect, it } from 'vitest';
import { dollars, duration, modelName, shortTime } from '../../../src/chat/components/format';

const trans = nullTranslator.load('lumina_jupyter');

beforeAll(() => {
  document.documentElement.lang = 'en-US';
});

describe('numbers for people', () => {
  it('tells small amounts apart from nothing', () => {
    expect(dollars(0.00031)).toBe('$0.00031');
    expect(dollars(0.0312)).toBe('$0.031');
    expect(dollars(12.5)).toBe('$12.50');
  });

  it('tells how long something took', () => {
    expect(duration(1.234, trans)).toBe('1.2 s');
    expect(duration(31.6, trans)).toBe('32 s');
    expect(duration(95, trans)).toBe('1 min 35 s');
  });

  it('names a model without its provider, whatever slashes it has', () => {
    expect(modelName('openrouter/meta/llama-3')).toBe('meta/llama-3');
    expect(modelName('m')).toBe('m');
  });

  it('tells the day when it is not today', () => {
    const now = new Date(2026, 10, 21, 15, 0);
    const at = (date: Date) => shortTime(date.getTime() / 1000, now);
    expect(at(new Date(2026, 10, 21, 9, 5))).toMatch(/09:05/);
    expect(at(new Date(2026, 10, 20, 9, 5))).toMatch(/Nov 20|20 Nov/);
    expect(at(new Date(2025, 0, 2, 9, 5))).toMatch(/2025/);
  });
});
