import type { TranslationBundle } from '@jupyterlab/translation';
import { hintOf, sentenceOf } from '../failure';
import type { Status } from './model';

/** How a status is to be shown: `tone` colours the icon. */
export interface ISummary {
  tone: 'busy' | 'good' | 'attention' | 'bad';
  /** A word or two for the status bar. */
  label: string;
  /** One sentence. */
  sentence: string;
  /** What to do next; empty when there is nothing to do. */
  hint: string;
}

/** A status in words. */
export function summarise(status: Status, trans: TranslationBundle): ISummary {
  switch (status.kind) {
    case 'loading':
      return {
        tone: 'busy',
        label: trans.__('Lumina'),
        sentence: trans.__('Asking the server…'),
        hint: ''
      };
    case 'failed':
      return {
        tone: 'bad',
        label: trans.__('Lumina unavailable'),
        sentence: sentenceOf(status.error, trans),
        hint: hintOf(status.error, trans)
      };
    case 'known': {
      const { default_model: model, ready, hint } = status.health;
      if (!model) {
        return {
          tone: 'attention',
          label: trans.__('No model'),
          sentence: trans.__('No model can answer yet.'),
          hint
        };
      }
      return {
        tone: ready ? 'good' : 'attention',
        label: shortName(model),
        sentence: ready ? trans.__('Ready to answer.') : trans.__('Not ready to answer.'),
        hint
      };
    }
  }
}

/** A model's name without its provider. */
export function shortName(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1);
}
