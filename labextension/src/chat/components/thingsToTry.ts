import type { TranslationBundle } from '@jupyterlab/translation';
import type { ICellView, INotebookView } from '../model';

/** Something that can be asked with one click. */
export interface IThing {
  readonly label: string;
  readonly text: string;
}

const MOST = 3;
const FRAME =
  /^\s*([A-Za-z_]\w*)\s*=\s*(?:pd|pl|pandas|polars)\.(?:read_\w+|scan_\w+|DataFrame)\s*\(/m;

/** Three things to try on a notebook, chosen from what really is in it. */
export function thingsToTry(view: INotebookView | undefined, trans: TranslationBundle): IThing[] {
  const cells = view?.cells ?? [];
  const code = cells.filter(cell => cell.kind === 'code' && cell.source?.trim());
  const things: IThing[] = [];
  const failed = lastOf(cells, isFailed);
  if (failed) {
    const number = cells.indexOf(failed) + 1;
    things.push({
      label: trans.__('Fix the error in cell %1', number),
      text: `/fix @cell:#${number}`
    });
  }
  const frame = lastOf(code, cell => FRAME.test(cell.source ?? ''));
  const name = frame && FRAME.exec(frame.source ?? '')?.[1];
  if (name) {
    things.push(
      {
        label: trans.__('Plot what is interesting in %1', name),
        text: trans.__('Plot what is most interesting in @%1.', name)
      },
      {
        label: trans.__('Check %1 for missing or odd values', name),
        text: trans.__('Check @%1 for missing, duplicate and odd values.', name)
      }
    );
  }
  if (code.length > 1) {
    things.push({
      label: trans.__('Explain this notebook'),
      text: trans.__('Explain step by step what @notebook does.')
    });
  } else if (code.length === 1) {
    things.push({ label: trans.__('Explain this cell'), text: '/explain @cell' });
  }
  if (code.length) {
    things.push({
      label: trans.__('Suggest the next step'),
      text: trans.__('What would be a good next step in @notebook? Show the code.')
    });
  }
  things.push(
    {
      label: trans.__('Load a CSV file and look at it'),
      text: trans.__('Show me how to load a CSV file with pandas and get a first overview.')
    },
    {
      label: trans.__('Make an example table and plot it'),
      text: trans.__('Make a small example table with pandas and plot it.')
    },
    {
      label: trans.__('What can you do here?'),
      text: trans.__(
        'What can you help me with in a Jupyter notebook? Answer in five short points.'
      )
    }
  );
  return things.slice(0, MOST);
}

function isFailed(cell: ICellView): boolean {
  return (cell.outputs ?? []).some(output => output['output_type'] === 'error');
}

function lastOf<T>(items: readonly T[], fits: (item: T) => boolean): T | undefined {
  return [...items].reverse().find(fits);
}
