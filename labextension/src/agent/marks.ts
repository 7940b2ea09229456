import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import { luminaIcon } from '../icon';
import type { AgentWatch } from './watch';
import { clock, toldHere } from './words';

const HERE = 'jp-Lumina-agentHere';

/** Marks the cells that agents work on, in the notebook itself; the toolbar tells the same to those who cannot see it. */
export class CellMarks {
  constructor(
    private readonly panel: NotebookPanel,
    private readonly watch: AgentWatch,
    private readonly trans: TranslationBundle
  ) {
    watch.changed.connect(this.draw, this);
    panel.disposed.connect(() => window.clearInterval(this.ticking));
    this.draw();
  }

  private draw(): void {
    const { panel, trans, watch } = this;
    this.clear();
    for (const agent of watch.agents) {
      const cell = panel.content.widgets.find(({ model }) => model.id === agent.cell);
      if (!cell) {
        continue;
      }
      const mark = document.createElement('div');
      mark.className = 'jp-Lumina-agentMark';
      mark.setAttribute('aria-hidden', 'true');
      mark.appendChild(luminaIcon.element({ tag: 'span', className: 'jp-Lumina-spark' }));
      mark.append(toldHere(agent, trans));
      if (agent.since !== null) {
        const time = mark.appendChild(document.createElement('span'));
        time.className = 'jp-Lumina-agentTime';
        this.clocks.push([time, agent.since]);
      }
      cell.addClass(HERE);
      cell.node.appendChild(mark);
      this.cleared.push(() => {
        mark.remove();
        cell.removeClass(HERE);
      });
    }
    this.tick();
    if (this.clocks.length) {
      this.ticking = window.setInterval(() => this.tick(), 1000);
    }
  }

  private tick(): void {
    for (const [time, since] of this.clocks) {
      time.textContent = clock(since, Date.now());
    }
  }

  private clear(): void {
    window.clearInterval(this.ticking);
    this.clocks = [];
    this.cleared.splice(0).forEach(undo => undo());
  }

  private ticking = 0;
  private clocks: [HTMLElement, number][] = [];
  private readonly cleared: (() => void)[] = [];
}
