import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { unifiedMergeView } from '@codemirror/merge';
import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor';
import * as React from 'react';

/** Unchanged lines that are shown around changed ones. */
const AROUND = 3;

/** How a cell's text changed, as one text to be read: red lines are gone, green ones are new. */
export default function Difference(props: {
  before: string;
  after: string;
  mimeType: string;
  label: string;
  editors: IEditorServices;
}): React.ReactElement {
  const { after, before, editors, label, mimeType } = props;
  // A cell that is new, or gone, is shown as it is: all of it is the change.
  const lone = !before ? 'added' : !after ? 'removed' : '';
  const host = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    if (!host.current) {
      return;
    }
    const model = new CodeEditor.Model({ mimeType });
    // With a last line that ends, a line added behind it is a line more and no other line.
    const ended = (text: string) => (lone ? text : `${text}\n`);
    model.sharedModel.setSource(ended(after || before));
    const editor = editors.factoryService.newInlineEditor({
      host: host.current,
      model,
      config: { lineNumbers: false, searchWithCM: false, readOnly: true },
      extensions: [
        lone
          ? []
          : unifiedMergeView({
              original: ended(before),
              gutter: true,
              mergeControls: false,
              collapseUnchanged: { margin: AROUND, minSize: 2 * AROUND }
            }),
        EditorState.readOnly.of(true),
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true' })
      ]
    });
    return () => {
      editor.dispose();
      model.dispose();
    };
  }, [after, before, editors, label, lone, mimeType]);
  return <div className="jp-Lumina-diff jp-LuminaHistory-diff" data-lone={lone} ref={host} />;
}
