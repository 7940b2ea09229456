import type { TranslationBundle } from '@jupyterlab/translation';
import type { Provider } from './types';

/** Where a provider's key comes from, as a sentence. */
export function keySentence(provider: Provider, trans: TranslationBundle): string {
  if (provider.name === 'embedded') {
    return trans.__('Runs on this machine; needs no key and no network.');
  }
  if (provider.key_source === 'key store') {
    return trans.__('Its key is kept by Lumina.');
  }
  if (provider.key_source) {
    return trans.__('Its key comes from the environment variable %1.', provider.key_source);
  }
  return provider.needs_key ? trans.__('It needs a key.') : trans.__('It needs no key.');
}

/** How to add a key, as a sentence. */
export function howToAdd(provider: Provider, trans: TranslationBundle): string {
  const [variable] = provider.key_variables;
  if (!variable) {
    return trans.__('Paste a key here; it is kept on the server and never shown again.');
  }
  return trans.__('Paste a key here, or start Jupyter with the environment variable %1.', variable);
}

/** Where what is sent to a provider goes. */
export function placeOf(provider: Provider, trans: TranslationBundle): string {
  return provider.local ? trans.__('on this machine') : hostOf(provider) || trans.__('elsewhere');
}

/** The host of a provider's address; empty when the provider's own library knows it. */
export function hostOf(provider: Provider): string {
  try {
    return new URL(provider.base_url).host;
  } catch {
    return '';
  }
}

/** A number of bytes for people. */
export function bytesOf(count: number): string {
  return count >= 1e9 ? `${(count / 1e9).toFixed(1)} GB` : `${Math.round(count / 1e6)} MB`;
}

/** Seconds for people. */
export function secondsOf(seconds: number): string {
  if (seconds < 0.1) {
    return `${Math.round(seconds * 1000)} ms`;
  }
  return seconds < 10 ? `${seconds.toFixed(1)} s` : `${Math.round(seconds)} s`;
}

/** Dollars for people; tiny amounts keep two digits that say something. */
export function dollarsOf(usd: number): string {
  if (usd === 0) {
    return '$0';
  }
  return usd >= 0.01 ? `$${usd.toFixed(2)}` : `$${usd.toPrecision(2)}`;
}

/** A hint of the server, which may name commands for a terminal, as the next step on this page. */
export function hintHere(hint: string, trans: TranslationBundle): string {
  if (hint.includes('lumina keys set')) {
    return trans.__('Paste a valid key for it on this page.');
  }
  if (hint.includes('lumina pull')) {
    return trans.__('Fetch one on the Models tab.');
  }
  return hint;
}
