import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import { contextOf, found, priceOf, type Ability } from '../../src/settings/modelList';
import type { Model } from '../../src/settings/types';

const trans = nullTranslator.load('lumina_jupyter');

function model(id: string, changes: Partial<Model> = {}): Model {
  const [provider = '', name = ''] = id.split('/');
  return {
    id,
    provider,
    name,
    mode: 'chat',
    context: null,
    max_output: null,
    tools: null,
    vision: null,
    reasoning: null,
    json_schema: null,
    fim: null,
    input_price: null,
    output_price: null,
    cached_input_price: null,
    cache_write_price: null,
    source: 'catalog',
    ...changes
  };
}

const MODELS = [
  model('openai/gpt-5', { tools: true, vision: true }),
  model('openai/o9', { tools: true, reasoning: true, mode: 'responses' }),
  model('openai/embed-3', { mode: 'embedding' }),
  model('lab/gpt-oss')
];

describe('found', () => {
  it.each<[string, Ability[], string[]]>([
    ['', [], ['openai/gpt-5', 'openai/o9', 'lab/gpt-oss']],
    ['GPT', [], ['openai/gpt-5', 'lab/gpt-oss']],
    ['5 openai', [], ['openai/gpt-5']],
    ['', ['tools'], ['openai/gpt-5', 'openai/o9']],
    ['', ['tools', 'reasoning'], ['openai/o9']],
    ['nothing', [], []]
  ])('%j with %j', (search, wanted, ids) => {
    expect(found(MODELS, search, new Set(wanted)).map(each => each.id)).toEqual(ids);
  });
});

it.each([
  [null, '–'],
  [512, '512'],
  [8192, '8k'],
  [1_000_000, '1M'],
  [1_048_576, '1M'],
  [1_500_000, '1.5M']
])('a context of %j tokens is %j', (context, text) => {
  expect(contextOf(model('a/b', { context }))).toBe(text);
});

it.each([
  [null, null, '–'],
  [0, 0, 'free'],
  [1.5e-7, 6e-7, '$0.15 / $0.60'],
  [3e-9, 1e-5, '$0.0030 / $10.00']
])('prices of %j and %j dollars a token are %j', (input, output, text) => {
  const prices = { input_price: input, output_price: output };
  expect(priceOf(model('a/b', prices), trans)).toBe(text);
});
