import { describe, expect, it } from 'vitest';
import plugins from '../src';

describe('the plugins', () => {
  it('have names of their own below the package’s', () => {
    const ids = plugins.map(plugin => plugin.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.filter(id => !id.startsWith('lumina-jupyter:'))).toEqual([]);
  });

  it('say what they are for', () => {
    expect(plugins.filter(plugin => !plugin.description).map(plugin => plugin.id)).toEqual([]);
  });
});
