import { NotebookModel } from '@jupyterlab/notebook';
import { describe, expect, it } from 'vitest';
import { OPEN_POLICY, readPolicy } from '../../src/notebook/policy';

describe('readPolicy', () => {
  it('takes for off what somebody wrote by hand that is neither true nor absent', () => {
    const model = new NotebookModel();
    expect(readPolicy(model)).toEqual(OPEN_POLICY);
    for (const said of ['no', 0, false, [], {}]) {
      model.setMetadata('lumina', {
        policy: { assistant: said, ghost_text: said, variables: said }
      });
      expect(readPolicy(model)).toEqual({ assistant: false, ghost_text: false, variables: 'off' });
    }
    for (const other of ['off', 5, null, { policy: 'off' }, { policy: { assistant: null } }]) {
      model.setMetadata('lumina', other);
      expect(readPolicy(model)).toEqual(OPEN_POLICY);
    }
    model.dispose();
  });
});
