import type { TranslationBundle } from '@jupyterlab/translation';
import type { IWorkingAgent } from './presence';

/** What an agent does, with its name; `number` is that of the cell, 0 when it has none. */
export function told(agent: IWorkingAgent, number: number, trans: TranslationBundle): string {
  const { name } = agent;
  if (!number) {
    return trans.__('%1 is here', name);
  }
  switch (agent.doing) {
    case 'running':
      return trans.__('%1 is running cell %2', name, number);
    case 'waiting':
      return trans.__('%1 waits to run cell %2', name, number);
    case 'editing':
      return trans.__('%1 is editing cell %2', name, number);
    default:
      return trans.__('%1 is in cell %2', name, number);
  }
}

/** The same in the cell itself. */
export function toldHere({ doing, name }: IWorkingAgent, trans: TranslationBundle): string {
  switch (doing) {
    case 'running':
      return trans.__('%1 is running this', name);
    case 'waiting':
      return trans.__('%1 waits to run this', name);
    case 'editing':
      return trans.__('%1 is editing', name);
    default:
      return name;
  }
}

/** Time that has gone by since, as "00:31" or "1:02:05"; empty when nothing has begun. */
export function clock(since: number | null, now: number): string {
  if (since === null) {
    return '';
  }
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  const two = (part: number) => String(part).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const short = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${short}` : short;
}
