/** The clock of <point-flow>: how the time of the picture goes from noise to data, and back when another character comes. */
import { timeAt, type Trajectory } from './maths.ts';

/** Milliseconds of computing a frame: the whole flow takes some 150 ms, and most of a frame belongs to the page. */
export const SLICE = 4;

/** Seconds: of the noise before anything moves, of a flow, of a character that stands, and of its dissolving. */
const NOISE = 0.6;
const FLOW = 3.2;
const STAND = 1.1;
const DISSOLVE = 1.3;

/** Who the clock works for. */
export interface Screen {
  /** Gives the page a turn, and waits while it is out of sight; rejects when the run is to end. */
  breathe(): Promise<void>;
  /** The reader holds the picture. */
  held(): boolean;
  /** Shows the picture of a time, 1 = noise. */
  show(u: number): void;
}

/** Let `seconds` go by on the screen's clock; `at` gets how much of them has gone, and says whether the picture could follow. */
async function pass(seconds: number, screen: Screen, at: (share: number) => boolean): Promise<void> {
  let clock = 0;
  let last = performance.now();
  while (clock < seconds) {
    await screen.breathe();
    const now = performance.now();
    const passed = Math.min(0.05, (now - last) / 1000); // no leap after a pause
    last = now;
    const next = Math.min(seconds, clock + passed);
    if (!screen.held() && at(next / seconds)) clock = next;
  }
}

/** From noise to the character; the clock waits where it is faster than the computation. */
export async function flowIn(trajectory: Trajectory, screen: Screen): Promise<void> {
  screen.show(1);
  const computed = () => {
    trajectory.advance(SLICE);
    return true;
  };
  await pass(NOISE, screen, computed);
  await pass(FLOW, screen, (share) => {
    trajectory.advance(SLICE);
    const u = timeAt(share);
    if (u < trajectory.times[trajectory.done]!) return false;
    screen.show(u);
    return true;
  });
}

/** The character stands a while before the next one. */
export const stand = (screen: Screen): Promise<void> => pass(STAND, screen, () => true);

/** From a time back to noise, the way it came. */
export async function dissolve(from: number, screen: Screen): Promise<void> {
  await pass(DISSOLVE, screen, (share) => {
    screen.show(from + (1 - from) * timeAt(1 - share));
    return true;
  });
}
