/** Whether a demo's state holds every value asked for; numbers are compared as numbers. */
export function holdsState(state: Record<string, string | number>, goal: Record<string, string | number>): boolean {
  return Object.entries(goal).every(([name, value]) =>
    typeof value === 'number' ? Math.abs(Number(state[name]) - value) < 1e-9 : state[name] === value,
  );
}
