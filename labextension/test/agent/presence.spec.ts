import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import { newsOf } from '../../src/agent/events';
import { agentsIn, agentsTold } from '../../src/agent/presence';
import { clock, told, toldHere } from '../../src/agent/words';

const trans = nullTranslator.load('');

function state(elapsed: number | null, doing = 'running') {
  return {
    user: { name: 'Lumina', display_name: 'Lumina' },
    lumina: { agent: true, run: 'r', cell: 'a', doing, elapsed, execution: 'x' }
  };
}

describe('agentsIn', () => {
  it('finds the agents among the people', () => {
    const people = { user: { name: 'ana', display_name: 'Ana' }, cursors: [] };
    const agents = agentsIn([people, state(31)], 100_000);
    expect(agents).toEqual([
      { name: 'Lumina', run: 'r', cell: 'a', doing: 'running', since: 69_000, execution: 'x' }
    ]);
  });

  it('has a name for every agent, and no clock before something runs', () => {
    expect(agentsIn([{ lumina: { agent: true } }], 0)[0]).toMatchObject({
      ...{ name: 'Lumina', doing: '', since: null }
    });
  });

  it('lets a clock run on though messages come late', () => {
    const before = agentsIn([state(1)], 10_000);
    expect(agentsIn([state(2)], 11_300, before)[0]!.since).toBe(before[0]!.since);
    expect(agentsIn([state(0)], 20_000, before)[0]!.since).toBe(20_000);
  });
});

describe('agentsTold', () => {
  it('is the same from the server', () => {
    const one = { name: 'Lumina', run: 'r', user: '', cell: 'a', execution: 'x' };
    expect(agentsTold([{ ...one, doing: 'running', elapsed: 31 }], 100_000)).toEqual(
      agentsIn([state(31)], 100_000)
    );
  });
});

describe('what is told', () => {
  it('names the cell by its number', () => {
    const [agent] = agentsIn([state(5)], 0);
    expect(told(agent!, 4, trans)).toBe('Lumina is running cell 4');
    expect(toldHere(agent!, trans)).toBe('Lumina is running this');
    expect(told({ ...agent!, doing: 'editing' }, 4, trans)).toBe('Lumina is editing cell 4');
    expect(told({ ...agent!, doing: 'waiting' }, 4, trans)).toBe('Lumina waits to run cell 4');
    expect(told(agent!, 0, trans)).toBe('Lumina is here');
  });

  it('has time in minutes, and in hours after a while', () => {
    expect(clock(0, 31_900)).toBe('00:31');
    expect(clock(0, 3_725_000)).toBe('1:02:05');
    expect(clock(1_000, 0)).toBe('00:00');
    expect(clock(null, 0)).toBe('');
  });
});

describe('newsOf', () => {
  it('takes each topic in its shape alone', () => {
    const event = (name: string, data: unknown) =>
      newsOf({ event: name, data: JSON.stringify(data) } as never);
    expect(event('file', { file: { last_modified: 'x' } })).toEqual({
      file: { last_modified: 'x' }
    });
    expect(event('file', { file: [] })).toBeNull();
    expect(event('agents', { agents: [] })).toEqual({ agents: [] });
    expect(event('agents', { agents: {} })).toBeNull();
    expect(event('agents', { agents: null })).toBeNull();
    expect(event('weather', { weather: [] })).toBeNull();
  });
});
