import * as React from 'react';

/** What to do next; what stands in backticks is shown as code. */
export function Hint(props: { text: string }): React.ReactElement {
  return (
    <p className="jp-LuminaChat-hint">
      {props.text
        .split('`')
        .map((part, index) =>
          index % 2 ? (
            <code key={index}>{part}</code>
          ) : (
            <React.Fragment key={index}>{part}</React.Fragment>
          )
        )}
    </p>
  );
}
