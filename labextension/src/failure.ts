import type { TranslationBundle } from '@jupyterlab/translation';
import type { ApiError } from './api';

/** What happened, as a sentence: a browser's own words for a server that is away are none. */
export function sentenceOf(error: ApiError, trans: TranslationBundle): string {
  return error.status === 0 ? trans.__('The Jupyter server cannot be reached.') : error.message;
}

/** What to do next; there is always something. */
export function hintOf(error: ApiError, trans: TranslationBundle): string {
  if (error.hint) {
    return error.hint;
  }
  switch (error.status) {
    case 0:
      return trans.__('Check that the Jupyter server still runs.');
    case 403:
      return trans.__('Log in to the Jupyter server again.');
    case 404:
      return trans.__(
        'The server extension is not enabled: run `jupyter server extension enable lumina_jupyter`, then restart.'
      );
    case 422:
      return trans.__('Change what you entered, and send it again.');
    default:
      return trans.__('Run `lumina doctor` in a terminal to see what is wrong.');
  }
}
