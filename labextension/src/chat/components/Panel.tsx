import * as React from 'react';
import type { IConversationSnapshot } from '../model';
import { AgentCard } from './AgentCard';
import { Banner } from './Banner';
import { Composer } from './Composer';
import { FirstUse } from './FirstUse';
import { Header } from './Header';
import { MessageList } from './MessageList';
import { typingText } from './People';
import { useServices } from './services';
import { TurnNotebookProvider } from './turnContext';
import { useAnswerAnnouncements } from './useAnswerAnnouncements';
import { useConversation, usePanel } from './useSnapshot';

/** The whole chat panel. */
export function Panel(): React.ReactElement {
  const { model, trans } = useServices();
  const panel = usePanel(model);
  const snapshot = useConversation(panel.conversation);
  const [asked, setAsked] = React.useState(0);
  const [target, setTarget] = React.useState('');
  useAnswerAnnouncements(panel.conversation, snapshot);
  const store = panel.conversation;
  const typing = typingText(snapshot?.people ?? [], trans);
  const notebook = panel.document.kind === 'notebook' ? panel.document.path : '';
  return (
    <TurnNotebookProvider value={notebook}>
      <Header panel={panel} people={snapshot?.people ?? []} onOpen={setTarget} />
      <Banner panel={panel} connection={snapshot?.connection ?? null} />
      <div className="jp-LuminaChat-body">
        {store && snapshot && isShown(snapshot) ? (
          <MessageList
            key={store.id}
            store={store}
            snapshot={snapshot}
            asked={asked}
            target={target}
          />
        ) : (
          <Empty panel={panel} snapshot={snapshot} />
        )}
      </div>
      <AgentCard conversation={panel.selected?.id ?? ''} />
      <div className="jp-LuminaChat-typing" aria-live="polite">
        {typing}
      </div>
      <Composer
        panel={panel}
        running={snapshot?.running ?? []}
        onAsked={() => {
          setTarget('');
          setAsked(value => value + 1);
        }}
      />
    </TurnNotebookProvider>
  );
}

/** Whether there is something to read; a log that is still being read is not shown half. */
function isShown(snapshot: IConversationSnapshot): boolean {
  return snapshot.path.length > 0 && (snapshot.caughtUp || snapshot.connection.state === 'offline');
}

function Empty(props: {
  panel: ReturnType<typeof usePanel>;
  snapshot: IConversationSnapshot | null;
}): React.ReactElement {
  const { trans } = useServices();
  const { panel, snapshot } = props;
  const reading =
    (snapshot && !snapshot.caughtUp && snapshot.connection.state === 'connecting') ||
    (!panel.selected && panel.conversations.state === 'loading');
  if (reading) {
    return (
      <div className="jp-LuminaChat-loading" role="status">
        {trans.__('Reading the conversation…')}
      </div>
    );
  }
  return <FirstUse panel={panel} />;
}
