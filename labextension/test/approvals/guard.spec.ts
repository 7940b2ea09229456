import { describe, expect, it } from 'vitest';
import { Guard, SETTLED_AFTER } from '../../src/approvals/guard';

function guarded() {
  const clock = { now: 1000 };
  return { clock, guard: new Guard(() => clock.now) };
}

describe('a guarded button', () => {
  it('does nothing while it has just appeared', () => {
    const { clock, guard } = guarded();
    guard.press();
    expect(guard.release()).toBe(false);
    clock.now += SETTLED_AFTER - 1;
    guard.press();
    expect(guard.release()).toBe(false);
    clock.now += 1;
    guard.press();
    expect(guard.release()).toBe(true);
  });

  it('does nothing when the press began before it had settled', () => {
    const { clock, guard } = guarded();
    guard.press();
    clock.now += 2 * SETTLED_AFTER;
    expect(guard.release()).toBe(false);
    guard.press();
    expect(guard.release()).toBe(true);
  });

  it('takes a key that is held down for one press', () => {
    const { clock, guard } = guarded();
    clock.now += SETTLED_AFTER;
    guard.press(true); // held down since before the button had the focus
    expect(guard.release()).toBe(false);
    guard.press();
    expect(guard.release()).toBe(true);
    guard.press(true);
    expect(guard.release()).toBe(false);
  });

  it('waits anew when something beside it came or went, also during a press', () => {
    const { clock, guard } = guarded();
    clock.now += SETTLED_AFTER;
    guard.press();
    guard.disturb();
    clock.now += SETTLED_AFTER;
    expect(guard.release()).toBe(false);
    guard.disturb();
    expect(guard.left).toBe(SETTLED_AFTER);
    guard.press();
    expect(guard.release()).toBe(false);
  });

  it('can be pressed by what has neither pointer nor keys', () => {
    const { clock, guard } = guarded();
    expect(guard.release()).toBe(false);
    clock.now += SETTLED_AFTER;
    expect(guard.release()).toBe(true);
  });
});
