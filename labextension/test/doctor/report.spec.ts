import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/doctor/model';
import { report, worstFirst } from '../../src/doctor/report';

const findings: Finding[] = [
  { check: 'python', status: 'ok', text: 'Python 3.11', fix: '' },
  { check: 'keys', status: 'problem', text: 'Damaged.', fix: 'lumina keys set openai' },
  { check: 'proxy', status: 'warning', text: 'Odd.', fix: 'unset X' }
];

describe('the report', () => {
  it('holds each finding with its next step', () => {
    const about = { lab: '4.6', browser: 'Test', finished: new Date('2026-11-21T10:00:00Z') };
    expect(report(findings, about).split('\n')).toEqual([
      'Lumina doctor',
      'At: 2026-11-21T10:00:00.000Z',
      'JupyterLab: 4.6',
      'Browser: Test',
      '',
      'ok python  Python 3.11',
      'X  keys    Damaged.',
      '           -> lumina keys set openai',
      '!  proxy   Odd.',
      '           -> unset X'
    ]);
  });

  it('says so when the doctor was stopped', () => {
    expect(report([], { lab: '4.6', browser: 'Test', finished: null })).toContain('Not finished');
  });
});

it('shows what is wrong first, and keeps the order otherwise', () => {
  expect(worstFirst(findings).map(finding => finding.check)).toEqual(['keys', 'proxy', 'python']);
});
