import * as React from 'react';
import { AskedCards, useApprovals } from '../../approvals/cards';
import type { IApprovals } from '../../approvals/tokens';
import { useServices } from './services';
import { useTurnNotebook } from './turnContext';

/** What an answer's tools ask a person, and what became of it. */
export function TurnApprovals({ turn }: { turn: string }): React.ReactElement | null {
  const { approvals } = useServices();
  return approvals && <Asked approvals={approvals} turn={turn} />;
}

function Asked({ approvals, turn }: { approvals: IApprovals; turn: string }) {
  const { model, trans } = useServices();
  const here = useTurnNotebook();
  const shown = useApprovals(approvals).all.filter(({ run }) => run === turn);
  const numberOf = (cell: string) =>
    (model.notebookView()?.cells?.findIndex(({ id }) => id === cell) ?? -1) + 1;
  return (
    <AskedCards approvals={approvals} shown={shown} trans={trans} here={here} numberOf={numberOf} />
  );
}
