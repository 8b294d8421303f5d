/** Writes an ONNX file of a few nodes: protocol buffers by hand, as far as a test needs them (onnx.proto names the fields). */

const varint = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varint(Math.floor(value / 128))]);
const integer = (field: number, value: number): number[] => [...varint(field << 3), ...varint(value)];
const bytes = (field: number, content: number[]): number[] => [...varint((field << 3) | 2), ...varint(content.length), ...content];
const text = (field: number, value: string): number[] => bytes(field, [...new TextEncoder().encode(value)]);

export const ELEMENT_TYPES = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7, bool: 9, float16: 10, float64: 11 } as const;

export interface Node {
  type: string;
  inputs: string[];
  outputs: string[];
  /** Integer attributes. */
  attributes?: Record<string, number>;
}

/** Names and types of one-dimensional tensors [N]. */
export type Values = Record<string, keyof typeof ELEMENT_TYPES>;

const valueInfo = ([name, dtype]: [string, keyof typeof ELEMENT_TYPES]): number[] => {
  const shape = bytes(1, text(2, 'N'));
  return [...text(1, name), ...bytes(2, bytes(1, [...integer(1, ELEMENT_TYPES[dtype]), ...bytes(2, shape)]))];
};

const node = ({ type, inputs, outputs, attributes = {} }: Node): number[] => [
  ...inputs.flatMap((name) => text(1, name)),
  ...outputs.flatMap((name) => text(2, name)),
  ...text(4, type),
  ...Object.entries(attributes).flatMap(([name, value]) => bytes(5, [...text(1, name), ...integer(3, value), ...integer(20, 2)])),
];

/** A model of IR version 8 and opset 18. */
export function onnxModel(nodes: Node[], inputs: Values, outputs: Values): Uint8Array<ArrayBuffer> {
  const graph = [
    ...nodes.flatMap((one) => bytes(1, node(one))),
    ...text(2, 'test'),
    ...Object.entries(inputs).flatMap((one) => bytes(11, valueInfo(one))),
    ...Object.entries(outputs).flatMap((one) => bytes(12, valueInfo(one))),
  ];
  return Uint8Array.from([...integer(1, 8), ...bytes(7, graph), ...bytes(8, [...text(1, ''), ...integer(2, 18)])]);
}
