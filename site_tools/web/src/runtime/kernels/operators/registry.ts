/** Everything a graph may contain; `../operators.json` says with which attributes and types. */
import { FUSIONS } from '../fusion.ts';
import type { Operators } from '../planner.ts';
import { CONVOLUTION } from './convolution.ts';
import { ELEMENTWISE } from './elementwise.ts';
import { evaluate } from './known.ts';
import { MATRIX } from './matrix.ts';
import { MOVEMENT } from './movement.ts';
import { NORMALIZATION } from './normalization.ts';
import { REDUCTION } from './reduction.ts';
import { TRANSPOSED } from './transposed.ts';
import { VIEWS } from './views.ts';
import { POOLING } from './windows.ts';

export const OPERATORS: Operators = {
  operators: { ...CONVOLUTION, ...ELEMENTWISE, ...MATRIX, ...MOVEMENT, ...NORMALIZATION, ...POOLING, ...REDUCTION, ...TRANSPOSED, ...VIEWS },
  fusions: FUSIONS,
  evaluate,
};
