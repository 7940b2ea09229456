import {
  fieldsOf,
  listOf,
  numberOf,
  numberOrNull,
  textOf,
  type Fields
} from '../chat/model/fields';
import type { IDryRun, IEvidence, IPlan, IReport, IStep } from './wire';

/** A plan as it is on the wire. */
export function planOf(told: unknown): IPlan {
  const fields = fieldsOf(told);
  return {
    phases: listOf<Fields>(fields, 'phases').map(phase => ({
      title: textOf(phase, 'title'),
      steps: listOf<Fields>(phase, 'steps').map(stepOf)
    })),
    note: textOf(fields, 'note')
  };
}

function stepOf(fields: Fields): IStep {
  const check = fieldsOf(fields['check']);
  return {
    id: textOf(fields, 'id'),
    title: textOf(fields, 'title') || textOf(fields, 'tool'),
    tool: textOf(fields, 'tool'),
    expects: textOf(fields, 'expects'),
    check: { kind: textOf(check, 'kind') || 'none', text: textOf(check, 'text') }
  };
}

/** What a dry run says. */
export function dryRunOf(fields: Fields): IDryRun {
  return {
    steps: listOf<Fields>(fields, 'steps').map(step => ({
      step: textOf(step, 'step'),
      summary: textOf(step, 'summary'),
      diff: textOf(step, 'diff'),
      permission: permissionOf(textOf(step, 'permission')),
      reason: textOf(step, 'reason')
    })),
    usd: numberOrNull(fields, 'usd'),
    seconds: numberOf(fields, 'seconds'),
    tokens: numberOf(fields, 'tokens')
  };
}

function permissionOf(told: string): 'allow' | 'ask' | 'deny' {
  return told === 'allow' || told === 'deny' ? told : 'ask';
}

/** A report as it is on the wire. */
export function reportOf(told: unknown): IReport {
  const fields = fieldsOf(told);
  return {
    outcome: (textOf(fields, 'outcome') || 'done') as IReport['outcome'],
    summary: textOf(fields, 'summary'),
    answer: textOf(fields, 'answer'),
    done: listOf<string>(fields, 'done'),
    left: listOf<string>(fields, 'left'),
    evidence: listOf<Fields>(fields, 'evidence').map(evidenceOf),
    not_covered: listOf<string>(fields, 'not_covered'),
    input_tokens: numberOf(fields, 'input_tokens'),
    output_tokens: numberOf(fields, 'output_tokens'),
    usd: numberOrNull(fields, 'usd'),
    seconds: numberOf(fields, 'seconds')
  };
}

function evidenceOf(fields: Fields): IEvidence {
  return {
    step: textOf(fields, 'step'),
    claim: textOf(fields, 'claim'),
    cell: textOf(fields, 'cell'),
    source_hash: textOf(fields, 'source_hash'),
    output_hash: textOf(fields, 'output_hash'),
    excerpt: textOf(fields, 'excerpt')
  };
}
