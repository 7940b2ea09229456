import type { TranslationBundle } from '@jupyterlab/translation';
import type { VariablePolicy } from '../types';

/** What a policy lets models see of variables, in words. */
export function policyName(policy: VariablePolicy, trans: TranslationBundle): string {
  switch (policy) {
    case 'values':
      return trans.__('Names, types and values');
    case 'schema-only':
      return trans.__('Names, types, shapes and columns; no values');
    case 'off':
      return trans.__('Nothing');
  }
}
