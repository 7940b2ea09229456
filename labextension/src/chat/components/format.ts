import type { TranslationBundle } from '@jupyterlab/translation';

function locale(): string | undefined {
  return document.documentElement.lang || undefined;
}

/** A number of tokens, as people write numbers. */
export function count(value: number): string {
  return value.toLocaleString(locale());
}

/** The time of day, with the day when it is not today's. */
export function shortTime(seconds: number, now = new Date()): string {
  const date = new Date(seconds * 1000);
  const time = date.toLocaleTimeString(locale(), { hour: '2-digit', minute: '2-digit' });
  if (date.toDateString() === now.toDateString()) {
    return time;
  }
  const sameYear = date.getFullYear() === now.getFullYear();
  const day = date.toLocaleDateString(locale(), {
    day: 'numeric',
    month: 'short',
    ...(sameYear ? {} : { year: 'numeric' })
  });
  return `${day}, ${time}`;
}

/** A moment in full, for hovering. */
export function fullTime(seconds: number): string {
  return new Date(seconds * 1000).toLocaleString(locale(), {
    dateStyle: 'full',
    timeStyle: 'medium'
  });
}

/** How long something took. */
export function duration(seconds: number, trans: TranslationBundle): string {
  if (seconds < 60) {
    const digits = seconds < 10 ? 1 : 0;
    return trans.__('%1 s', seconds.toLocaleString(locale(), { maximumFractionDigits: digits }));
  }
  return trans.__('%1 min %2 s', Math.floor(seconds / 60), Math.round(seconds % 60));
}

/** An amount in US dollars: cents in full, less than a cent with two digits that say something. */
export function dollars(usd: number): string {
  const small = usd > 0 && usd < 0.01;
  return usd.toLocaleString(locale(), {
    style: 'currency',
    currency: 'USD',
    ...(small ? { maximumSignificantDigits: 2 } : { maximumFractionDigits: usd < 1 ? 3 : 2 })
  });
}

/** A model's name without its provider. */
export function modelName(model: string): string {
  return model.slice(model.indexOf('/') + 1);
}
