import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Flow } from '../src/elements/point-flow/source.ts';
import { Cloud, Trajectory } from '../src/elements/point-flow/maths.ts';
import { Turns, type Show } from '../src/elements/point-flow/turns.ts';
import { targetsOf, typedTurns } from '../src/elements/point-flow/writing.ts';
import { normal } from '../src/maths/random.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A show whose frames come every 50 ms, and what it showed: `a0.52` is the character a at that time. */
function fakeShow(lacking = ''): { show: Show; seen: string[]; prepared: string[] } {
  const seen: string[] = [];
  const prepared: string[] = [];
  const noise = normal(0, 0, 1, 8);
  let [time, on] = [1, '-'];
  const show: Show = {
    breathe: async () => void vi.advanceTimersByTime(50),
    held: () => false,
    show: (u) => {
      time = u;
      seen.push(`${on}${u.toFixed(2)}`);
    },
    prepare: async (target): Promise<Flow | undefined> => {
      prepared.push(target);
      if (lacking.includes(target)) return undefined;
      return { trajectory: new Trajectory(new Cloud(Float64Array.from([0.3, -0.2])), noise, 4), shades: new Uint8Array(4), spacing: 0.1 };
    },
    enter: (_, turn) => (on = 'abcd'[turn]!),
    time: () => time,
  };
  return { show, seen, prepared };
}

test('the noise flows into one, dissolves as it, and flows into the next', async () => {
  const { show, seen } = fakeShow();
  const turns = new Turns();
  const last = await turns.perform(['a', 'b'], [0, 1], undefined, show);
  expect(turns.flow).toBe(last);
  expect([seen[0], seen.at(-1)]).toEqual(['a1.00', 'b0.00']);
  const change = seen.indexOf('b1.00');
  expect(seen[change - 1]).toBe('a1.00'); // it is noise when the other comes: the same points in the same places
  const times = seen.slice(0, change).map((one) => Number(one.slice(1)));
  const ended = times.indexOf(0);
  for (let i = 1; i < times.length; i++) expect(i <= ended ? times[i - 1]! - times[i]! : times[i]! - times[i - 1]!).toBeGreaterThanOrEqual(0);
});

test('what is on the canvas is not made again, and what is no longer wanted is forgotten', async () => {
  const { show, prepared } = fakeShow();
  const turns = new Turns();
  await turns.perform(['a'], [0], 0, show);
  await turns.perform(['a', 'b'], [1], 0, show);
  await turns.perform(['a', 'b'], [0], 0, show);
  expect(prepared).toEqual(['a', 'b']);
  await turns.perform(['b'], [0], 0, show);
  expect(turns.of(['a', 'b'])).toHaveLength(1);
});

test('a character that the font lacks is passed over; if it lacks all, nothing stands', async () => {
  const { show, seen } = fakeShow('b');
  const turns = new Turns();
  await turns.perform(['a', 'b', 'c'], [0, 1, 2], 0.25, show);
  expect(seen).toEqual(['a0.25', 'c0.25']);
  expect(await turns.perform(['b'], [0], 0, show)).toBeUndefined();
  expect(turns.flow).toBeUndefined();
});

test('what is typed is cut to the last four, and what stands already does not come again', () => {
  expect(typedTurns('云山', ['云'])).toEqual({ targets: ['云', '山'], turns: [1], cut: false });
  expect(typedTurns('云山', ['云', '山'])!.turns).toEqual([]);
  expect(typedTurns('云', ['云', '山'])!.turns).toEqual([0]); // the one that stays is shown
  expect(typedTurns('云雾山海川', ['云'])).toEqual({ targets: ['雾', '山', '海', '川'], turns: [0, 1, 2, 3], cut: true });
  expect(typedTurns(' ', ['云'])).toBeUndefined();
});

test('a drawing is the only target, and nonsense in its place counts for nothing', () => {
  expect(targetsOf('', '云山', '生')).toEqual(['云', '山']);
  expect(targetsOf('?', ' ', '生')).toEqual(['生']);
  const strokes = '1iAjhIgHggHgHgHgHgHHySOSO1R2Q1R3v-g3R1v2w1vSySyHOg5g5g5g5g5IgHg';
  expect(targetsOf(strokes, '云山', '生')).toEqual([strokes]);
});
