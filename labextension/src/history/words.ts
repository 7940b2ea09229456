import type { TranslationBundle } from '@jupyterlab/translation';
import type { components } from '../api';

export type Moment = components['schemas']['Moment'];
export type MomentView = components['schemas']['MomentView'];
export type Comparison = components['schemas']['Comparison'];
export type CellDifference = components['schemas']['CellDifference'];

/** The moments of one day. */
export interface IDay {
  readonly label: string;
  readonly moments: readonly Moment[];
}

/** Moments by the day of whoever looks at them, in their order. */
export function byDay(moments: readonly Moment[], now: Date, trans: TranslationBundle): IDay[] {
  const days: { label: string; moments: Moment[] }[] = [];
  for (const moment of moments) {
    const label = dayOf(new Date(moment.at * 1000), now, trans);
    const last = days[days.length - 1];
    if (last?.label === label) {
      last.moments.push(moment);
    } else {
      days.push({ label, moments: [moment] });
    }
  }
  return days;
}

function dayOf(day: Date, now: Date, trans: TranslationBundle): string {
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1);
  if (day.toDateString() === now.toDateString()) {
    return trans.__('Today');
  }
  if (day.toDateString() === yesterday.toDateString()) {
    return trans.__('Yesterday');
  }
  const year = day.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' as const };
  return day.toLocaleDateString(undefined, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    ...year
  });
}

/** The time of day, for the list. */
export function timeOf(moment: Moment): string {
  return new Date(moment.at * 1000).toLocaleTimeString(undefined, {
    hour: '2-digit',
    minute: '2-digit'
  });
}

/** Day and time, for where no day stands above. */
export function whenOf(moment: Moment): string {
  return new Date(moment.at * 1000).toLocaleString(undefined, {
    dateStyle: 'medium',
    timeStyle: 'short'
  });
}

/** Why there is this moment. */
export function reasonOf(moment: Moment, trans: TranslationBundle): string {
  switch (moment.reason) {
    case 'run':
      return trans.__('Edited by an agent');
    case 'undone_run':
      return trans.__('Edited by an agent, undone since');
    case 'before_run':
      return trans.__('Before an agent’s edits');
    case 'before_reconnect':
      return trans.__('Before copies were merged');
    case 'before_restore':
      return trans.__('Before a restore');
    case 'recovery':
      return trans.__('Recovery copy');
    default:
      return trans.__('Saved');
  }
}

/** Who brought it about; empty when that is not known. */
export function whoOf(moment: Moment, trans: TranslationBundle): string {
  const { by, changed_by: editors, model } = moment;
  if (by && by === editors) {
    return ''; // it stands with the changes
  }
  return by && model ? trans.__('%1 with %2', by, model) : by || model;
}

/** What changed since the moment before, in short. */
export function changesOf(moment: Moment, trans: TranslationBundle): string {
  if (moment.damaged) {
    return trans.__('Damaged on the disk');
  }
  const parts = [
    moment.added && trans.__('%1 added', moment.added),
    moment.edited && trans.__('%1 edited', moment.edited),
    moment.removed && trans.__('%1 removed', moment.removed)
  ].filter(part => part);
  const cells = trans._n('%1 cell', '%1 cells', moment.cells);
  const changes = parts.length ? `${cells}: ${parts.join(', ')}` : cells;
  return moment.changed_by ? trans.__('%1, by %2', changes, moment.changed_by) : changes;
}

/** What became of a cell since then. */
export function fateOf(cell: CellDifference, trans: TranslationBundle): string {
  if (cell.change === 'added') {
    return trans.__('New since then');
  }
  if (cell.change === 'removed') {
    return trans.__('Deleted since then');
  }
  const parts = [
    cell.lines.length > 0 && trans.__('edited'),
    cell.retyped && trans.__('another type'),
    cell.moved && trans.__('moved'),
    cell.outputs && trans.__('other outputs'),
    cell.metadata && trans.__('other metadata')
  ].filter(part => part) as string[];
  const told = parts.join(', ');
  return told.charAt(0).toUpperCase() + told.slice(1);
}

/** How many lines came and went, as "+2 −1"; empty when none did. */
export function linesOf(cell: CellDifference): string {
  const parts = [
    cell.lines_added && `+${cell.lines_added}`,
    cell.lines_removed && `\u2212${cell.lines_removed}`
  ];
  return parts.filter(part => part).join(' ');
}

/** What a cell is called: by its number now, or by the one that it had. */
export function nameOf(cell: CellDifference, trans: TranslationBundle): string {
  return cell.number_after
    ? trans.__('Cell #%1', cell.number_after)
    : trans.__('Former cell #%1', cell.number_before);
}

/** What changed since then, in one sentence. */
export function verdict(found: Comparison, trans: TranslationBundle): string {
  const { cells, metadata } = found;
  if (cells.length) {
    return trans._n('%1 cell differs from now.', '%1 cells differ from now.', cells.length);
  }
  return metadata
    ? trans.__('The cells are as they are now; the notebook’s metadata differ.')
    : trans.__('The notebook is now as it was then.');
}
