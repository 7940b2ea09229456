import * as React from 'react';
import { createPortal } from 'react-dom';
import { useServices } from '../components/services';
import type { IMarkdownBlock, IMarkdownBlocks, IText } from '../model';
import { CodeBlock, CodeHead } from './CodeBlock';
import { fenceLanguage, holdsDiagram } from './fence';
import { nestedCode, type INestedCode } from './nestedCode';
import { usePainted } from './painted';

interface IMarkdownTextProps {
  readonly text: IText;
  /** Whether nothing more will come. */
  readonly final: boolean;
}

/** A text in Markdown that may still grow: its finished blocks are drawn once. */
export const MarkdownText = React.memo(function MarkdownText(props: IMarkdownTextProps) {
  const { newBlocks } = useServices();
  const splitter = React.useRef<IMarkdownBlocks>();
  splitter.current ??= newBlocks();
  const blocks = splitter.current.update(props.text);
  return (
    <div className="jp-LuminaChat-markdown">
      {blocks.map(block => (
        <Block key={block.key} block={block} final={props.final || block.closed} />
      ))}
    </div>
  );
});

const Block = React.memo(function Block(props: { block: IMarkdownBlock; final: boolean }) {
  const { block, final } = props;
  if (!block.source.trim()) {
    return null;
  }
  const language = block.kind === 'code' ? fenceLanguage(block.info) : '';
  if (block.kind === 'code' && !(language === 'mermaid' && final)) {
    return <CodeBlock source={block.source} language={language} final={final} />;
  }
  return <Prose source={block.source} final={final} />;
});

function Prose(props: { source: string; final: boolean }): React.ReactElement {
  const { renderer } = useServices();
  const [nested, setNested] = React.useState<readonly INestedCode[]>([]);
  const theme = React.useSyncExternalStore(renderer.onTheme, renderer.theme);
  const diagram = React.useMemo(() => holdsDiagram(props.source), [props.source]);
  const host = usePainted({
    source: props.source,
    frozen: props.final,
    paint: renderer.markdown,
    settle: renderer.typeset,
    onShown: React.useCallback((shown: HTMLElement) => setNested(nestedCode(shown)), []),
    cache: renderer.cache,
    // A diagram has its colours within, so it is another drawing in another theme.
    way: diagram ? `markdown ${theme}` : 'markdown'
  });
  return (
    <>
      <div className="jp-LuminaChat-prose jp-RenderedHTMLCommon jp-RenderedMarkdown" ref={host} />
      {nested.map(({ place, code, language }, index) =>
        createPortal(<CodeHead code={code} language={language} />, place, String(index))
      )}
    </>
  );
}
