import { NotebookModel } from '@jupyterlab/notebook';
import { describe, expect, it } from 'vitest';
import { OPEN_POLICY, readPolicy, writePolicy } from '../../src/notebook/policy';

describe('a notebook’s policy', () => {
  it('is open where the notebook says nothing', () => {
    expect(readPolicy(new NotebookModel())).toEqual(OPEN_POLICY);
  });

  it('is read as it was written, and other metadata stays', () => {
    const model = new NotebookModel();
    model.setMetadata('lumina', { other: 1, policy: { future: true } });
    writePolicy(model, { variables: 'schema-only', ghost_text: false });
    expect(readPolicy(model)).toEqual({
      ...OPEN_POLICY,
      variables: 'schema-only',
      ghost_text: false
    });
    expect(model.getMetadata('lumina')).toEqual({
      other: 1,
      policy: { future: true, variables: 'schema-only', ghost_text: false }
    });
  });

  it('leaves nothing behind when it is open again', () => {
    const model = new NotebookModel();
    writePolicy(model, { variables: 'off' });
    writePolicy(model, { variables: 'values' });
    expect(model.getMetadata('lumina')).toBeUndefined();
  });

  it.each([[5], ['everything'], [null], [{}]])('takes %j for variables as off', variables => {
    const model = new NotebookModel();
    model.setMetadata('lumina', { policy: { variables } });
    expect(readPolicy(model).variables).toBe(variables === null ? 'values' : 'off');
  });
});
