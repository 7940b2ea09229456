import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal, type ISignal } from '@lumino/signaling';
import type { IChatPreferences } from './components/services';

/** What a person has set for the panel; the defaults where JupyterLab has no settings. */
export class ChatPreferences {
  constructor(settings: Promise<ISettingRegistry.ISettings> | null) {
    settings
      ?.then(loaded => {
        loaded.changed.connect(this.read, this);
        this.read(loaded);
      })
      .catch((error: unknown) => console.warn('Lumina’s chat settings cannot be read.', error));
  }

  get value(): IChatPreferences {
    return this._value;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  private read(settings: ISettingRegistry.ISettings): void {
    const sendWith = settings.get('sendWith').composite === 'shift-enter' ? 'shift-enter' : 'enter';
    this._value = { sendWith };
    this._changed.emit();
  }

  private _value: IChatPreferences = { sendWith: 'enter' };
  private _changed = new Signal<this, void>(this);
}
