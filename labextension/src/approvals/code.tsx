import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { CodeEditor, type IEditorServices } from '@jupyterlab/codeeditor';
import * as React from 'react';

/** Code to be read. */
export default function Code(props: {
  text: string;
  mimeType: string;
  label: string;
  editors: IEditorServices;
}): React.ReactElement {
  const { editors, label, mimeType, text } = props;
  const host = React.useRef<HTMLDivElement>(null);
  React.useEffect(() => {
    if (!host.current) {
      return;
    }
    const model = new CodeEditor.Model({ mimeType });
    model.sharedModel.setSource(text);
    const editor = editors.factoryService.newInlineEditor({
      host: host.current,
      model,
      config: { lineNumbers: false, searchWithCM: false, readOnly: true },
      extensions: [
        EditorState.readOnly.of(true),
        EditorView.contentAttributes.of({ 'aria-label': label, 'aria-readonly': 'true' })
      ]
    });
    return () => {
      editor.dispose();
      model.dispose();
    };
  }, [editors, label, mimeType, text]);
  return <div className="jp-LuminaCode" ref={host} />;
}
