import type { TranslationBundle } from '@jupyterlab/translation';
import type { Model } from './types';
import { dollarsOf } from './words';

/** What a model may be asked to be able to do. */
export const ABILITIES = ['tools', 'vision', 'reasoning'] as const;
export type Ability = (typeof ABILITIES)[number];

/** The models that can chat, that hold every word of a search, and that can do all that is wanted. */
export function found(
  models: readonly Model[],
  search: string,
  wanted: ReadonlySet<Ability>
): Model[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  return models.filter(
    model =>
      (model.mode === 'chat' || model.mode === 'responses') &&
      words.every(word => model.id.toLowerCase().includes(word)) &&
      [...wanted].every(ability => model[ability] === true)
  );
}

/** Tokens in thousands or millions. */
export function contextOf(model: Model): string {
  const { context } = model;
  if (context === null) {
    return '–';
  }
  if (context >= 1_000_000) {
    return `${+(context / 1_000_000).toFixed(1)}M`;
  }
  return context >= 1000 ? `${Math.round(context / 1000)}k` : `${context}`;
}

/** Dollars for a million tokens in and out. */
export function priceOf(model: Model, trans: TranslationBundle): string {
  const { input_price: input, output_price: output } = model;
  if (input === null || output === null) {
    return '–';
  }
  if (input === 0 && output === 0) {
    return trans.__('free');
  }
  return `${dollarsOf(input * 1e6)} / ${dollarsOf(output * 1e6)}`;
}

export function abilityName(ability: Ability, trans: TranslationBundle): string {
  switch (ability) {
    case 'tools':
      return trans.__('Tools');
    case 'vision':
      return trans.__('Vision');
    case 'reasoning':
      return trans.__('Reasoning');
  }
}
