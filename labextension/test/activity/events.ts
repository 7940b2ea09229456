import type { ILogged, RunEvent } from '../../src/activity/wire';

/** Events as a run's log holds them, numbered from 1; what is not told of one is as if it were empty. */
export function logOf(...events: readonly { type: string; [field: string]: unknown }[]): ILogged[] {
  return events.map((event, at) => ({
    sequence: at + 1,
    at: 1000 + at,
    event: event as unknown as RunEvent
  }));
}

export const PLAN = {
  phases: [
    {
      title: 'Mend',
      steps: [
        { id: 's1', title: 'Mend the cell', tool: 'edit_cell', check: { kind: 'runs', text: '' } },
        { id: 's2', title: 'Run it', tool: 'run_cell', check: { kind: 'none', text: '' } }
      ]
    },
    { title: 'Tell', steps: [{ id: 's3', title: 'Note', tool: 'add_cell' }] }
  ],
  answers: false,
  note: ''
};

/** A run that mends a cell: its step fails a check, and does at the second attempt. */
export const MENDED = logOf(
  { type: 'state', state: 'reading', why: '' },
  { type: 'shifted', before: 0, after: 2, why: '', model: 'lab/m' },
  { type: 'task', task: { action: 'fix', target_kind: 'cell', target: 'c1' } },
  { type: 'thought', text: 'Let me ', step: '' },
  { type: 'thought', text: 'see.', step: '' },
  { type: 'plan', plan: PLAN },
  {
    type: 'dry_run',
    steps: [{ step: 's1', summary: 'Edits c1', diff: '', permission: 'allow', reason: '' }],
    usd: null,
    seconds: 12,
    tokens: 900
  },
  { type: 'state', state: 'waiting', why: 'The plan waits.' },
  { type: 'plan_decided', verdict: 'approve', by: 'Ana' },
  { type: 'state', state: 'running', why: '' },
  { type: 'phase', title: 'Mend', number: 1 },
  { type: 'step', step: 's1', title: 'Mend the cell', number: 1, attempt: 1 },
  { type: 'checkpoint', step: 's1', covers: ['cells'], not_covered: ['model'] },
  { type: 'wrote', step: 's1', text: '1 /' },
  { type: 'called', step: 's1', tool: 'edit_cell', result: 'Edited.', cell: 'c1', seconds: 0.2 },
  { type: 'checked', step: 's1', passed: false, detail: 'SyntaxError' },
  { type: 'recovering', step: 's1', way: 'retry', why: 'It does not run.' },
  { type: 'step', step: 's1', title: 'Mend the cell', number: 1, attempt: 2 },
  { type: 'wrote', step: 's1', text: '1 / 2' },
  { type: 'called', step: 's1', tool: 'edit_cell', result: 'Edited.', cell: 'c1', seconds: 0.1 },
  { type: 'checked', step: 's1', passed: true, detail: '' },
  { type: 'step_ended', step: 's1', status: 'done', why: '' },
  { type: 'step', step: 's2', title: 'Run it', number: 2, attempt: 1 },
  { type: 'approval_needed', step: 's2', approval: 'apr_1', summary: 'Runs c1.' },
  { type: 'approval_settled', step: 's2', approval: 'apr_1', state: 'granted', by: 'Ana' },
  { type: 'said', step: 's2', text: 'running' },
  { type: 'called', step: 's2', tool: 'run_cell', result: '0.5', cell: 'c1', seconds: 1 },
  { type: 'step_ended', step: 's2', status: 'done', why: '' },
  { type: 'question', text: 'A note, too?' },
  { type: 'reply', text: 'No.', by: 'Ana' },
  { type: 'spent', input_tokens: 10, output_tokens: 5, usd: 0.01 },
  { type: 'spent', input_tokens: 1, output_tokens: 1, usd: null },
  { type: 'undone', step: 's2', by: 'Ana', left: ['x'] },
  { type: 'report', report: { outcome: 'partly', summary: 'Mended.', evidence: [] } },
  { type: 'state', state: 'done', why: '' }
);
