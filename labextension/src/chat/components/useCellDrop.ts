import type { Cell } from '@jupyterlab/cells';
import type { Drag } from '@lumino/dragdrop';
import * as React from 'react';
import { shortId } from '../mentions/cells';

const CELLS = 'application/vnd.jupyter.cells';
const CELL_WIDGETS = 'internal:cells';
const FILES = 'application/x-jupyter-icontents';
const OVER = 'jp-LuminaChat-dropping';

/**
 * Lets cells and files be dropped on an element: each becomes the mention that names it.
 *
 * @param onDrop - Takes the mentions.
 * @param cellIds - The ids of all cells of the notebook.
 */
export function useCellDrop(
  onDrop: (mentions: readonly string[]) => void,
  cellIds: () => readonly string[]
): React.RefObject<HTMLDivElement> {
  const element = React.useRef<HTMLDivElement>(null);
  const drop = React.useRef(onDrop);
  drop.current = onDrop;
  const known = React.useRef(cellIds);
  known.current = cellIds;
  React.useEffect(() => {
    const node = element.current;
    if (!node) {
      return;
    }
    const handle = (event: Event) => {
      const drag = event as Drag.Event;
      if (!drag.mimeData.hasData(CELLS) && !drag.mimeData.hasData(FILES)) {
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      node.classList.toggle(OVER, event.type === 'lm-dragenter' || event.type === 'lm-dragover');
      if (event.type === 'lm-dragleave') {
        return;
      }
      // A cell is mentioned, never moved away from its notebook.
      drag.dropAction = 'copy';
      if (event.type === 'lm-drop') {
        node.classList.remove(OVER);
        drop.current(mentionsOf(drag.mimeData, known.current()));
      }
    };
    const events = ['lm-dragenter', 'lm-dragover', 'lm-dragleave', 'lm-drop'];
    events.forEach(name => node.addEventListener(name, handle));
    return () => events.forEach(name => node.removeEventListener(name, handle));
  }, []);
  return element;
}

/** The mentions that name what is dragged; a cell's id is cut to what still names it alone. */
export function mentionsOf(
  data: Pick<Drag.Event['mimeData'], 'getData'>,
  cellIds: readonly string[]
): string[] {
  const widgets = (data.getData(CELL_WIDGETS) ?? []) as Cell[];
  const copies = (data.getData(CELLS) ?? []) as { id?: unknown }[];
  const ids = widgets.length ? widgets.map(cell => cell.model.id) : copies.map(cell => cell.id);
  const cells = cellIds.map(id => ({ id }));
  const paths = (data.getData(FILES) ?? []) as string[];
  return [
    ...ids
      .filter((id): id is string => typeof id === 'string')
      .map(id => `@cell:${shortId(id, cells)}`),
    ...paths.map(path => (/^[\w./-]+$/.test(path) ? `@file:${path}` : `@file:"${path}"`))
  ];
}
