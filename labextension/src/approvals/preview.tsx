import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';
import { stretchesOf } from './unified';

/** CodeMirror's comparison and editor are fetched when the first one is shown. */
const Difference = React.lazy(() => import('../history/difference'));
const Code = React.lazy(() => import('./code'));

/** Stretches that are shown each as a comparison; of more, the diff's text is shown. */
const MOST = 8;

interface IShown {
  readonly label: string;
  readonly mimeType: string;
  readonly editors: IEditorServices;
}

/** What would change, from a unified diff. */
export function DiffPreview(
  props: IShown & { diff: string; trans: TranslationBundle }
): React.ReactElement {
  const { diff, editors, label, mimeType, trans } = props;
  const parsed = React.useMemo(() => stretchesOf(diff), [diff]);
  const plain = (
    <pre className="jp-LuminaCode-plain" tabIndex={0} aria-label={label}>
      {diff}
    </pre>
  );
  if (!parsed || parsed.stretches.length > MOST) {
    return plain;
  }
  return (
    <>
      {parsed.stretches.map(({ before, after, line }, at) => (
        <React.Fragment key={at}>
          {parsed.stretches.length > 1 && (
            <p className="jp-LuminaCode-where">{trans.__('From line %1', line)}</p>
          )}
          <React.Suspense fallback={<pre className="jp-LuminaCode-plain">{after}</pre>}>
            <Difference
              before={before}
              after={after}
              mimeType={mimeType}
              label={label}
              editors={editors}
            />
          </React.Suspense>
        </React.Fragment>
      ))}
      {parsed.rest && <p className="jp-LuminaCode-where">{parsed.rest}</p>}
    </>
  );
}

/** Code that would run, or was written. */
export function CodePreview(props: IShown & { text: string }): React.ReactElement {
  const { text, ...shown } = props;
  return (
    <React.Suspense fallback={<pre className="jp-LuminaCode-plain">{text}</pre>}>
      <Code text={text} {...shown} />
    </React.Suspense>
  );
}

/** The language that a tool's text is in, as far as its name and the file's tell. */
export function mimeTypeFor(tool: string, path: string, editors: IEditorServices): string {
  const types = editors.mimeTypeService;
  if (/shell/.test(tool)) {
    return types.getMimeTypeByFilePath('script.sh');
  }
  return path && !path.endsWith('.ipynb')
    ? types.getMimeTypeByFilePath(path)
    : types.getMimeTypeByFilePath('cell.py');
}
