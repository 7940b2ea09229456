import type { TranslationBundle } from '@jupyterlab/translation';
import {
  caretDownIcon,
  caretUpIcon,
  checkIcon,
  closeIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Reviewing } from './reviewing';

interface ICommand {
  readonly id: string;
  readonly label: string;
  readonly caption: string;
  readonly icon: LabIcon;
  /** Whether it means a change that the person is at. */
  readonly atChange: boolean;
  execute(reviewing: Reviewing): void | Promise<void>;
}

/** Make commands of what can be done with the proposals for the notebook on top; their ids. */
export function addCommands(
  commands: CommandRegistry,
  current: () => Reviewing | null,
  trans: TranslationBundle
): string[] {
  const added = commandsFor(trans);
  for (const { id, label, caption, icon, atChange, execute } of added) {
    commands.addCommand(id, {
      label,
      caption,
      icon,
      describedBy: { args: { type: 'object', properties: {} } },
      isEnabled: () => {
        const reviewing = current();
        return !!reviewing?.review.entries.length && (!atChange || !!reviewing.current);
      },
      execute: async () => {
        const reviewing = current();
        if (reviewing) {
          await execute(reviewing);
        }
      }
    });
  }
  return added.map(({ id }) => id);
}

function commandsFor(trans: TranslationBundle): ICommand[] {
  const decideCell = (accept: boolean) => async (reviewing: Reviewing) => {
    const entry = reviewing.current?.entry;
    if (entry) {
      await reviewing.review.decide({ accept, entry });
    }
  };
  return [
    {
      id: 'lumina:accept-proposals',
      label: trans.__('Accept All Proposals'),
      caption: trans.__('Accept everything that is proposed for this notebook'),
      icon: checkIcon,
      atChange: false,
      execute: ({ review }) => review.decide({ accept: true })
    },
    {
      id: 'lumina:refuse-proposals',
      label: trans.__('Refuse All Proposals'),
      caption: trans.__('Refuse everything that is proposed for this notebook'),
      icon: closeIcon,
      atChange: false,
      execute: ({ review }) => review.decide({ accept: false })
    },
    {
      id: 'lumina:accept-proposed-cell',
      label: trans.__('Accept Proposal for Cell'),
      caption: trans.__('Accept all that is proposed for the cell you are at'),
      icon: checkIcon,
      atChange: true,
      execute: decideCell(true)
    },
    {
      id: 'lumina:refuse-proposed-cell',
      label: trans.__('Refuse Proposal for Cell'),
      caption: trans.__('Refuse all that is proposed for the cell you are at'),
      icon: closeIcon,
      atChange: true,
      execute: decideCell(false)
    },
    {
      id: 'lumina:accept-proposed-change',
      label: trans.__('Accept One Proposed Change'),
      caption: trans.__('Accept the proposed change at the cursor'),
      icon: checkIcon,
      atChange: true,
      execute: reviewing => reviewing.decide(true)
    },
    {
      id: 'lumina:refuse-proposed-change',
      label: trans.__('Refuse One Proposed Change'),
      caption: trans.__('Refuse the proposed change at the cursor'),
      icon: closeIcon,
      atChange: true,
      execute: reviewing => reviewing.decide(false)
    },
    {
      id: 'lumina:next-proposal',
      label: trans.__('Next Change of a Proposal'),
      caption: trans.__('Go to the next change that is proposed for this notebook'),
      icon: caretDownIcon,
      atChange: false,
      execute: reviewing => reviewing.go(1)
    },
    {
      id: 'lumina:previous-proposal',
      label: trans.__('Previous Change of a Proposal'),
      caption: trans.__('Go to the change before that is proposed for this notebook'),
      icon: caretUpIcon,
      atChange: false,
      execute: reviewing => reviewing.go(-1)
    }
  ];
}
