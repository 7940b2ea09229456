import type { components } from '../../src/api';

type PersonQuestion = components['schemas']['PersonQuestion'];

/** A question that waits. */
export function question(change: Partial<PersonQuestion> = {}): PersonQuestion {
  return {
    id: 'ask_1',
    state: 'pending',
    source: 'mcp:shop',
    who: 'The MCP server shop',
    message: 'Which color?',
    fields: form({ color: { type: 'string' } }),
    url: '',
    user: 'ana',
    audience: '',
    notebook: 'a.ipynb',
    conversation: 'c1',
    run: 'turn_1',
    call_id: 'call_1',
    created_at: 1000,
    expires_at: 1300,
    note: '',
    ...change
  };
}

/** The schema of a form. */
export function form(
  properties: Record<string, unknown>,
  ...required: string[]
): Record<string, unknown> {
  return { type: 'object', properties, required };
}
