import type { TranslationBundle } from '@jupyterlab/translation';
import type { Status } from './model';
import { summarise } from './summary';

/** The status as plain text for a bug report; it holds nothing secret. */
export function diagnostics(
  status: Status,
  lab: { version: string },
  trans: TranslationBundle
): string {
  const { sentence, hint } = summarise(status, trans);
  const lines: [string, string][] = [
    ['Status', sentence],
    ['Hint', hint],
    ['JupyterLab', lab.version],
    ['Browser', navigator.userAgent]
  ];
  if (status.kind === 'known') {
    const { version, default_model, data_dir, uptime_seconds } = status.health;
    lines.push(
      ['Lumina', version],
      ['Default model', default_model],
      ['Data folder', data_dir],
      ['Running for', `${Math.round(uptime_seconds)} s`]
    );
  } else if (status.kind === 'failed') {
    lines.push(['HTTP status', String(status.error.status)]);
  }
  return lines
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n');
}
