import { isCodeCellModel, type ICellModel } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { CellView } from '../notebook/fit';
import { shortOutput } from '../notebook/shorten';
import type { NotebookView } from '../notebook/view';

/** A notebook as its map needs it: every source whole, for one that was cut would count as edited. */
export function mapView(panel: NotebookPanel): NotebookView {
  const { model } = panel.content;
  return {
    path: panel.context.localPath,
    language: model?.defaultKernelLanguage || 'python',
    cells: model ? Array.from(model.cells, cellOf) : [],
    active_cell: '',
    policy: {}
  };
}

function cellOf(model: ICellModel): CellView {
  const kind = model.type === 'code' || model.type === 'markdown' ? model.type : 'raw';
  const source = model.sharedModel.getSource();
  if (!isCodeCellModel(model)) {
    return { id: model.id, kind, source };
  }
  const outputs = [];
  for (let at = 0; at < model.outputs.length; at++) {
    const output = model.outputs.get(at);
    if (output.type === 'error') {
      outputs.push(shortOutput(output.toJSON(), false));
    }
  }
  return { id: model.id, kind, source, execution_count: model.executionCount ?? null, outputs };
}
