import type { Approval } from '../../src/approvals/tokens';

/** An approval that waits. */
export function approval(id: string, change: Partial<Approval> = {}): Approval {
  return {
    id,
    state: 'pending',
    tool: 'edit_cell',
    title: 'Edit a cell',
    source: 'lumina',
    tool_digest: 'd',
    effects: ['write'],
    actor_kind: 'agent',
    actor_name: 'Lumina',
    user: 'ana',
    run: 'run_1',
    conversation: '',
    notebook: 'a.ipynb',
    target: { kind: 'cell', name: 'c1', notebook: 'a.ipynb', cell: 'c1', hash: '' },
    arguments: '{}',
    preview: { summary: 'Edits the cell c1 of a.ipynb.', diff: '', code: '' },
    reason: '',
    scopes: ['cell', 'run', 'always'],
    created_at: 1000,
    expires_at: 1900,
    decided_at: null,
    decided_by: '',
    note: '',
    audience: '',
    ...change
  };
}
