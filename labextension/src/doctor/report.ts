import type { Finding } from './model';

/** What a bug report needs beside the findings; nothing secret. */
export interface IAbout {
  /** JupyterLab's version. */
  readonly lab: string;
  readonly browser: string;
  readonly finished: Date | null;
}

const MARKS: { [status in Finding['status']]: string } = {
  ok: 'ok',
  warning: '!',
  problem: 'X'
};

/** The findings as plain text, as `lumina doctor` prints them. */
export function report(findings: readonly Finding[], about: IAbout): string {
  const lines = [
    'Lumina doctor',
    ...(about.finished ? [`At: ${about.finished.toISOString()}`] : ['Not finished']),
    `JupyterLab: ${about.lab}`,
    `Browser: ${about.browser}`,
    ''
  ];
  const width = Math.max(0, ...findings.map(finding => finding.check.length));
  for (const { check, fix, status, text } of findings) {
    lines.push(`${MARKS[status].padEnd(2)} ${check.padEnd(width)}  ${text}`);
    if (fix) {
      lines.push(`${' '.repeat(width + 5)}-> ${fix}`);
    }
  }
  return lines.join('\n');
}

/** The findings with what is wrong first; otherwise in their order. */
export function worstFirst(findings: readonly Finding[]): Finding[] {
  const ranks = { problem: 0, warning: 1, ok: 2 };
  return [...findings].sort((one, other) => ranks[one.status] - ranks[other.status]);
}
