import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/api';
import { shortName, summarise } from '../../src/status/summary';

const trans = nullTranslator.load('lumina_jupyter');
const health = {
  status: 'ok',
  version: '1.0',
  ready: true,
  default_model: 'embedded/qwen2.5-coder-0.5b',
  hint: '',
  data_dir: '/home/ada/lumina',
  uptime_seconds: 5
};

describe('summarise', () => {
  it('names the model that answers without its provider', () => {
    const summary = summarise({ kind: 'known', health }, trans);
    expect(summary).toMatchObject({ tone: 'good', label: 'qwen2.5-coder-0.5b', hint: '' });
  });

  it('says what to do when no model is there', () => {
    const none = {
      ...health,
      status: 'no_model',
      ready: false,
      default_model: '',
      hint: 'Do this.'
    };
    const summary = summarise({ kind: 'known', health: none }, trans);
    expect(summary).toMatchObject({ tone: 'attention', label: 'No model', hint: 'Do this.' });
  });

  it.each([
    [403, 'Log in'],
    [404, 'jupyter server extension enable'],
    [502, 'lumina doctor']
  ])('has a next step for an error with status %i', (status, words) => {
    const error = new ApiError('It failed.', '', status);
    expect(summarise({ kind: 'failed', error }, trans)).toMatchObject({
      tone: 'bad',
      sentence: 'It failed.',
      hint: expect.stringContaining(words)
    });
  });

  it('says in its own words that the server is away', () => {
    const error = new ApiError('Failed to fetch', '', 0);
    expect(summarise({ kind: 'failed', error }, trans)).toMatchObject({
      sentence: 'The Jupyter server cannot be reached.',
      hint: expect.stringContaining('still runs')
    });
  });

  it('keeps the hint that the server gave', () => {
    const error = new ApiError('It failed.', 'Turn it on.', 404);
    expect(summarise({ kind: 'failed', error }, trans).hint).toBe('Turn it on.');
  });
});

describe('shortName', () => {
  it.each([
    ['openai/gpt-5', 'gpt-5'],
    ['groq/openai/gpt-oss-20b', 'gpt-oss-20b'],
    ['', '']
  ])('%j is %j', (model, short) => expect(shortName(model)).toBe(short));
});
