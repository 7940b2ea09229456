import { DisposableDelegate, type IDisposable } from '@lumino/disposable';
import { Signal } from '@lumino/signaling';
import type { ISlashCommand, ISlashCommands } from './tokens';

const COMMAND = /^\/([\w-]+)(?:\s+([^]*))?$/;

/** Milliseconds after a failure. */
const ASK_AGAIN = 10_000;

/** The slash commands: those of the features here, and those of the server once they are asked for. */
export class SlashCommands implements ISlashCommands {
  /** @param askServer - Gives the server's commands; tried again later when it fails. */
  constructor(private readonly askServer: () => Promise<readonly ISlashCommand[]>) {}

  readonly changed: Signal<ISlashCommands, void> = new Signal(this);

  add(command: ISlashCommand): IDisposable {
    if (this.own.has(command.name)) {
      throw new Error(`There is a slash command /${command.name} already.`);
    }
    this.own.set(command.name, command);
    this.changed.emit();
    return new DisposableDelegate(() => {
      if (this.own.get(command.name) === command) {
        this.own.delete(command.name);
        this.changed.emit();
      }
    });
  }

  list(): readonly ISlashCommand[] {
    void this.load();
    const all = [...this.own.values(), ...this.server.filter(({ name }) => !this.own.has(name))];
    return all.sort((a, b) => a.name.localeCompare(b.name));
  }

  get(name: string): ISlashCommand | undefined {
    return this.own.get(name) ?? this.server.find(command => command.name === name);
  }

  match(text: string): { command: ISlashCommand; argument: string } | null {
    const [, name = '', argument = ''] = COMMAND.exec(text.trim()) ?? [];
    const command = this.own.get(name);
    return command?.run ? { command, argument } : null;
  }

  private async load(): Promise<void> {
    if (Date.now() < this.askAgainAt) {
      return;
    }
    this.askAgainAt = Infinity;
    try {
      this.server = await this.askServer();
      this.changed.emit();
    } catch {
      // Those of the panel are there all the same, and a later look asks again.
      this.askAgainAt = Date.now() + ASK_AGAIN;
    }
  }

  private readonly own = new Map<string, ISlashCommand>();
  private server: readonly ISlashCommand[] = [];
  private askAgainAt = 0;
}
