/** Characters that take turns on the canvas of <point-flow>: the same noise flows into one, dissolves, and flows into the next. */
import { dissolve, flowIn, SLICE, stand, type Screen } from './clock.ts';
import type { Flow } from './source.ts';

export interface Show extends Screen {
  /** From a target to its flow; undefined if there is no ink. */
  prepare(target: string): Promise<Flow | undefined>;
  /** Another flow comes onto the canvas: that of the target with this number. */
  enter(flow: Flow, turn: number): void;
  /** The time of the picture, 1 = noise. */
  time(): number;
}

export class Turns {
  /** What is on the canvas. */
  flow: Flow | undefined;
  /** What has been made for this noise, by target. */
  readonly #made = new Map<string, Flow>();

  /** The noise is another. */
  forget(): void {
    this.#made.clear();
    this.flow = undefined;
  }

  /** Flows of targets, as far as they are made. */
  of(targets: string[]): Flow[] {
    return targets.flatMap((target) => this.#made.get(target) ?? []);
  }

  /**
   * Perform some of the targets in turn.
   *
   * @param still the time at which the picture is to stand at once; undefined lets it flow.
   * @returns the flow that is on the canvas at the end; undefined if none of them has ink.
   */
  async perform(targets: string[], turns: number[], still: number | undefined, show: Show): Promise<Flow | undefined> {
    for (const target of this.#made.keys()) if (!targets.includes(target)) this.#made.delete(target);
    let last: Flow | undefined;
    for (const turn of turns) {
      const target = targets[turn]!;
      const flow = this.#made.get(target) ?? (await show.prepare(target));
      if (!flow) continue;
      this.#made.set(target, flow);
      if (last) await stand(show);
      const changes = this.flow !== undefined && this.flow !== flow && show.time() < 1;
      if (changes && still === undefined) await dissolve(show.time(), show);
      this.flow = last = flow;
      show.enter(flow, turn);
      if (still === undefined) await flowIn(flow.trajectory, show);
      else {
        while (!flow.trajectory.advance(2 * SLICE)) await show.breathe();
        show.show(still);
      }
    }
    if (!last) this.flow = undefined;
    return last;
  }
}
